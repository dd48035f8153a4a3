import { expect, test } from 'vitest';
import { type BlockFacts, DAMAGED } from '../../../src/collector/store/blocks.ts';
import { chooseMerge } from '../../../src/collector/store/compact.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { append, contents, rig, series, T0 } from './rig.ts';

/** Blocks of an hour each, of these levels. */
const blocks = (...levels: number[]): BlockFacts[] =>
  levels.map((level, i) => ({
    id: i + 1,
    level,
    fromMs: i * HOUR_MS,
    toMs: (i + 1) * HOUR_MS - 1,
    samples: 1000,
    bytes: 500,
  }));
const ids = (list: readonly BlockFacts[]): number[] => list.map(({ id }) => id);
const limits = { longestMs: DAY_MS, eager: false };
const eager = { longestMs: DAY_MS, eager: true };

test('eight neighbours of one level are merged, fewer are not', () => {
  expect(ids(chooseMerge(blocks(0, 0, 0, 0, 0, 0, 0), limits))).toEqual([]);
  expect(ids(chooseMerge(blocks(0, 0, 0, 0, 0, 0, 0, 0, 0), limits))).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8,
  ]);
});

test('a backlog is merged from the oldest on, behind larger blocks', () => {
  const list = blocks(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  expect(ids(chooseMerge(list, limits))).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
});

test('blocks of another level between them keep blocks apart', () => {
  expect(chooseMerge(blocks(0, 0, 0, 0, 1, 0, 0, 0, 0), limits)).toEqual([]);
});

test('large and damaged blocks stay as they are', () => {
  const list = blocks(0, 0, 0, 0, DAMAGED, 0, 0, 0, 0);
  expect(chooseMerge(list, limits)).toEqual([]);
  expect(ids(chooseMerge(list, eager))).toEqual([1, 2, 3, 4]);
  const large = list.map((block) => ({ ...block, level: 0, samples: 200_000 }));
  expect(chooseMerge(large, limits)).toEqual([]);
  expect(chooseMerge(large, eager)).toEqual([]);
});

test('a merged block spans no more time than retention can bear', () => {
  const list = blocks(0, 0, 0, 0, 0, 0, 0, 0).map((block) => ({
    ...block,
    fromMs: block.fromMs * 10,
    toMs: block.toMs * 10,
  }));
  expect(chooseMerge(list, limits)).toEqual([]);
  expect(chooseMerge(list, { ...limits, longestMs: 4 * DAY_MS })).toHaveLength(8);
  expect(ids(chooseMerge(list, eager))).toEqual([1, 2]);
});

test('eagerly, any small neighbours are merged, up to a size', () => {
  expect(ids(chooseMerge(blocks(3, 0, 1), eager))).toEqual([1, 2, 3]);
  expect(chooseMerge(blocks(2), eager)).toEqual([]);
  expect(chooseMerge([], eager)).toEqual([]);
  const middling = blocks(0, 0, 0, 0, 0).map((block) => ({ ...block, samples: 100_000 }));
  expect(ids(chooseMerge(middling, eager))).toEqual([1, 2]);
});

test('eight seals make one block, with the last word of each sample', async () => {
  const { store, clock } = await rig();
  const up = series('up', { instance: 'a' });
  for (let round = 0; round < 8; round++) {
    await append(store, [[up, T0 + round * 60_000, round]]);
    // Corrects what an older block says.
    if (round > 0) await append(store, [[up, T0 + (round - 1) * 60_000, round * 100]]);
    await clock.advance(2 * HOUR_MS);
    await store.maintain(1_000);
  }
  expect(store.stats()).toMatchObject({ blocks: 1, blockSamples: 8, journalRows: 0 });
  expect((await contents(store, 'a'))['up{instance="a"}']).toEqual([
    ...[100, 200, 300, 400, 500, 600, 700].map((value, i) => [T0 + i * 60_000, value]),
    [T0 + 7 * 60_000, 7],
  ]);
});

test('late samples that span too much are kept beside, and still found', async () => {
  const { store, clock } = await rig({ settings: { rawMs: DAY_MS } });
  const up = series('up', { instance: 'a' });
  for (let round = 0; round < 9; round++) {
    await append(store, [[up, T0 + round * 60_000, round]]);
    await append(store, [[up, T0 - 20 * DAY_MS + round, -round]]);
    await clock.advance(2 * HOUR_MS);
    await store.maintain(1_000);
  }
  expect(store.stats().blocks).toBe(9);
  expect((await contents(store, 'a'))['up{instance="a"}']).toHaveLength(18);
});
