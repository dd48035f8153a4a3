/** The whole room with real faults and a real receiver: who is told what, and who is not. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DUTY, PEOPLE } from '../people/policies.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { type NotifyStage, openNotifyStage, type StageOptions } from './stage.ts';

const CHANNELS = `
channels:
  mail: { kind: webhook, url_file: mail-url, secret_file: secret, plain_http: true }
  sms: { kind: webhook, url_file: sms-url, secret_file: secret, plain_http: true }
allow: [127.0.0.1/32]
`;

let mail: Receiver;
let sms: Receiver;
let stage: NotifyStage;
const open = async (more: Partial<StageOptions> = {}): Promise<void> => {
  const secrets = { 'mail-url': `${mail.url}/mail`, 'sms-url': `${sms.url}/sms`, secret: 's3cret' };
  stage = await openNotifyStage({ channels: CHANNELS, secrets, ...more });
};
beforeEach(async () => {
  [mail, sms] = [await openReceiver(), await openReceiver()];
});
afterEach(async () => {
  await stage.close();
  await mail.close();
  await sms.close();
});

interface Seen {
  readonly step: string;
  readonly fault: string;
}
/** `wang opened F-000001` for every notice that arrived, in order. */
const told = (receiver: Receiver): string[] =>
  receiver.received.flatMap(({ json }) =>
    (json.faults as Seen[]).map(({ step, fault }) => {
      return `${String(json.to).replace(/@.*/, '')} ${step} ${fault}`;
    }),
  );
const notices = () => stage.notify.notices({ limit: 100 });

test('who holds the desk is told at once, and of the recovery', async () => {
  await open();
  await stage.raise('sw-1');
  await stage.tick();
  expect(told(mail)).toEqual(['wang opened F-000001']);
  await stage.pass(60_000);
  await stage.clear('sw-1');
  await stage.tick();
  expect(told(mail)).toEqual(['wang opened F-000001', 'wang recovered F-000001']);
  expect(told(sms)).toEqual([]);
});

test('at night the telephone rings first', async () => {
  await open({ startMs: Date.parse('2026-01-06T02:10:00+08:00') });
  await stage.raise('sw-1');
  await stage.tick();
  expect(told(sms)).toEqual(['13800000002 opened F-000001']);
  expect(mail.received[0]).toBeUndefined();
  expect(String(sms.received[0]?.json.subject)).toContain('New fault: sw-1');
});

describe('escalation', () => {
  test('goes up while nobody responds, and the limits are those of level 1', async () => {
    await open();
    await stage.raise('sw-1');
    await stage.pass(301_000);
    expect(told(mail)).toEqual([
      'wang opened F-000001',
      'second clock F-000001',
      'chief clock F-000001',
    ]);
    expect(told(sms)).toEqual(['13800000009 clock F-000001']);
    const text = mail.received.map(({ json }) => json.subject);
    expect(text[1]).toContain('响应时限已用50%');
    expect(text[2]).toContain('80% of the response time is used');
  });

  test('stops when somebody responds; who was told hears of it, who did it does not', async () => {
    await open();
    const fault = await stage.raise('sw-1');
    await stage.pass(160_000);
    await stage.step(fault, 'responded', 'wang');
    await stage.pass(120_000);
    expect(told(mail)).toEqual([
      'wang opened F-000001',
      'second clock F-000001',
      'second responded F-000001',
    ]);
    expect(told(sms)).toEqual([]);
  });

  test('resumes when nobody arrives, by the next clock', async () => {
    await open();
    const fault = await stage.raise('sw-1');
    await stage.pass(10_000);
    await stage.step(fault, 'responded', 'wang');
    await stage.pass(595_000);
    expect(told(sms)).toEqual(['13800000009 clock F-000001']);
  });
});

test('nobody is paged for what was answered between the plan and the message (P2)', async () => {
  await open({ channels: `${CHANNELS}group_wait: { 1: 60s, 2: 60s, 3: 60s, 4: 60s }\n` });
  const fault = await stage.raise('sw-1');
  await stage.pass(10_000);
  await stage.step(fault, 'responded', 'li');
  await stage.pass(120_000);
  expect(told(mail)).toEqual([]);
  expect(await notices()).toMatchObject([{ state: 'dropped', reason: 'responded by li' }]);
});

test('what recovers before anybody was told is told to nobody', async () => {
  await open({ channels: `${CHANNELS}group_wait: { 1: 60s, 2: 60s, 3: 60s, 4: 60s }\n` });
  await stage.raise('sw-1');
  await stage.pass(10_000);
  await stage.clear('sw-1');
  await stage.pass(120_000);
  expect(told(mail)).toEqual([]);
  expect((await notices()).map(({ state }) => state)).toEqual(['dropped']);
});

test('a suppressed fault makes no notice; released it is told', async () => {
  await open();
  stage.quiet.set('ap-1', { why: 'dependency', by: 'F-000001', note: 'behind sw-1' });
  await stage.raise('sw-1');
  await stage.raise('ap-1');
  await stage.pass(400_000);
  expect(told(mail).filter((line) => line.endsWith('2'))).toEqual([]);
  stage.quiet.delete('ap-1');
  await stage.pass(2_000);
  expect(told(mail).filter((line) => line.endsWith('2'))).toEqual(['wang released F-000002']);
});

test('many faults at once are one message', async () => {
  await open();
  for (let i = 1; i <= 30; i++) await stage.raise(`ap-${i}`);
  await stage.tick();
  expect(mail.received).toHaveLength(1);
  expect(told(mail)).toHaveLength(30);
  const { subject, text } = mail.received[0]?.json ?? {};
  expect(subject).toContain('等 30 项');
  expect(text).toContain('另有 10 项未列出');
});

test('a storm is held back and follows in one message', async () => {
  await open({
    channels: `${CHANNELS}storm: { per: 10m, messages: { 1: 3, 2: 3, 3: 3, 4: 3 } }\n`,
    duty: DUTY.replace(/ {6}- \{ at: \{ (respond|arrive).*\n/g, ''),
  });
  for (let i = 1; i <= 9; i++) {
    await stage.raise(`ap-${i}`);
    await stage.pass(1_000);
  }
  expect(mail.received).toHaveLength(3);
  await stage.pass(600_000, 10_000);
  expect(mail.received).toHaveLength(4);
  expect(told(mail).slice(3)).toEqual([4, 5, 6, 7, 8, 9].map((n) => `wang opened F-00000${n}`));
});

describe('a channel that does not deliver', () => {
  const LOOSE = `${CHANNELS}tries: 2\n`;

  test('is tried again, then the next channel of the person is used', async () => {
    await open({ channels: LOOSE });
    mail.usual = { status: 503, body: 'busy' };
    await stage.raise('sw-1');
    await stage.pass(20_000);
    expect(mail.received.length).toBeGreaterThanOrEqual(2);
    expect(told(sms)).toContain('13800000001 opened F-000001');
    const states = (await notices()).filter(({ fault }) => fault === 'F-000001');
    expect(states.map(({ channel, state }) => `${channel} ${state}`)).toEqual([
      'sms sent',
      'mail moved',
    ]);
    expect(states[1]?.reason).toContain('answered 503 busy');
  });

  test('that refuses for good is left at once', async () => {
    await open();
    mail.answers.push({ status: 400, body: 'no such user' });
    await stage.raise('sw-1');
    await stage.pass(2_000);
    expect(mail.received).toHaveLength(1);
    expect(told(sms)).toEqual(['13800000001 opened F-000001']);
  });

  test('is a fault itself, told by the channel that works, over when it delivers again', async () => {
    await open({ channels: LOOSE });
    mail.usual = { status: 500, body: '' };
    await stage.raise('sw-1');
    await stage.pass(20_000);
    await stage.raise('sw-0');
    await stage.pass(40_000);
    const own = stage.faults.open().find(({ rule }) => rule === 'channel_dead');
    expect(own).toMatchObject({ origin: 'self', device: 'watchkeeper', item: 'mail' });
    expect(told(sms)).toContain(`13800000001 opened ${own?.id}`);
    expect(stage.notify.channels().find(({ name }) => name === 'mail')?.breaker).toBe('open');
    mail.usual = { status: 200, body: '' };
    await stage.raise('sw-2');
    await stage.pass(120_000, 5_000);
    await stage.raise('sw-3');
    await stage.pass(60_000, 5_000);
    expect(stage.faults.open().some(({ rule }) => rule === 'channel_dead')).toBe(false);
  });

  test('is never given up when it is the last one', async () => {
    await open({
      channels: LOOSE,
      people: PEOPLE.replace(', { channel: sms, to: "13800000001" }', ''),
    });
    mail.usual = { status: 500, body: '' };
    await stage.raise('sw-1');
    await stage.pass(3_600_000, 20_000);
    expect(mail.received.length).toBeGreaterThan(5);
    expect(mail.received.length).toBeLessThan(120);
    mail.usual = { status: 200, body: '' };
    mail.received.length = 0;
    await stage.pass(1_000_000, 20_000);
    expect(told(mail)).toContain('wang opened F-000001');
  });
});

test('a restart loses no notice and repeats none that was written down', async () => {
  await open();
  await stage.raise('sw-1');
  await stage.reopenNotify();
  await stage.tick();
  await stage.reopenNotify();
  await stage.tick();
  expect(told(mail)).toEqual(['wang opened F-000001']);
});

test('level 4 waits for the daily digest, which tells what became of it', async () => {
  await open();
  await stage.raise('pc-1', { urgency: 'low', severity: 'warning' });
  await stage.faults.command({
    fault: 'F-000001',
    kind: 'levelled',
    level: 4,
    by: 'wang',
    note: 'a test device',
  });
  mail.received.length = 0;
  await stage.raise('pc-2', { urgency: 'low', severity: 'warning' });
  await stage.faults.command({
    fault: 'F-000002',
    kind: 'levelled',
    level: 4,
    by: 'wang',
    note: 'a test device',
  });
  await stage.tick();
  expect(told(mail)).toEqual([]);
  await stage.pass(23 * 3_600_000 + 60_000, 300_000);
  const digest = mail.received.filter(({ json }) => String(json.subject).includes('每日摘要'));
  expect(digest).toHaveLength(1);
});

test('a test message says how it went, is audited and cannot be repeated at once', async () => {
  await open();
  const ask = () =>
    stage.notify.sendTest({ channel: 'mail', to: '', locale: 'zh-CN' }, { who: 'li', from: 'x' });
  expect(await ask()).toEqual({ outcome: 'accepted', reason: '' });
  expect(mail.received[0]?.json.text).toContain('测试消息');
  await expect(ask()).rejects.toMatchObject({ code: 'overloaded' });
  await expect(
    stage.notify.sendTest({ channel: 'nope', to: '', locale: 'en' }, { who: 'li', from: 'x' }),
  ).rejects.toMatchObject({ code: 'not_found' });
  expect(await stage.desk.auditEntries(10)).toMatchObject([{ action: 'notice test', who: 'li' }]);
});

const CHATS = `${CHANNELS.replace(
  'channels:',
  `channels:
  chat: { kind: wecom, url_file: mail-url }
  log: { kind: log }`,
)}`;

test.each([
  ['log', 'wang', /^log cannot be tested: a channel of kind log takes no address/],
  ['chat', 'no body', /^chat cannot be tested: "no body" is no address of a channel of kind wecom/],
])('a test message on %s to %j is refused before it is sent', async (channel, to, message) => {
  await open({ channels: CHATS });
  const actor = { who: 'li', from: 'x' };
  const refused = stage.notify.sendTest({ channel, to, locale: 'en' }, actor);
  await expect(refused).rejects.toMatchObject({ code: 'bad_request', message });
  expect(mail.received).toEqual([]);
  // It did not count as a test: the next one may go out at once.
  const again = await stage.notify.sendTest({ channel: 'log', to: '', locale: 'en' }, actor);
  expect(again).toEqual({ outcome: 'accepted', reason: '' });
});
