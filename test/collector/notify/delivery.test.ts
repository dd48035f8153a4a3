/** Delivery where it is hard: slow and removed channels, crashes, limits, a flood. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DUTY } from '../people/policies.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { type NotifyStage, notifyPolicy, openNotifyStage, type StageOptions } from './stage.ts';

const CHANNELS = `
channels:
  mail: { kind: webhook, url_file: mail-url, secret_file: secret, plain_http: true }
  sms: { kind: webhook, url_file: sms-url, secret_file: secret, plain_http: true }
allow: [127.0.0.1/32]
`;
/** Only the first notice: what is tried here is delivery, not escalation. */
const CALM = DUTY.replace(/ {6}- \{ at: \{ (respond|arrive).*\n/g, '');

let mail: Receiver;
let sms: Receiver;
let stage: NotifyStage;
const options = (more: Partial<StageOptions> = {}): StageOptions => ({
  channels: CHANNELS,
  secrets: { 'mail-url': `${mail.url}/mail`, 'sms-url': `${sms.url}/sms`, secret: 's3cret' },
  duty: CALM,
  ...more,
});
const open = async (more: Partial<StageOptions> = {}): Promise<void> => {
  stage = await openNotifyStage(options(more));
};
beforeEach(async () => {
  [mail, sms] = [await openReceiver(), await openReceiver()];
});
afterEach(async () => {
  await stage.close();
  await mail.close();
  await sms.close();
});

const steps = ({ received }: Receiver): string[] =>
  received.flatMap(({ json }) => {
    return (json.faults as { step: string; fault: string }[]).map(
      ({ step, fault }) => `${step} ${fault}`,
    );
  });

test('a channel that hangs keeps no other from its work', async () => {
  const NIGHT = { startMs: Date.parse('2026-01-06T02:10:00+08:00') };
  await open({
    ...NIGHT,
    duty: CALM.replace('tell: [{ role: duty }] }', 'tell: [{ role: duty }, { person: wang }] }'),
  });
  mail.hold = true;
  await stage.raise('sw-1');
  const hanging = stage.notify.advance();
  const pending = () => stage.notify.notices({ state: 'pending', limit: 9 });
  await until(async () => (await pending()).length === 1);
  expect(steps(sms)).toEqual(['opened F-000001']);
  expect(await pending()).toMatchObject([{ channel: 'mail', attempts: 1 }]);
  // Ten seconds without an answer end the attempt; the notice waits for the next one.
  await until(() => mail.received.length === 1);
  await stage.clock.advance(10_000);
  await hanging;
  expect((await stage.notify.channels())[0]?.lastError).toContain('no answer within 10 s');
  mail.hold = false;
  await stage.pass(10_000);
  expect(steps(mail)).toContain('opened F-000001');
});

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 5_000; turn++) {
    if (await done()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('it did not come to pass');
}

describe('a channel that leaves the configuration', () => {
  const WAITING = `${CHANNELS}group_wait: { 1: 60s, 2: 60s, 3: 60s, 4: 60s }\n`;
  test('leaves its notices to the next channel of the person', async () => {
    await open({ channels: WAITING });
    await stage.raise('sw-1');
    await stage.tick();
    const { settings, templates } = notifyPolicy(options({ channels: WAITING })).policy;
    const channels = new Map([...settings.channels].filter(([name]) => name !== 'mail'));
    stage.notify.reload({ templates, settings: { ...settings, channels } });
    await stage.pass(65_000);
    expect(mail.received).toEqual([]);
    expect(steps(sms)).toEqual(['opened F-000001']);
  });
  test('and a notice for nobody is dropped with its reason, not forgotten', async () => {
    await open({ channels: WAITING });
    await stage.raise('sw-1');
    await stage.tick();
    const { settings, templates } = notifyPolicy(options({ channels: WAITING })).policy;
    stage.notify.reload({ templates, settings: { ...settings, channels: new Map() } });
    await stage.pass(65_000);
    expect(await stage.notify.notices({ limit: 9 })).toMatchObject([
      { state: 'dropped', reason: 'the channel mail was removed, and nobody is left' },
    ]);
  });
});

test('a reload that is refused changes nothing', async () => {
  await open();
  const { settings, templates } = notifyPolicy(options()).policy;
  writeFileSync(join(settings.base, 'secret'), 'two words\n');
  expect(() => stage.notify.reload({ templates, settings })).toThrow(/one line without spaces/);
  await stage.raise('sw-1');
  await stage.tick();
  expect(steps(mail)).toEqual(['opened F-000001']);
});

test('an answer that was lost repeats the message with the same id', async () => {
  await open();
  mail.answers.push({ status: 500, body: '' });
  await stage.raise('sw-1');
  await stage.pass(15_000);
  const ids = mail.received.map(({ headers }) => headers['idempotency-key']);
  expect(ids).toHaveLength(2);
  expect(ids[0]).toBe(ids[1]);
});

test('no more messages than the service takes in a minute', async () => {
  const robot = `
channels:
  mail: { kind: wecom, url_file: mail-url, plain_http: true }
  sms: { kind: wecom, url_file: sms-url, plain_http: true }
allow: [127.0.0.1/32]
storm: { per: 1s, messages: { 1: 1000, 2: 1000, 3: 1000, 4: 1000 } }
`;
  const people = `
people:
  wang: { name: 王工, channels: [{ channel: mail }] }
`;
  const duty = `
timezone: Asia/Shanghai
roles: { duty: { name: { en: D, zh: 值 }, shifts: { all: { from: "00:00", to: "00:00", people: [wang] } } } }
chains: [{ levels: [1, 2, 3, 4], steps: [{ at: opened, tell: [{ role: duty }] }] }]
`;
  await open({ channels: robot, people, duty });
  for (let n = 0; n < 40; n++) {
    await stage.raise(`ap-${n}`);
    await stage.pass(1_000);
  }
  expect(mail.received).toHaveLength(18);
  await stage.pass(60_000, 5_000);
  expect(await stage.notify.notices({ state: 'pending', limit: 99 })).toEqual([]);
  expect(mail.received.length).toBeLessThan(30);
});

test('when notify was away for an hour nobody hears of what is over', async () => {
  await open();
  await stage.notify.close();
  const gone = await stage.raise('sw-1');
  await stage.raise('sw-2');
  await stage.clock.advance(1_800_000);
  await stage.clear('sw-1');
  await stage.clock.advance(1_800_000);
  await stage.reopenNotify();
  await stage.pass(3_000);
  expect(steps(mail).filter((line) => line.endsWith(gone))).toEqual([]);
  expect(steps(mail)).toContain('opened F-000002');
});

test('windows: one notice "still failing" at the end, to who is on duty then', async () => {
  await open();
  stage.quiet.set('sw-1', { why: 'window', by: 'W-1', note: 'works until 10:00' });
  await stage.raise('sw-1');
  stage.quiet.set('sw-2', { why: 'window', by: 'W-1', note: 'works until 10:00' });
  await stage.raise('sw-2');
  await stage.pass(600_000, 10_000);
  await stage.clear('sw-2');
  stage.quiet.clear();
  await stage.pass(60_000, 5_000);
  expect(steps(mail)).toEqual(['released F-000001']);
  expect(mail.received[0]?.json.subject).toContain('故障仍未恢复');
});

test('a fault that was told before its window is told "recovered" when it recovers inside', async () => {
  await open();
  await stage.raise('sw-1');
  await stage.pass(5_000);
  stage.quiet.set('sw-1', { why: 'window', by: 'W-1', note: 'works' });
  await stage.pass(5_000);
  await stage.clear('sw-1');
  await stage.pass(5_000);
  expect(steps(mail)).toEqual(['opened F-000001', 'recovered F-000001']);
});

test('a false alarm is told to who was called, a comment to nobody', async () => {
  await open();
  const fault = await stage.raise('sw-1');
  await stage.pass(2_000);
  await stage.faults.command({ fault, kind: 'comment', by: 'li', note: 'looks fine from here' });
  await stage.faults.command({ fault, kind: 'false_alarm', by: 'li', note: 'a test of the cable' });
  await stage.pass(2_000);
  expect(steps(mail)).toEqual(['opened F-000001', 'closed F-000001']);
  expect(mail.received[1]?.json.text).toContain('说明(li):a test of the cable');
});

test('a flood of 600 faults is planned and told in few messages', async () => {
  await open();
  for (let n = 0; n < 600; n++) await stage.raise(`ap-${n}`);
  await stage.pass(3_000);
  expect(mail.received.length).toBeLessThanOrEqual(3);
  expect(new Set(steps(mail)).size).toBe(600);
  expect(String(mail.received[0]?.json.text).split('编号').length - 1).toBe(20);
  expect(await stage.notify.notices({ state: 'pending', limit: 9 })).toEqual([]);
});
