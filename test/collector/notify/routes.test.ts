/** The API and the verbs of people, duty, notices and inbound, over real rooms. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { z } from 'zod';
import { type CliHost, runCli } from '../../../src/collector/cli/cli.ts';
import { openIngest } from '../../../src/collector/ingest/ingest.ts';
import { openStore, type Store } from '../../../src/collector/store/store.ts';
import { routeTable } from '../../../src/collector/web/route-table.ts';
import { openWeb, type Web, type WebDoors } from '../../../src/collector/web/web.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { type NotifyStage, openNotifyStage } from './stage.ts';

let stage: NotifyStage;
let chat: Receiver;
let web: Web;
let store: Store;
beforeEach(async () => {
  chat = await openReceiver();
  stage = await openNotifyStage({
    channels: `
channels:
  mail: { kind: webhook, url_file: url, secret_file: url, plain_http: true }
  sms: { kind: webhook, url_file: url, secret_file: url, plain_http: true }
allow: [127.0.0.1/32]
`,
    secrets: { url: chat.url },
  });
  const { desk, faults, people, clock } = stage;
  // These routes use these doors; a whole collector is more than they need.
  store = await openStore({ directory: stage.directory, clock, log: silentLog });
  const ingest = openIngest({ store, desk, clock, log: silentLog });
  const own = { desk, faults, people, notify: stage.notify, clock, log: silentLog };
  const doors = { ...own, store, ingest };
  web = await openWeb(doors as unknown as WebDoors, () => ({
    ...{ version: '1.2.3', token: null, metricsToken: null, locale: 'zh-CN' },
    ...{ timezone: 'Asia/Shanghai', bodyBytes: 1e6, connections: 10, connectionsPerAddress: 10 },
    organisation: '',
  }));
});
afterEach(async () => {
  await web.close();
  await store.close();
  await stage.close();
  await chat.close();
});

type Verb = 'GET' | 'POST';
async function ask(method: Verb, url: string, payload?: object, headers = {}) {
  const answer = await web.local({ method, url, headers, ...(payload ? { payload } : {}) });
  const type = String(answer.headers['content-type']);
  return { status: answer.statusCode, body: type.includes('json') ? answer.json() : answer.body };
}

const ROUTES = routeTable({ text: async () => '' });

/** The answer has exactly the shape that is documented. */
async function documented(url: string): Promise<unknown> {
  const { status, body } = await ask('GET', url);
  expect(status, url).toBe(200);
  const path = url.split('?')[0] ?? '';
  const shape = ROUTES.find((route) => route.method === 'GET' && route.path === path)
    ?.answer as z.ZodType;
  expect(shape.parse(body), url).toEqual(body);
  return body;
}

test('people, chains and who is on duty', async () => {
  expect(await documented('/api/v1/people')).toMatchObject({
    people: expect.arrayContaining([
      { id: 'wang', name: '王工', locale: 'zh-CN', channels: ['mail', 'sms'] },
    ]),
    groups: [
      { id: 'second-line', line: 2 },
      { id: 'supervisors', line: null },
    ],
  });
  expect(JSON.stringify(await documented('/api/v1/people'))).not.toContain('13800000001');
  expect(await documented('/api/v1/people/chains')).toMatchObject({
    chains: [
      { level: 1, steps: [{ at: 'opened' }, {}, {}, {}] },
      { level: 2 },
      { level: 3 },
      { level: 4 },
    ],
  });
  expect(await documented('/api/v1/duty')).toMatchObject({
    duty: [{ role: 'duty', shift: 'day', person: 'wang', name: '王工', changed: false }],
  });
  expect(await documented('/api/v1/duty?at=2026-01-06T02:00:00%2B08:00')).toMatchObject({
    duty: [{ person: 'night', from: '2026-01-05T10:30:00.000Z' }],
  });
  const { duty } = (await documented('/api/v1/duty/roster?role=duty')) as { duty: object[] };
  expect(duty.length).toBeGreaterThan(14);
});

test('a swap from question to approval, and the note of the shift', async () => {
  const slot = { role: 'duty', shift: 'night', date: '2026-01-05' };
  const asked = await ask('POST', '/api/v1/duty/swaps', {
    ...slot,
    to: 'li',
    by: 'night',
    note: 'x',
  });
  expect(asked).toMatchObject({ status: 200, body: { number: 1, state: 'asked' } });
  const self = await ask('POST', '/api/v1/duty/swaps/1/approve', { by: 'li' });
  expect(self).toMatchObject({ status: 403 });
  const approved = await ask('POST', '/api/v1/duty/swaps/1/approve', { by: 'chief' });
  expect(approved).toMatchObject({ status: 200, body: { state: 'approved', decided_by: 'chief' } });
  expect(await ask('POST', '/api/v1/duty/swaps/1/refuse', { by: 'chief' })).toMatchObject({
    status: 409,
  });
  expect(await documented('/api/v1/duty/swaps')).toMatchObject({
    swaps: [{ from: 'night', to: 'li' }],
  });
  const note = { ...slot, shift: 'day', by: 'wang', note: 'core switch runs hot' };
  expect(await ask('POST', '/api/v1/duty/handovers', note)).toMatchObject({ body: { to: 'li' } });
  expect(await documented('/api/v1/duty/handovers')).toMatchObject({
    handovers: [{ from: 'wang' }],
  });
});

test.each([
  [{ role: 'duty', shift: 'night', date: '2026-13-05', to: 'li' }, 400],
  [{ role: '../etc', shift: 'night', date: '2026-01-05', to: 'li' }, 400],
  [{ role: 'duty', shift: 'night', date: '2026-01-05' }, 400],
  [{ role: 'cook', shift: 'night', date: '2026-01-05', to: 'li' }, 404],
])('a swap of %j is refused with %i', async (body, status) => {
  expect(await ask('POST', '/api/v1/duty/swaps', body)).toMatchObject({ status });
});

test('the roster goes out and comes back as a calendar', async () => {
  const { body } = await ask('GET', '/api/v1/duty/calendar?role=duty');
  expect(body).toMatch(/^BEGIN:VCALENDAR\r\n/);
  const back = await ask('POST', '/api/v1/duty/calendar', { calendar: body });
  // What stays as it is stays with the roster.
  expect(back).toMatchObject({ status: 200, body: { assigned: 0 } });
  expect(await ask('POST', '/api/v1/duty/calendar', { calendar: 'x' })).toMatchObject({
    status: 400,
  });
});

test('what was told to whom, without anybody’s number', async () => {
  await stage.raise('sw-1');
  await stage.tick();
  expect(await documented('/api/v1/notices?fault=F-000001&limit=5')).toMatchObject({
    notices: [{ step: 'opened', recipient: 'wang', channel: 'mail', state: 'sent', attempts: 1 }],
  });
  expect(JSON.stringify(await documented('/api/v1/notices'))).not.toContain('wang@example.com');
  expect(await documented('/api/v1/channels')).toMatchObject({
    channels: [{ name: 'mail', kind: 'webhook', breaker: 'closed', pending: 0 }, { name: 'sms' }],
  });
});

test('a test message', async () => {
  const sent = await ask('POST', '/api/v1/channels/mail/test', { locale: 'en' });
  expect(sent).toEqual({ status: 200, body: { outcome: 'accepted', reason: '' } });
  expect(await ask('POST', '/api/v1/channels/mail/test', {})).toMatchObject({ status: 429 });
  expect(await ask('POST', '/api/v1/channels/nope/test', {})).toMatchObject({ status: 404 });
});

test('alerts need a token of their own kind', async () => {
  const alert = { device: 'ups-1', rule: 'battery', status: 'firing' };
  const post = (token?: string) =>
    ask(
      'POST',
      '/api/v1/inbound/generic',
      alert,
      token ? { authorization: `Bearer ${token}` } : {},
    );
  expect(await post()).toMatchObject({ status: 401 });
  expect(await post('wrong-token-0123456789')).toMatchObject({ status: 401 });
  const agent = await stage.desk.addAgent('web', 'agent', { who: 'a', from: 'x' });
  expect(await post(agent.token)).toMatchObject({ status: 403 });
  const { token } = await stage.desk.addAgent('zabbix', 'remote-write', { who: 'a', from: 'x' });
  expect(await post(token)).toMatchObject({
    status: 200,
    body: { raised: 1, faults: ['F-000001'] },
  });
  expect(await post(token)).toMatchObject({ status: 200, body: { raised: 0, confirmed: 1 } });
  const { ledger } = await stage.faults.show('F-000001');
  expect(ledger[0]?.by).toBe('zabbix');
});

test('a group of alerts may be longer than a command, but not without end', async () => {
  const { token } = await stage.desk.addAgent('prom', 'remote-write', { who: 'a', from: 'x' });
  const alert = { device: 'ups-1', status: 'firing', summary: 'x'.repeat(1_900) };
  const post = (count: number) => {
    const alerts = Array.from({ length: count }, (_, n) => ({ ...alert, rule: `phase ${n}` }));
    const headers = { authorization: `Bearer ${token}` };
    return ask('POST', '/api/v1/inbound/generic', { alerts }, headers);
  };
  expect(await post(150)).toMatchObject({ status: 200, body: { raised: 150 } });
  expect(await post(2_300)).toMatchObject({ status: 413 });
  expect(
    await ask('POST', '/api/v1/duty/calendar', { calendar: 'x'.repeat(300_000) }),
  ).toMatchObject({ status: 413 });
});

/** A verb over these rooms. */
async function collector(...args: string[]) {
  const said = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      said[name] += text;
    },
    isTerminal: false,
  });
  const host = {
    ...{ stdout: output('stdout'), stderr: output('stderr'), clock: stage.clock },
    ...{ version: '1.2.3', user: 'wang' },
    dataDirectory: () => stage.directory,
    isClaimed: async () => false,
    openHere: async () => ({
      window: 1,
      request: async ({ method, path, body }: { method: Verb; path: string; body?: object }) => {
        const answer = await web.local({ method, url: path, ...(body ? { payload: body } : {}) });
        return { status: answer.statusCode, headers: answer.headers, body: answer.rawPayload };
      },
      close: async () => {},
    }),
  } as unknown as CliHost;
  return { code: await runCli(args, host), ...said };
}

test('the verbs of the roster', async () => {
  expect((await collector('duty', 'who')).stdout).toMatch(/duty +day +2026-01-05 +王工/);
  expect((await collector('duty', 'who', '--at', '2026-01-06T02:00:00+08:00')).stdout).toContain(
    'Night phone',
  );
  expect((await collector('duty', 'roster', '--json')).stdout).toContain('"person": "wang"');
  const asked = await collector('duty', 'swap', 'ask', 'duty', 'night', '2026-01-05', 'li');
  expect(asked).toMatchObject({
    code: 0,
    stdout: 'swap 1: duty/night 2026-01-05 from night to li: asked\n',
  });
  const refused = await collector('duty', 'swap', 'approve', '1', '--by', 'li');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('may not approve') });
  expect(await collector('duty', 'swap', 'approve', '1', '--by', 'chief')).toMatchObject({
    code: 0,
  });
  expect((await collector('duty', 'swap', 'list')).stdout).toContain('approved');
  const note = ['--note', 'nothing open', '--by', 'wang'];
  const handed = await collector('duty', 'hand-over', 'duty', 'day', '2026-01-05', ...note);
  expect(handed.stdout).toBe('noted for li\n');
  expect((await collector('duty', 'swap', 'approve', '1')).code).toBe(2);
});

test('the roster as a file', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'duty-')), 'duty.ics');
  const { stdout } = await collector('duty', 'export');
  writeFileSync(file, stdout);
  expect(readFileSync(file, 'utf8')).toContain('SUMMARY:值班 day: 王工');
  expect((await collector('duty', 'import', file)).stdout).toMatch(/^\d+ shifts assigned\n$/);
  expect(await collector('duty', 'import', '/nowhere.ics')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('cannot read /nowhere.ics'),
  });
});

test('the verbs of notices', async () => {
  expect((await collector('notice', 'list')).stdout).toBe('no notices\n');
  await stage.raise('sw-1');
  await stage.tick();
  expect((await collector('notice', 'list', '--fault', 'F-000001')).stdout).toMatch(
    /F-000001 +opened +wang +mail +sent/,
  );
  expect((await collector('notice', 'list', '--state', 'pending', '--json')).stdout).toContain(
    '"notices": []',
  );
  expect((await collector('notice', 'channels')).stdout).toMatch(/mail +webhook +well/);
  expect((await collector('notice', 'test', 'mail')).stdout).toBe('mail took the message\n');
  chat.usual = { status: 403, body: 'no' };
  expect(await collector('notice', 'test', 'sms')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('sms did not take the message: answered 403 no'),
  });
  expect((await collector('notice', 'list', '--state', 'lost')).code).toBe(2);
});
