import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { append, rig, series, T0 } from './rig.ts';

test('every figure of a store that was used', async () => {
  const { store, directory, clock } = await rig();
  const up = series('up', { instance: 'a' });
  const load = series('load', { instance: 'b' });
  const gaps = [{ reason: 'quota', fromMs: T0, toMs: T0, samples: 4 }] as const;
  await append(
    store,
    [
      [up, T0, 1],
      [load, T0, 2],
    ],
    { gaps },
  );
  await store.sealAll();
  await clock.advance(1_000);
  await append(store, [
    [up, T0, 1],
    [up, T0 - 5, 3],
    [load, T0 + 1, 4],
  ]);
  const file = join(directory, 'samples.db');
  const { blockBytes, commits, ...figures } = store.stats();
  expect(figures).toEqual({
    series: 2,
    devices: 2,
    journalRows: 2,
    journalSamples: 2,
    blocks: 2,
    blockSamples: 2,
    corruptParts: 0,
    databaseBytes: statSync(file).size,
    walBytes: statSync(`${file}-wal`).size,
    pendingHours: 3,
    storedSamples: 4,
    duplicateSamples: 1,
    lateSamples: 1,
    declaredLostSamples: 4,
    lastAppendMs: T0 + 1_000,
    commitSeconds: 0,
  });
  expect(blockBytes).toBeGreaterThan(50);
  expect(commits).toBeGreaterThan(3);
});
