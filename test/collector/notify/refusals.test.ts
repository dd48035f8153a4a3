/** An address that refuses every message is a fault of its own, until one is taken. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openReceiver, type Receiver } from './receiver.ts';
import { type NotifyStage, openNotifyStage } from './stage.ts';

const CHANNELS = `
channels:
  sms: { kind: sms, url_file: url, body: '{"to": "{{to}}"}', plain_http: true }
allow: [127.0.0.1/32]
own_health: { tick_lag: 30s, free_disk: 1GiB, backlog: { notices: 200, age: 15m }, refusals: 3 }
`;
const PEOPLE = `
people:
  wang: { name: 王工, channels: [{ channel: sms, to: "13800000001" }] }
`;
const ONE = `
timezone: Asia/Shanghai
roles: { duty: { name: { en: D, zh: 值 }, shifts: { all: { from: "00:00", to: "00:00", people: [wang] } } } }
chains: [{ levels: [1, 2, 3, 4], steps: [{ at: opened, tell: [{ role: duty }] }] }]
`;

let stage: NotifyStage;
let gateway: Receiver;
beforeEach(async () => {
  gateway = await openReceiver();
  stage = await openNotifyStage({
    channels: CHANNELS,
    secrets: { url: gateway.url },
    people: PEOPLE,
    duty: ONE,
  });
});
afterEach(async () => {
  await stage.close();
  await gateway.close();
});

const unreachable = () =>
  stage.faults.open().filter(({ rule }) => rule === 'recipient_unreachable');

test('after so many refusals, and not before; a message that is taken ends it', async () => {
  gateway.usual = { status: 400, body: 'no such number' };
  await stage.raise('sw-1');
  await stage.tick();
  expect(unreachable()).toEqual([]);
  // A restart forgets nothing.
  await stage.reopenNotify();
  await stage.pass(90_000, 5_000);
  expect(unreachable()).toMatchObject([
    { origin: 'self', device: 'watchkeeper', item: 'wang/sms', state: 'open' },
  ]);
  expect(unreachable()[0]?.phenomenon.en).toContain('400');
  gateway.usual = { status: 200, body: '' };
  await stage.pass(360_000, 10_000);
  expect(unreachable()).toEqual([]);
});

test('a second address of the same channel gets what the first refuses', async () => {
  await stage.close();
  stage = await openNotifyStage({
    channels: CHANNELS,
    secrets: { url: gateway.url },
    people: PEOPLE.replace('" }]', '" }, { channel: sms, to: "13800000002" }]'),
    duty: ONE,
  });
  gateway.answers.push({ status: 400, body: 'no such number' });
  await stage.raise('sw-1');
  await stage.pass(5_000);
  expect(gateway.received.map(({ json }) => json.to)).toEqual(['13800000001', '13800000002']);
  expect((await stage.notify.notices({ limit: 9 })).map(({ to, state }) => [to, state])).toEqual([
    ['13800000002', 'sent'],
    ['13800000001', 'moved'],
  ]);
});

test('what is settled is deleted after its time, unless its fault goes on', async () => {
  await stage.close();
  const channels = `${CHANNELS}retention: 1h\n`;
  const secrets = { url: gateway.url };
  stage = await openNotifyStage({ channels, secrets, people: PEOPLE, duty: ONE });
  const over = await stage.raise('sw-1');
  const lasting = await stage.raise('sw-2');
  await stage.pass(3_000);
  await stage.faults.command({ fault: over, kind: 'false_alarm', by: 'li', note: 'a test' });
  await stage.pass(3_000);
  const left = async () =>
    new Set((await stage.notify.notices({ limit: 99 })).map(({ fault }) => fault));
  expect(await left()).toEqual(new Set([over, lasting]));
  await stage.clock.advance(2 * 3_600_000);
  await stage.notify.advance();
  expect((await left()).has(over)).toBe(false);
  expect((await left()).has(lasting)).toBe(true);
});

test('news that nobody takes is dropped after a day, a call is not', async () => {
  const fault = await stage.raise('sw-1');
  await stage.pass(5_000);
  gateway.usual = { status: 400, body: 'no such number' };
  await stage.faults.command({ fault, kind: 'false_alarm', by: 'li', note: 'a test' });
  await stage.raise('sw-2');
  await stage.pass(5_000);
  const states = async (step: string) =>
    (await stage.notify.notices({ limit: 99 })).filter((one) => one.step === step);
  expect(await states('closed')).toMatchObject([{ state: 'pending' }]);
  await stage.clock.advance(86_400_000);
  await stage.pass(10_000, 5_000);
  expect(await states('closed')).toMatchObject([
    { state: 'dropped', reason: 'it is no news any more' },
  ]);
  expect((await states('opened')).map(({ state }) => state)).toContain('pending');
});
