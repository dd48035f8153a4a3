/** Channels, their breakers, their pace and the repeating of what goes on. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type {
  Channel,
  ChannelSettings,
  NotifySettings,
} from '../../../src/collector/notify/channel.ts';
import { ChannelDesk } from '../../../src/collector/notify/channel-desk.ts';
import { CHANNEL_KINDS as KINDS } from '../../../src/collector/notify/channel-kinds.ts';
import { readChannels } from '../../../src/collector/notify/channels-file.ts';
import type { ConfigProblem } from '../../../src/shared/config.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { projectFile } from '../../support/parts.ts';
import { message, secretFolder } from './channels.ts';
import { faultNow } from './faults.ts';
import { openReceiver, type Receiver } from './receiver.ts';

let am: Receiver;
beforeEach(async () => {
  am = await openReceiver('{}');
});
afterEach(() => am.close());

const clock = manualClock();
const SHIPPED = readChannels(projectFile('config/channels.yaml'), null, [] as ConfigProblem[]);

function settings(extra: Readonly<Record<string, object>>): NotifySettings {
  const base = secretFolder({ url: am.url, secret: 's' });
  const shipped = SHIPPED as NotifySettings;
  const log = shipped.channels.get('log') as ChannelSettings;
  const kinds = new Map([[log.kind.kind, log.kind]]);
  for (const kind of KINDS) kinds.set(kind.kind, kind);
  const channels = Object.entries(extra).map(([name, entry]): [string, ChannelSettings] => {
    const kind = kinds.get((entry as { kind: string }).kind) as ChannelSettings['kind'];
    const parsed = kind.schema.parse(entry) as { follow?: ChannelSettings['follow'] };
    return [name, { name, kind, settings: parsed, follow: parsed.follow ?? null }];
  });
  return { ...shipped, base, allow: ['127.0.0.1/32'], channels: new Map(channels) };
}

const desk = (extra: Readonly<Record<string, object>>, dead: readonly string[] = []) =>
  new ChannelDesk({ clock, log: silentLog, settings: settings(extra), dead });

const AM = () => ({ kind: 'alertmanager', url: am.url, plain_http: true, refresh: '1m' });
const alerts = (index: number): { labels: Record<string, string>; endsAt: string }[] =>
  JSON.parse(am.received[index]?.body ?? '[]');

test('what goes on is told again every refresh, with its end moved on; what is quiet is not', async () => {
  const channels = desk({ am: { ...AM(), follow: { levels: [1, 2] } } });
  const faults = [
    faultNow(),
    faultNow({ id: 'F-000002', level: 3 }),
    faultNow({ id: 'F-000003', quiet: { why: 'window', by: 'W', note: '' } }),
  ];
  await channels.refresh(faults);
  expect(am.received).toHaveLength(0);
  for (let minute = 0; minute < 3; minute++) {
    await clock.advance(60_000);
    await channels.refresh(faults);
    await channels.refresh(faults);
  }
  expect(am.received).toHaveLength(3);
  expect(alerts(0).map(({ labels }) => labels.fault)).toEqual(['F-000001']);
  const ends = [0, 1, 2].map((index) => Date.parse(alerts(index)[0]?.endsAt ?? ''));
  expect(ends[1]! - ends[0]!).toBe(60_000);
  expect(ends[2]!).toBe(clock.now() + 240_000);
});

test('a channel that follows nothing, and a time without faults, repeat nothing', async () => {
  const silent = desk({ am: AM() });
  await clock.advance(120_000);
  await silent.refresh([faultNow()]);
  const quiet = desk({ am: { ...AM(), follow: { levels: [1] } } });
  await clock.advance(120_000);
  await quiet.refresh([]);
  expect(am.received).toHaveLength(0);
});

test('a refresh that fails counts: the breaker opens and spares the other side', async () => {
  const channels = desk({ am: { ...AM(), follow: { levels: [1] } } });
  am.usual = { status: 500, body: '' };
  for (let minute = 0; minute < 10; minute++) {
    await clock.advance(60_000);
    await channels.refresh([faultNow()]);
  }
  expect(am.received.length).toBeLessThan(8);
  expect([...channels.dead().keys()]).toEqual(['am']);
});

test('a channel that was dead before the restart is dead until it delivers', async () => {
  const channels = desk(
    { hook: { kind: 'webhook', url_file: 'url', secret_file: 'secret', plain_http: true } },
    ['hook', 'gone'],
  );
  expect([...channels.dead()]).toEqual([['hook', 'it did not deliver before the restart']]);
  expect(await channels.send('hook', message())).toMatchObject({ outcome: 'accepted' });
  expect(channels.dead().size).toBe(0);
});

test('one bad address is no dead channel; a robot that refuses is', async () => {
  const channels = desk({
    sms: { kind: 'sms', url_file: 'url', body: '{{to}}', plain_http: true },
    robot: { kind: 'wecom', url_file: 'url', plain_http: true },
  });
  am.usual = { status: 400, body: '' };
  for (let n = 0; n < 4; n++) {
    await channels.send('sms', message({ to: '13800000001' }));
    await channels.send('robot', message());
  }
  expect([...channels.dead().keys()]).toEqual(['robot']);
  expect(channels.state('sms').lastError).toContain('answered 400');
});

test('a channel that throws has failed an attempt, and that is all', async () => {
  const channels = desk({ log: { kind: 'log' } });
  const broken: Channel = { send: () => Promise.reject(new Error('BUG')) };
  const next = settings({ log: { kind: 'log' } });
  const one = next.channels.get('log')!;
  const kind = { ...one.kind, open: () => broken };
  channels.reload({ ...next, channels: new Map([['log', { ...one, kind }]]) });
  expect(await channels.send('log', message())).toEqual({ outcome: 'retry', reason: 'BUG' });
});

test('the pace is that of its kind, over any minute', async () => {
  const channels = desk({ robot: { kind: 'wecom', url_file: 'url', plain_http: true } });
  am.usual = { status: 200, body: '{"errcode":0}' };
  for (let n = 0; n < 18; n++) {
    expect(channels.mayPace('robot')).toBe(true);
    await channels.send('robot', message());
  }
  expect(channels.mayPace('robot')).toBe(false);
  await clock.advance(59_000);
  expect(channels.mayPace('robot')).toBe(false);
  await clock.advance(2_000);
  expect(channels.mayPace('robot')).toBe(true);
});

test('a reload keeps the pace and closes what was open', async () => {
  const channels = desk({ robot: { kind: 'wecom', url_file: 'url', plain_http: true } });
  for (let n = 0; n < 18; n++) await channels.send('robot', message());
  channels.reload(settings({ robot: { kind: 'wecom', url_file: 'url', plain_http: true } }));
  expect(channels.mayPace('robot')).toBe(false);
  expect(channels.names()).toEqual(['robot']);
});

test('a reload mends no channel: a dead one stays dead, with other settings it may be tried', async () => {
  const robot = { kind: 'wecom', url_file: 'url', plain_http: true };
  const channels = desk({ robot });
  am.usual = { status: 500, body: '' };
  for (let n = 0; n < 3; n++) await channels.send('robot', message());
  const { breaker, lastError } = channels.state('robot');
  channels.reload(settings({ robot }));
  expect(channels.state('robot')).toMatchObject({ breaker, lastError });
  expect(breaker.openUntilMs).toBeGreaterThan(clock.now());
  channels.reload(settings({ robot: { ...robot, follow: { levels: [1] } } }));
  expect([...channels.dead()]).toEqual([['robot', lastError]]);
  expect(channels.breaker('robot').openUntilMs).toBe(clock.now());
});

test('a name that is none is refused with those there are', () => {
  expect(() => desk({ log: { kind: 'log' } }).breaker('mail')).toThrow(/no channel "mail"/);
});

test('the log takes every message, in one line', async () => {
  const lines: string[] = [];
  const log = { ...silentLog, info: (text: string) => void lines.push(text) };
  const channels = new ChannelDesk({
    clock,
    log,
    settings: settings({ log: { kind: 'log' } }),
    dead: [],
  });
  expect(await channels.send('log', message())).toEqual({ outcome: 'accepted', reason: '' });
  expect(lines).toEqual(['notice']);
});
