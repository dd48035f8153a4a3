/** What the rooms around the ledger are told of it at a start. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recentRecoveries } from '../../src/collector/fault-desk.ts';
import { Room } from './faults/room.ts';
import { breached, ok } from './faults/verdicts.ts';

let room: Room;
beforeEach(async () => {
  room = new Room();
  await room.open();
});
afterEach(() => room.close());

const EDGES = Array.from({ length: 1_001 }, (_, i) => `edge-${i}`);
const recent = async (): Promise<readonly string[]> =>
  (await recentRecoveries(room.faults, room.clock.now())).map(({ device }) => device);

it('the recovery of a router is remembered, however many faults are newer than its own', async () => {
  await room.tick(breached('critical', { device: 'router' }));
  await room.tick(...EDGES.map((device) => breached('critical', { device })));
  room.wait(5);
  await room.tick(ok({ device: 'router', sinceMs: room.clock.now() }));
  expect(await recent()).toEqual(['router']);
  room.wait(1);
  const sinceMs = room.clock.now();
  await room.tick(...EDGES.map((device) => ok({ device, sinceMs })));
  expect(await recent()).toEqual([...EDGES.toReversed(), 'router']);
  // An hour later nothing of it holds anybody back.
  room.wait(61);
  expect(await recent()).toEqual([]);
});
