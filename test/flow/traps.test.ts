/**
 * A trap from a real sender to a fault and its end: snmptrap → the agent's child → the queue on
 * disk → the collector's route → the ledger. The agent lives on real time, the collector on its
 * own.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type EventTransport, openTraps, type Traps } from '../../src/agent/traps/traps.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { Failure } from '../../src/shared/errors.ts';
import { silentLog } from '../../src/shared/log.ts';
import { SETTINGS, temporaryDirectory } from '../agent/traps/rig.ts';
import { flat, IF_INDEX, LINK_DOWN, LINK_UP, send, V2C, v3 } from '../agent/traps/snmptrap.ts';
import { openStage, type Stage, sample } from '../collector/stage.ts';
import { needs, projectFile } from '../support/parts.ts';

let stage: Stage;
let token: string;
let online: boolean;

beforeEach(async () => {
  stage = await openStage();
  online = true;
  ({ token } = await stage.ask<{ token: string }>('POST', '/api/v1/agents', { name: 'site-a' }));
  const timeMs = stage.clock.now();
  const labels = { agent: 'site-a', job: 'snmp' };
  const status = await stage.write(token, [
    sample('ifOperStatus', 'switch-1', { value: 1, timeMs, labels }),
  ]);
  expect(status).toBe(204);
});

afterEach(() => stage.close());

/** The wire: what the agent sends reaches the collector's own route. */
const wire: EventTransport = {
  send: async ({ headers, body }) => {
    if (!online) throw new Failure('unavailable', 'the line is cut');
    const answer = await stage.collector.web.remote({
      method: 'POST',
      url: '/api/v1/events',
      headers: { ...headers, authorization: `Bearer ${token}` },
      payload: Buffer.from(body),
    });
    const named = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(named) as Record<string, string>,
      body: answer.body,
    };
  },
  close: () => {},
};

async function openAgentTraps(directory = temporaryDirectory()): Promise<Traps> {
  const traps = await openTraps({
    settings: SETTINGS,
    directory,
    clock: systemClock,
    log: silentLog,
    transport: wire,
    script: projectFile('src/agent/main.ts'),
    deviceOf: (address) => (address === '127.0.0.1' ? 'switch-1' : null),
    interfaceName: (_, index) => (index === 3 ? 'GE0/0/3' : null),
  });
  onTestFinished(() => traps.stop());
  await traps.start();
  return traps;
}

interface FaultView {
  readonly device: string;
  readonly rule: string;
  readonly item: string;
  readonly state: string;
  readonly severity: string;
  readonly phenomenon: { readonly en: string; readonly zh: string };
}

async function faults(): Promise<readonly FaultView[]> {
  await stage.clock.advance(1_000);
  return (await stage.ask<{ faults: FaultView[] }>('GET', '/api/v1/faults?state=all')).faults;
}

async function delivered(traps: Traps, count: number): Promise<void> {
  const arrived = async (): Promise<number> => {
    await traps.settled();
    return traps.stats().delivered;
  };
  await expect.poll(arrived, { timeout: 20_000 }).toBe(count);
}

interface EventView {
  readonly device: string;
  readonly kind: string;
  readonly agent: string;
  readonly at: string;
}
const events = async (query = ''): Promise<readonly EventView[]> =>
  (await stage.ask<{ events: EventView[] }>('GET', `/api/v1/events${query}`)).events;

const ON_BATTERY = '1.3.6.1.2.1.33.2.1';
const ALARM_ENDED = '1.3.6.1.2.1.33.2.4';
const ALARM_IS_BATTERY = ['1.3.6.1.2.1.33.1.6.2.1.2.1', 'o', '1.3.6.1.2.1.33.1.6.3.2'] as const;

test('a verified link that goes down opens one fault, and a verified trap ends it', async (context) => {
  const program = needs('snmptrap', context);
  const traps = await openAgentTraps();
  const to = `127.0.0.1:${traps.stats().port}`;
  await send(program, [...v3(), to, '', LINK_DOWN, ...flat([IF_INDEX])]);
  await delivered(traps, 1);
  const [fault, ...others] = await faults();
  expect(others).toEqual([]);
  expect(fault).toMatchObject({
    device: 'switch-1',
    rule: 'interface_down',
    item: 'GE0/0/3',
    severity: 'warning',
    phenomenon: { en: 'Interface GE0/0/3 is down', zh: '接口 GE0/0/3 中断' },
  });
  expect(fault?.state).not.toBe('recovered');
  // Unverified: it is written down, and the fault goes on.
  await send(program, [...V2C, to, '', LINK_UP, ...flat([IF_INDEX])]);
  await delivered(traps, 2);
  expect((await faults()).map(({ state }) => state)).toEqual([fault?.state]);
  await send(program, [...v3(), to, '', LINK_UP, ...flat([IF_INDEX])]);
  await delivered(traps, 3);
  expect((await faults()).map(({ state }) => state)).toEqual(['recovered']);
  expect((await events()).map(({ kind }) => kind)).toEqual(['link_up', 'link_up', 'link_down']);
  expect(await events('?q=GE0/0/3%20is%20down')).toHaveLength(1);
  expect(await events('?q=%E6%8E%A5%E5%8F%A3&kind=link_down')).toHaveLength(1);
});

test('an unverified link that goes down is an event and no fault', async (context) => {
  const program = needs('snmptrap', context);
  const traps = await openAgentTraps();
  const to = `127.0.0.1:${traps.stats().port}`;
  await send(program, [...V2C, to, '', LINK_DOWN, ...flat([IF_INDEX])]);
  await delivered(traps, 1);
  expect(await faults()).toEqual([]);
  expect(await events()).toMatchObject([{ kind: 'link_down' }]);
});

test('what an unverified trap opened an unverified trap ends', async (context) => {
  const program = needs('snmptrap', context);
  const traps = await openAgentTraps();
  const to = `127.0.0.1:${traps.stats().port}`;
  await send(program, [...V2C, to, '', ON_BATTERY]);
  await delivered(traps, 1);
  expect((await faults()).map(({ rule }) => rule)).toEqual(['ups_on_battery']);
  await send(program, [...V2C, to, '', ALARM_ENDED, ...ALARM_IS_BATTERY]);
  await delivered(traps, 2);
  expect((await faults()).map(({ state }) => state)).toEqual(['recovered']);
});

test('while the collector is away events wait on disk, also over a restart of the agent', async (context) => {
  const program = needs('snmptrap', context);
  const directory = temporaryDirectory();
  online = false;
  const before = await openAgentTraps(directory);
  const to = `127.0.0.1:${before.stats().port}`;
  await send(program, [...v3(), to, '', LINK_DOWN, ...flat([IF_INDEX])]);
  await expect.poll(() => before.stats().events, { timeout: 20_000 }).toBe(1);
  await before.settled();
  expect(await faults()).toEqual([]);
  await before.stop();
  expect(existsSync(join(directory, 'events'))).toBe(true);
  online = true;
  const after = await openAgentTraps(directory);
  await delivered(after, 1);
  expect((await faults()).map(({ rule }) => rule)).toEqual(['interface_down']);
});

test('the collector may end between the event and the fault: the fault opens once', async (context) => {
  const program = needs('snmptrap', context);
  const traps = await openAgentTraps();
  const to = `127.0.0.1:${traps.stats().port}`;
  await send(program, [...v3(), to, '', LINK_DOWN, ...flat([IF_INDEX])]);
  await delivered(traps, 1);
  await stage.restart();
  expect((await faults()).map(({ item }) => item)).toEqual(['GE0/0/3']);
  await stage.restart();
  expect(await faults()).toHaveLength(1);
});

test('a source without a device makes no device and no fault', async (context) => {
  const program = needs('snmptrap', context);
  const traps = await openAgentTraps();
  const stranger = ['--clientaddr=127.0.0.9'];
  const to = `127.0.0.1:${traps.stats().port}`;
  await send(program, [...stranger, ...V2C, to, '', LINK_DOWN, ...flat([IF_INDEX])]);
  await delivered(traps, 1);
  expect(await faults()).toEqual([]);
  expect(await events()).toMatchObject([{ device: '', kind: 'link_down', source: '127.0.0.9' }]);
  const { devices } = await stage.ask<{ devices: { name: string }[] }>('GET', '/api/v1/devices');
  expect(devices.map(({ name }) => name)).toEqual(['switch-1']);
});
