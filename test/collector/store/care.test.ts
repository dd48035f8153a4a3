import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Labels } from '../../../src/shared/sample.ts';
import { HOUR_MS } from '../../../src/shared/units.ts';
import { append, appendAll, contents, type Point, type Rig, rig, series, T0 } from './rig.ts';

const many = (instance: string) =>
  Array.from({ length: 200 }, (_, i) => series(`metric_${i}`, { instance }));

const steps = (labels: readonly Labels[], count: number, from = 0): Point[][] =>
  Array.from({ length: count }, (_, i) =>
    labels.map((own) => [own, T0 + (from + i) * 1000, (from + i) % 7] as const),
  );

const fill = ({ store }: Rig, instance: string, count: number, from = 0): Promise<void> =>
  appendAll(store, steps(many(instance), count, from));

const journalRowsInFile = ({ directory }: Rig): number => {
  const database = new Sqlite(join(directory, 'samples.db'), { readonly: true });
  const count = database.prepare('SELECT count(*) FROM journal').pluck().get() as number;
  database.close();
  return count;
};

test('with nothing to do, maintain says so and writes nothing', async () => {
  const { store } = await rig();
  await store.maintain(100);
  const { commits } = store.stats();
  expect(await store.maintain(100)).toBe(false);
  expect(store.stats().commits).toBe(commits);
});

test('rows leave the file once every device has them in blocks, and not before', async () => {
  const own = await rig();
  await append(own.store, [[series('up', { instance: 'quiet' }), T0, 1]]);
  const labels = many('busy').slice(0, 10);
  await appendAll(own.store, steps(labels, 4_200));
  await own.store.maintain(1_000);
  expect(own.store.stats().journalRows).toBeLessThan(1_000);
  // The one row of the quiet device keeps all that came after it.
  expect(journalRowsInFile(own)).toBe(4_201);
  await own.clock.advance(2 * HOUR_MS);
  await own.store.maintain(1_000);
  expect(own.store.stats().journalRows).toBe(0);
  expect(journalRowsInFile(own)).toBe(4_201 - 4_096);
  expect((await contents(own.store, 'busy'))['metric_3{instance="busy"}']).toHaveLength(4_200);
  expect((await contents(own.store, 'quiet'))['up{instance="quiet"}']).toHaveLength(1);
});

test('care goes on where a restart left it', async () => {
  const own = await rig();
  await fill(own, 'a', 200);
  await own.store.close();
  const again = await rig({ directory: own.directory, clock: own.clock });
  expect(again.store.stats().journalSamples).toBe(40_000);
  await again.store.maintain(1_000);
  expect(again.store.stats()).toMatchObject({ blocks: 1 });
});

test('after a restart with everything sealed there is nothing to prune', async () => {
  const own = await rig();
  await fill(own, 'a', 5);
  for (let i = 0; i < 5; i++) await own.store.sealAll();
  await fill(own, 'a', 9, 5);
  await own.store.sealAll();
  await own.store.close();
  const again = await rig({ directory: own.directory, clock: own.clock });
  await again.store.sealAll();
  expect(again.store.stats().commits).toBe(0);
});

test('blocks made before a restart are merged after it', async () => {
  const own = await rig();
  for (let round = 0; round < 8; round++) {
    await append(own.store, [[series('up', { instance: 'a' }), T0 + round, round]]);
    await own.clock.advance(2 * HOUR_MS);
    if (round < 7) await own.store.maintain(1_000);
  }
  expect(own.store.stats().blocks).toBe(7);
  await own.store.close();
  const again = await rig({ directory: own.directory, clock: own.clock });
  await again.clock.advance(2 * HOUR_MS);
  await again.store.maintain(1_000);
  expect(again.store.stats()).toMatchObject({ blocks: 1, blockSamples: 8 });
});

test('several calls at once take turns', async () => {
  const own = await rig();
  await fill(own, 'a', 200);
  await fill(own, 'b', 200);
  const results = await Promise.all([
    own.store.maintain(1_000),
    own.store.sealAll(),
    own.store.maintain(1_000),
    own.store.maintain(0),
  ]);
  expect(results).toEqual([false, undefined, false, false]);
  expect(own.store.stats()).toMatchObject({ journalRows: 0, blocks: 2, blockSamples: 80_000 });
});

test('appends and reads go on while the store takes care of itself', async () => {
  const own = await rig();
  await fill(own, 'a', 400);
  let busy = true;
  const care = own.store.sealAll().finally(() => {
    busy = false;
  });
  let appended = 0;
  while (busy) {
    await append(own.store, [[series('live', { instance: 'a' }), T0 + appended, appended]]);
    appended++;
    const found = await contents(own.store, 'a', T0, T0 + 1_000);
    expect(found['live{instance="a"}']).toHaveLength(Math.min(appended, 1_000));
    expect(found['metric_0{instance="a"}']).toHaveLength(1);
  }
  await care;
  expect(appended).toBeGreaterThan(3);
});

test('free pages wait for the next rows, and go back when all is sealed', async () => {
  const own = await rig();
  await fill(own, 'a', 1_000);
  const pages = async (): Promise<number> => {
    await own.store.maintain(1_000);
    return own.store.stats().databaseBytes;
  };
  await own.store.sealAll();
  const small = await pages();
  await fill(own, 'a', 1_000, 1_000);
  await own.clock.advance(2 * HOUR_MS);
  while (await own.store.maintain(1_000));
  await own.store.sealAll();
  expect(await pages()).toBeLessThan(small + 500_000);
});
