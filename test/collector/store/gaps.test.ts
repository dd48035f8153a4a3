import { expect, test } from 'vitest';
import { Gaps } from '../../../src/collector/store/gaps.ts';
import { openSound } from '../../../src/collector/store/recover.ts';
import { createLog } from '../../../src/shared/log.ts';
import type { GapRecord } from '../../../src/shared/protocol.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { T0, temporaryDirectory } from './rig.ts';

function table() {
  const log = createLog({ write: () => {} });
  const database = openSound(`${temporaryDirectory()}/samples.db`, log, (opened) => opened);
  const clock = manualClock(T0);
  return { database, clock, gaps: new Gaps(database, clock) };
}

const gap = (fromMs: number, toMs: number, samples = 1): GapRecord => ({
  reason: 'quota',
  fromMs,
  toMs,
  samples,
});

test('losses are told by the time they fell into, with their sender and arrival', () => {
  const { gaps } = table();
  gaps.insert('x', [gap(10, 20), gap(30, 40)]);
  gaps.insert('y', [gap(15, 35)]);
  const agents = (from: number, to: number) => gaps.overlapping(from, to).map(({ agent }) => agent);
  expect(agents(0, 10)).toEqual([]);
  expect(agents(0, 11)).toEqual(['x']);
  expect(agents(20, 21)).toEqual(['x', 'y']);
  expect(agents(36, 99)).toEqual(['x']);
  expect(gaps.overlapping(30, 31)[0]).toEqual({ ...gap(30, 40), agent: 'x', receivedMs: T0 });
});

test('the sum counts what is committed, and comes back from the table', () => {
  const { gaps, database, clock } = table();
  gaps.insert('x', [gap(1, 2, 5)]);
  expect(gaps.samples).toBe(0);
  gaps.commit();
  gaps.insert('x', [gap(1, 2, 7)]);
  gaps.rollback();
  expect(gaps.samples).toBe(5);
  gaps.insert('x', [gap(1, 2, 9)]);
  gaps.commit();
  const again = new Gaps(database, clock);
  again.load();
  // The one taken back was in no transaction here, so the table has it.
  expect([gaps.samples, again.samples]).toEqual([14, 21]);
});

test('old declarations are forgotten, some at a time', async () => {
  const { gaps, clock } = table();
  for (let i = 0; i < 5; i++) {
    gaps.insert('x', [gap(1, 2)]);
    await clock.advance(1_000);
  }
  expect(gaps.prune(T0 + 3_000, 2)).toBe(2);
  expect(gaps.prune(T0 + 3_000, 2)).toBe(1);
  expect(gaps.prune(T0 + 3_000, 2)).toBe(0);
  expect(gaps.overlapping(0, 9)).toHaveLength(2);
});
