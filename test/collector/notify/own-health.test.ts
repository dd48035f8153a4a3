/** Who watches the watchers: own faults, and the heartbeat that stops when the watch does (P20). */
import { afterEach, expect, test } from 'vitest';
import { troublesOf } from '../../../src/collector/notify/own-health.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { type NotifyStage, openNotifyStage } from './stage.ts';

const LIMITS = {
  ...{ tickLagMs: 30_000, freeDiskBytes: 1024 ** 3, backlogNotices: 200, backlogMs: 900_000 },
  refusals: 5,
};
const WELL = {
  health: {
    ...{ ticks: 1, tickLagSeconds: 0.2, diskFreeBytes: 1e12 },
    failing: { ticks: 0, reason: '' },
    setAside: 0,
  },
  backlog: { due: 0, old: 0 },
  dead: new Map<string, string>(),
  unreachable: new Map<string, string>(),
};

test('a collector that is well has no troubles', () => {
  expect(troublesOf(WELL, LIMITS)).toEqual([]);
});

test.each([
  ['evaluation_lag', { health: { ...WELL.health, tickLagSeconds: 31 } }],
  ['evaluation_failing', { health: { ...WELL.health, failing: { ticks: 3, reason: 'why' } } }],
  ['evaluation_failing', { health: { ...WELL.health, setAside: 1 } }],
  ['disk_low', { health: { ...WELL.health, diskFreeBytes: 1024 ** 3 - 1 } }],
  ['notice_backlog', { backlog: { due: 201, old: 0 } }],
  ['notice_backlog', { backlog: { due: 1, old: 1 } }],
  ['recipient_unreachable', { unreachable: new Map([['wang/sms', 'no such number']]) }],
  ['channel_dead', { dead: new Map([['mail', 'refused']]) }],
])('%s', (rule, state) => {
  const [trouble, ...others] = troublesOf({ ...WELL, ...state }, LIMITS);
  expect(trouble?.rule).toBe(rule);
  expect(others).toEqual([]);
  for (const text of Object.values(trouble?.phenomenon ?? {}))
    expect(text.length).toBeGreaterThan(5);
});

test('a figure that could not be read is no trouble', () => {
  const health = { ...WELL.health, tickLagSeconds: Number.NaN, diskFreeBytes: Number.NaN };
  expect(troublesOf({ ...WELL, health }, LIMITS)).toEqual([]);
});

let stage: NotifyStage | undefined;
let outside: Receiver | undefined;
afterEach(async () => {
  await stage?.close();
  await outside?.close();
  stage = undefined;
  outside = undefined;
});

const open = async (): Promise<{ stage: NotifyStage; outside: Receiver }> => {
  outside = await openReceiver();
  stage = await openNotifyStage({
    channels: `
channels:
  mail: { kind: webhook, url_file: url, secret_file: secret, plain_http: true }
  sms: { kind: webhook, url_file: url, secret_file: secret, plain_http: true }
allow: [127.0.0.1/32]
heartbeat: { url_file: beat, every: 60s, plain_http: true }
`,
    secrets: { url: `${outside.url}/hook`, secret: 's', beat: `${outside.url}/beat` },
  });
  return { stage, outside };
};
const beats = ({ received }: Receiver): number =>
  received.filter(({ url }) => url.pathname === '/beat').length;

test('the heart beats once a minute while the watch goes on', async () => {
  const { stage, outside } = await open();
  await stage.pass(240_000, 10_000);
  expect(beats(outside)).toBe(4);
});

test('it stops when the ticks stop, when evaluation lags and when it fails', async () => {
  const { stage, outside } = await open();
  await stage.tick();
  for (let i = 0; i < 30; i++) {
    await stage.clock.advance(10_000);
    await stage.notify.advance();
  }
  expect(beats(outside)).toBe(1);
  stage.health = { ...stage.health, tickLagSeconds: 45 };
  await stage.pass(120_000, 10_000);
  expect(beats(outside)).toBe(1);
  stage.health = { ...stage.health, tickLagSeconds: 0, failing: { ticks: 1, reason: 'why' } };
  await stage.pass(120_000, 10_000);
  expect(beats(outside)).toBe(1);
  stage.health = { ...stage.health, failing: { ticks: 0, reason: '' } };
  await stage.pass(10_000, 10_000);
  expect(beats(outside)).toBe(2);
});

test('a tick that fails once is no trouble yet', () => {
  const health = { ...WELL.health, failing: { ticks: 2, reason: 'the disk is busy' } };
  expect(troublesOf({ ...WELL, health }, LIMITS)).toEqual([]);
});

test('a beat that is not heard is logged once, not every minute', async () => {
  const { stage, outside } = await open();
  outside.usual = { status: 500, body: '' };
  await stage.pass(300_000, 10_000);
  expect(stage.logged.filter((line) => line.includes('heartbeat'))).toHaveLength(1);
});

test('a full disk is a fault that people hear of, once, and of its end', async () => {
  const { stage, outside } = await open();
  stage.health = { ...stage.health, diskFreeBytes: 5e8 };
  await stage.pass(30_000);
  const own = stage.faults.open();
  expect(own).toMatchObject([
    { device: 'watchkeeper', rule: 'disk_low', origin: 'self', level: 1 },
  ]);
  await stage.reopenNotify();
  await stage.pass(30_000);
  stage.health = { ...stage.health, diskFreeBytes: 5e11 };
  await stage.pass(30_000);
  expect(stage.faults.open()).toEqual([]);
  const subjects = outside.received.map(({ json }) => String(json.subject ?? '')).filter(Boolean);
  expect(subjects).toEqual([
    expect.stringContaining('新故障:watchkeeper 采集器数据目录仅剩'),
    expect.stringContaining('故障已恢复:watchkeeper'),
  ]);
});
