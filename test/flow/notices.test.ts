/**
 * The night of a switch, in domain time, to the texts people read (golden, both languages); and a
 * real Alertmanager that takes our alerts and sends its own back. `UPDATE_GOLDEN=1` rewrites.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openReceiver, type Receiver } from '../collector/notify/receiver.ts';
import { type NotifyStage, openNotifyStage } from '../collector/notify/stage.ts';
import { DUTY } from '../collector/people/policies.ts';
import { needs, projectFile } from '../support/parts.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function receiver(): Promise<Receiver> {
  const opened = await openReceiver();
  closers.push(() => opened.close());
  return opened;
}

const CHANNELS = `
channels:
  mail: { kind: webhook, url_file: url, secret_file: secret, plain_http: true }
  sms: { kind: webhook, url_file: url, secret_file: secret, plain_http: true }
allow: [127.0.0.1/32]
`;

const NIGHT = DUTY.replace(
  /chains:\n {2}- levels: \[1, 2\]\n[\s\S]*?(?= {2}- levels: \[3\])/,
  `chains:
  - levels: [1, 2]
    steps:
      - { at: opened, tell: [{ role: duty }] }
      - { at: { respond: 0.5 }, tell: [{ group: second-line }] }
      - { at: { respond: 0.8 }, tell: [{ person: chief }] }
      - { at: { respond: 1 }, tell: [{ person: leader }] }
`,
);

/** What everybody read, in order: the golden of the story. */
function story({ received }: Receiver): string {
  return received
    .map(({ json }) => `══ ${json.to}\n${json.subject}\n──\n${json.text}\n`)
    .join('\n');
}

function expectGolden(name: string, text: string): void {
  const file = projectFile(`test/flow/golden/${name}`);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

test('a switch dies at 02:10, and the night is told as it was', async () => {
  const phone = await receiver();
  const stage = await openNotifyStage({
    channels: CHANNELS,
    secrets: { url: phone.url, secret: 's3cret' },
    duty: NIGHT,
    startMs: Date.parse('2026-01-06T02:10:00+08:00'),
  });
  closers.push(() => stage.close());
  // The access points behind it are quiet: their people hear of the switch instead.
  for (const ap of ['ap-1', 'ap-2', 'ap-3']) {
    stage.quiet.set(ap, { why: 'dependency', by: 'F-000001', note: 'behind sw-core' });
  }
  const fault = await stage.raise('sw-core', {
    phenomenon: { en: 'sw-core does not answer', zh: 'sw-core 无应答' },
  });
  for (const ap of ['ap-1', 'ap-2', 'ap-3']) await stage.raise(ap);
  // Nobody answers for six minutes: second line, supervisor, leader; level 2 would become 1.
  await stage.pass(360_000);
  await stage.step(fault, 'responded', 'second');
  await stage.pass(300_000);
  await stage.step(fault, 'arrived', 'second');
  await stage.pass(900_000, 5_000);
  await stage.step(fault, 'repaired', 'second');
  await stage.clear('sw-core');
  await stage.pass(60_000);
  expect(await stage.notify.notices({ state: 'pending', limit: 10 })).toEqual([]);
  expect(stage.faults.open().map(({ state }) => state)).toEqual(Array(3).fill('suppressed'));
  expectGolden('night.txt', story(phone));
});

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

interface Alertmanager {
  readonly url: string;
  alerts(): Promise<
    { labels: Record<string, string>; status: { state: string }; endsAt: string }[]
  >;
}

/** A real Alertmanager whose only receiver is `webhook`. */
async function startAlertmanager(program: string, webhook: string): Promise<Alertmanager> {
  const folder = mkdtempSync(join(tmpdir(), 'alertmanager-'));
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(
    config,
    `route: { receiver: desk, group_wait: 0s, group_interval: 1s, repeat_interval: 1h, group_by: ["..."] }
receivers:
  - name: desk
    webhook_configs: [{ url: "${webhook}", send_resolved: true }]
`,
  );
  const port = await freePort();
  const listen = [`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='];
  const child: ChildProcess = spawn(
    program,
    [`--config.file=${config}`, `--storage.path=${folder}`, ...listen],
    { stdio: 'ignore' },
  );
  closers.push(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${port}`;
  await until(() =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    url,
    alerts: async () =>
      (await fetch(`${url}/api/v2/alerts`)).json() as ReturnType<Alertmanager['alerts']>,
  };
}

/** Asks until it is so; the other program has its own pace. */
async function until(ask: () => Promise<boolean> | boolean): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (await ask()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come to pass');
}

const firing = async (am: Alertmanager, name: string): Promise<boolean> =>
  (await am.alerts()).some(({ labels }) => labels.alertname === name);

test('a real Alertmanager takes our faults and its alerts become faults', async (context) => {
  const program = needs('prometheus-alertmanager', context);
  const webhook = await receiver();
  const am = await startAlertmanager(program, webhook.url);
  const stage: NotifyStage = await openNotifyStage({
    channels: `
channels:
  mail: { kind: wecom, url_file: chat, plain_http: true }
  am: { kind: alertmanager, url: "${am.url}", plain_http: true, follow: { levels: [1, 2, 3, 4] } }
allow: [127.0.0.1/32]
`,
    secrets: { chat: (await receiver()).url },
    people: `
people:
  wang: { name: 王工, channels: [{ channel: mail }] }
`,
    duty: `
timezone: Asia/Shanghai
roles:
  duty: { name: { en: Duty, zh: 值班 }, shifts: { all: { from: "00:00", to: "00:00", people: [wang] } } }
chains:
  - { levels: [1, 2, 3, 4], steps: [{ at: opened, tell: [{ role: duty }] }] }
`,
    // Alertmanager knows only the real time.
    startMs: Date.now(),
  });
  closers.push(() => stage.close());

  await stage.raise('sw-1', { rule: 'link_down' });
  await stage.pass(2_000);
  await until(() => firing(am, 'link_down'));
  const [ours] = await am.alerts();
  expect(ours).toMatchObject({
    labels: { alertname: 'link_down', instance: 'sw-1', fault: 'F-000001', severity: 'critical' },
    status: { state: 'active' },
  });

  // Its webhook brings our own alert back: it is recognised and makes no second fault.
  await until(() => webhook.received.length > 0);
  const back = await stage.notify.receive('alertmanager', webhook.received[0]?.json, 'am');
  expect(back).toMatchObject({
    raised: 0,
    confirmed: 0,
    ignored: [expect.stringContaining('our own')],
  });

  // An alert of somebody else goes the whole way: Alertmanager → webhook → fault → cleared.
  webhook.received.length = 0;
  const foreign = {
    labels: { alertname: 'DiskFull', instance: 'db-1:9100', severity: 'critical' },
    annotations: { summary: '/var is full' },
  };
  const post = (alert: object) =>
    fetch(`${am.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([alert]),
    });
  await post(foreign);
  await until(() => webhook.received.length > 0);
  const body = webhook.received[0]?.json;
  const taken = await stage.notify.receive('alertmanager', body, 'am');
  expect(taken).toMatchObject({ raised: 1, faults: ['F-000002'] });
  expect(await stage.notify.receive('alertmanager', body, 'am')).toMatchObject({
    confirmed: 1,
    raised: 0,
  });
  expect((await stage.faults.show('F-000002')).fault).toMatchObject({
    ...{ origin: 'inbound', device: 'db-1', rule: 'DiskFull', urgency: 'high', state: 'open' },
    phenomenon: { en: '/var is full', zh: '/var is full' },
  });
  await post({ ...foreign, endsAt: new Date(Date.now() - 1_000).toISOString() });
  await until(() => webhook.received.some(({ json }) => json.status === 'resolved'));
  const resolved = webhook.received.find(({ json }) => json.status === 'resolved');
  expect(await stage.notify.receive('alertmanager', resolved?.json, 'am')).toMatchObject({
    cleared: 1,
  });
  expect((await stage.faults.show('F-000002')).fault.state).toBe('recovered');

  // Our recovery resolves our alert there.
  await stage.faults.clear({
    ...{ origin: 'trap', device: 'sw-1', rule: 'link_down', item: '' },
    ...{ atMs: stage.clock.now(), by: 'system', note: '' },
  });
  await stage.pass(2_000);
  await until(async () => !(await firing(am, 'link_down')));
});
