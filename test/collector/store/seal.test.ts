import { expect, test } from 'vitest';
import { RowList } from '../../../src/collector/store/device-state.ts';
import { dueForSeal, rowsOfBlock, SAMPLES_PER_BLOCK } from '../../../src/collector/store/seal.ts';
import { HOUR_MS } from '../../../src/shared/units.ts';
import { append, appendAll, contents, type Point, restart, rig, series, T0 } from './rig.ts';

const rows = (...samples: number[]): RowList => {
  const list = new RowList();
  for (const [i, count] of samples.entries()) {
    list.push({ id: i + 1, fromMs: i, toMs: i, samples: count });
  }
  return list;
};

const named = (count: number, instance = 'a') =>
  Array.from({ length: count }, (_, i) => series(`metric_${i}`, { instance }));
const many = named(100);
const scrape = (labels: typeof many, step: number): Point[] =>
  labels.map((own, i) => [own, T0 + step * 15_000, i * 1000 + (step % 60)]);

test('a device is due for its samples, or for its age, or not at all', () => {
  expect(dueForSeal({ rows: rows(SAMPLES_PER_BLOCK), waitingSinceMs: 0 }, 0)).toBe('samples');
  expect(dueForSeal({ rows: rows(1), waitingSinceMs: 0 }, 2 * HOUR_MS)).toBe('age');
  expect(dueForSeal({ rows: rows(1), waitingSinceMs: 1 }, 2 * HOUR_MS)).toBeNull();
  expect(dueForSeal({ rows: rows(), waitingSinceMs: 0 }, 9 * HOUR_MS)).toBeNull();
});

test('a block takes the oldest rows up to its size', () => {
  expect(rowsOfBlock(rows(10, 10))).toBe(2);
  expect(rowsOfBlock(rows(20_000, 20_000, 20_000))).toBe(2);
  expect(rowsOfBlock(rows(100_000, 1))).toBe(1);
  expect(rowsOfBlock(rows())).toBe(0);
});

test('maintain seals a device that has enough, and reads find all of it', async () => {
  const { store } = await rig();
  const steps = Math.ceil(SAMPLES_PER_BLOCK / 100) + 3;
  await appendAll(
    store,
    Array.from({ length: steps }, (_, step) => scrape(many, step)),
  );
  const before = await contents(store, 'a');
  expect(store.stats()).toMatchObject({ blocks: 0, journalSamples: steps * 100 });
  await store.maintain(1_000);
  const after = store.stats();
  expect(after).toMatchObject({ blocks: 1, journalRows: 3, journalSamples: 300 });
  expect(after.blockSamples).toBe(steps * 100 - 300);
  expect(after.blockBytes).toBeLessThan(after.blockSamples);
  expect(await contents(store, 'a')).toEqual(before);
});

test('after two hours a few samples are sealed, too, together with those of other devices', async () => {
  const { store, clock } = await rig();
  for (const instance of ['a', 'b', 'c']) {
    await append(store, [[series('up', { instance }), T0, 1]]);
  }
  const { commits } = store.stats();
  await store.maintain(1_000);
  expect(store.stats().blocks).toBe(0);
  await clock.advance(2 * HOUR_MS);
  await store.maintain(1_000);
  expect(store.stats()).toMatchObject({ blocks: 3, journalRows: 0 });
  // One commit for the three blocks; the journal and the gaps have theirs.
  expect(store.stats().commits - commits).toBeLessThanOrEqual(3);
});

test('samples that arrive while a block is made stay in the journal', async () => {
  const { store } = await rig();
  await appendAll(
    store,
    Array.from({ length: 400 }, (_, step) => scrape(many, step)),
  );
  const sealing = store.maintain(0);
  const late = append(store, [[many[0]!, T0 + 1, 77]]);
  const fresh = append(store, scrape(many, 400));
  await Promise.all([sealing, late, fresh]);
  const found = await contents(store, 'a');
  const first = found['metric_0{instance="a"}']!;
  expect(first).toHaveLength(402);
  expect(first.find(([time]) => time === T0 + 1)).toEqual([T0 + 1, 77]);
});

test('the newest samples are known after a restart, though all of them are sealed', async () => {
  const first = await rig();
  await appendAll(
    first.store,
    Array.from({ length: 5 }, (_, step) => scrape(many.slice(0, 3), step)),
  );
  await append(first.store, [[many[0]!, T0 + 60_000 * 9, 4]]);
  await first.store.sealAll();
  const { store } = await restart(first);
  const number = (i: number): number => store.resolve(many[i]!, 'tester');
  expect(store.newest('a')).toBe(T0 + 60_000 * 9);
  expect([store.latest.times[number(0)], store.latest.values[number(0)]]).toEqual([
    T0 + 60_000 * 9,
    4,
  ]);
  expect([store.latest.times[number(2)], store.latest.values[number(2)]]).toEqual([
    T0 + 4 * 15_000,
    2004,
  ]);
  // So a sample sent again is still known as a duplicate.
  expect(await append(store, [[many[2]!, T0 + 4 * 15_000, 2004]])).toMatchObject({ duplicates: 1 });
});

test('with an empty journal after a restart new rows are not taken for sealed ones', async () => {
  const first = await rig();
  await appendAll(
    first.store,
    Array.from({ length: 20 }, (_, step) => scrape(many.slice(0, 2), step)),
  );
  await first.store.sealAll();
  const second = await restart(first);
  await append(second.store, scrape(many.slice(0, 2), 20));
  const { store } = await restart(second);
  expect((await contents(store, 'a'))['metric_1{instance="a"}']).toHaveLength(21);
  expect(store.stats().journalRows).toBe(1);
});

test('sealing everything gives the space of the journal back', async () => {
  const { store } = await rig();
  await appendAll(
    store,
    Array.from({ length: 700 }, (_, step) => scrape(many, step)),
  );
  await store.sealAll();
  const { blockBytes, blocks, blockSamples, databaseBytes, journalRows } = store.stats();
  expect([blocks, blockSamples, journalRows]).toEqual([1, 70_000, 0]);
  expect(databaseBytes).toBeLessThan(blockBytes + 200_000);
});
