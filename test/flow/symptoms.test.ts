/**
 * One router, a thousand devices: the ledger of faults, the quiet room and the process room as the
 * tick runs them. One cause is announced, its symptoms are kept, recovery is told once.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Verdict } from '../../src/collector/evaluate/evaluate.ts';
import type { LedgerEntry } from '../../src/collector/faults/faults.ts';
import { openProcess, type ProcessRoom } from '../../src/collector/process/process.ts';
import { openQuiet, type QuietRoom } from '../../src/collector/quiet/quiet.ts';
import { silentLog } from '../../src/shared/log.ts';
import { context } from '../collector/faults/context.ts';
import { Room } from '../collector/faults/room.ts';
import { breached, ok } from '../collector/faults/verdicts.ts';
import { CALENDARS, policy } from '../collector/process/rig.ts';
import { ACTOR, policyOf, request } from '../collector/quiet/rig.ts';

const COUNT = 1_000;
const MINUTE = 60_000;
const EDGES = Array.from({ length: COUNT }, (_, index) => `edge-${index}`);
const DEVICES = ['router', ...EDGES].map((name) => ({ name, labels: {} }));

let faults: Room;
let quiet: QuietRoom;
let process: ProcessRoom;
/** When the router was last seen in order. */
let routerSeenMs: number;

async function openQuietRoom(): Promise<QuietRoom> {
  const { directory, clock } = faults;
  return openQuiet({
    directory,
    clock,
    log: silentLog,
    policy: policyOf([{ parents: ['router'], children: { devices: ['edge-*'] } }]),
    devices: () => DEVICES,
    confirmed: () => [],
    findCalendar: () => undefined,
    provenUpMs: (device) => (device === 'router' ? routerSeenMs : null),
    checkEveryMs: () => MINUTE,
  });
}

beforeEach(async () => {
  faults = new Room();
  await faults.open();
  routerSeenMs = faults.clock.now();
  quiet = await openQuietRoom();
  process = await openProcess({
    directory: faults.directory,
    clock: faults.clock,
    log: silentLog,
    policy: policy(),
    calendars: CALENDARS,
    faults: { ledgerAfter: (mark, limit) => faults.faults.ledgerAfter(mark, limit) },
    device: (name) => DEVICES.find((device) => device.name === name),
    windows: { register: async () => ({ id: 'W-1', planned: true }), end: async () => {} },
  });
  faults.context = context({
    quietOf: (about) => quiet.quietOf(about),
    flapOf: (changesMs) => quiet.flapOf(changesMs),
  });
});
afterEach(async () => {
  await process.close();
  await quiet.close();
  await faults.close();
});

const place = (device: string): Partial<Verdict> => ({
  device,
  rule: 'unreachable',
  indicator: 'reachable',
  item: '',
});
const down = (...devices: string[]): Verdict[] =>
  devices.map((device) =>
    breached('critical', { ...place(device), sinceMs: faults.clock.now() - 30_000 }),
  );
const up = (...devices: string[]): Verdict[] =>
  devices.map((device) => ok({ ...place(device), sinceMs: faults.clock.now() }));

/** One tick as the collector runs it. */
async function tick(...verdicts: Verdict[]): Promise<string[]> {
  quiet.begin(faults.faults.open());
  const said = await faults.tick(...verdicts);
  await process.advance();
  return said;
}

/** Faults that people are told of: those that are in the ledger and not kept quiet. */
async function told(): Promise<string[]> {
  const list = await faults.faults.list({ state: 'announced', limit: 10 });
  return list.map(({ device }) => device);
}

async function entries(): Promise<readonly LedgerEntry[]> {
  return faults.faults.ledgerAfter(0, 100_000);
}
const kinds = (all: readonly LedgerEntry[], kind: string): number =>
  all.filter((entry) => entry.kind === kind).length;

test('children fail first: they are held, then symptoms of the router; its recovery is one', async () => {
  faults.clock.jump(1_000);
  await tick(...down(...EDGES));
  expect(await told()).toEqual([]);
  faults.clock.jump(30_000);
  await tick(...down('router'));
  faults.clock.jump(1_000);
  await tick();
  expect(await told()).toEqual(['router']);
  const router = (await faults.faults.list({ state: 'announced' }))[0]!;
  const shown = await faults.faults.show(router.id);
  expect(shown.symptoms).toBe(COUNT);
  faults.clock.jump(10 * MINUTE);
  await tick();
  expect(await told()).toEqual(['router']);
  await tick(...up('router'));
  faults.clock.jump(1_000);
  await tick();
  faults.clock.jump(MINUTE);
  await tick(...up(...EDGES));
  faults.clock.jump(30 * MINUTE);
  await tick();
  const all = await entries();
  expect(faults.faults.open()).toEqual([]);
  expect([kinds(all, 'opened'), kinds(all, 'recovered')]).toEqual([COUNT + 1, COUNT + 1]);
  expect(kinds(all, 'released')).toBe(0);
});

test('a child that is still down after its checks is released, the others never spoke', async () => {
  await tick(...down('router'));
  faults.clock.jump(1_000);
  await tick(...down(...EDGES));
  faults.clock.jump(MINUTE);
  await tick(...up('router', ...EDGES.slice(1)));
  for (let minute = 0; minute < 4; minute++) {
    await tick();
    faults.clock.jump(MINUTE);
  }
  await tick();
  expect(await told()).toEqual(['edge-0']);
  const released = (await entries()).filter(({ kind }) => kind === 'released');
  expect(released).toHaveLength(1);
});

test('symptoms make no problem, however many they are', async () => {
  await tick(...down('router'));
  faults.clock.jump(1_000);
  await tick(...down(...EDGES));
  expect(process.problems.list({})).toEqual([]);
});

test('a thousand devices without a router in common are a storm: few are told alone', async () => {
  const strangers = Array.from({ length: COUNT }, (_, index) => `stranger-${index}`);
  await tick(...down(...strangers));
  const alone = await faults.faults.list({ state: 'announced', limit: 1_000 });
  expect(alone).toHaveLength(3);
  expect(quiet.state().storm).toMatchObject({ faults: COUNT - 3 });
  faults.clock.jump(MINUTE);
  await tick();
  expect(kinds(await entries(), 'released')).toBe(COUNT - 3);
  expect(quiet.state().storm).toBeNull();
  // One rule on so many devices is one problem.
  expect(process.problems.list({}).map(({ title }) => title)).toEqual([
    'unreachable: on several devices',
  ]);
});

test('a restart in the middle changes nobody’s silence', async () => {
  await tick(...down('router'));
  faults.clock.jump(1_000);
  await tick(...down(...EDGES.slice(0, 50)));
  await quiet.close();
  quiet = await openQuietRoom();
  quiet.remember(await faults.faults.list({ limit: 1_000 }));
  await tick();
  expect(await told()).toEqual(['router']);
  faults.clock.jump(MINUTE);
  await tick(...up('router'));
  await quiet.close();
  quiet = await openQuietRoom();
  quiet.remember(await faults.faults.list({ limit: 1_000 }));
  await tick();
  expect(await told()).toEqual([]);
});

test('in a window everything is quiet; at its end each fault has one word', async () => {
  const covers = { devices: ['router', 'edge-0', 'edge-1'] };
  await quiet.windows.register(request(faults.clock.now() + 1_000, { covers }), ACTOR);
  faults.clock.jump(1_000);
  await tick(...down('router', 'edge-0', 'edge-1', 'edge-2'));
  faults.clock.jump(1_000);
  await tick();
  expect(await told()).toEqual([]);
  faults.clock.jump(30 * MINUTE);
  await tick(...up('router', 'edge-0', 'edge-2'));
  faults.clock.jump(1_000);
  await tick();
  faults.clock.jump(40 * MINUTE);
  await tick();
  faults.clock.jump(1_000);
  await tick();
  expect(await told()).toEqual(['edge-1']);
  const outcomes = quiet.windows.outcomesAfter(0, 10);
  expect(outcomes.map(({ device, result }) => `${device} ${result}`).sort()).toEqual([
    'edge-0 recovered',
    'edge-1 still_failing',
    'router recovered',
  ]);
});

test('a fault that comes and goes is flapping, with one entry for it', async () => {
  for (let round = 0; round < 4; round++) {
    await tick(...down('router'));
    faults.clock.jump(2 * MINUTE);
    await tick(...up('router'));
    faults.clock.jump(2 * MINUTE);
  }
  const all = await entries();
  expect(kinds(all, 'flapping')).toBe(1);
  expect(kinds(all, 'steadied')).toBe(0);
  faults.clock.jump(40 * MINUTE);
  await tick();
  expect(kinds(await entries(), 'steadied')).toBe(1);
});
