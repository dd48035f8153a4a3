/** Bytes that rot in the file (F16): noticed when read, counted, left out, never a crash. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { append, contents, crashCopy, type Rig, rig, series, T0 } from './rig.ts';

const up = series('up', { instance: 'a' });

/** Changes the closed database by SQL, as no one but rot would. */
async function tamper(own: Rig, sql: string): Promise<Rig> {
  await own.store.close();
  const database = new Sqlite(join(own.directory, 'samples.db'));
  expect(database.prepare(sql).run().changes).toBeGreaterThan(0);
  database.close();
  return rig({ directory: own.directory, clock: own.clock });
}

/** Three blocks of one sample each, and one sample in the journal. */
async function threeBlocks(): Promise<Rig> {
  const own = await rig();
  for (let i = 0; i < 3; i++) {
    await append(own.store, [[up, T0 + i * 1000, i]]);
    await own.clock.advance(2 * HOUR_MS);
    await own.store.maintain(1_000);
  }
  await append(own.store, [[up, T0 + 9_000, 9]]);
  return own;
}

const values = async ({ store }: Rig): Promise<number[]> =>
  ((await contents(store, 'a'))['up{instance="a"}'] ?? []).map(([, value]) => value);

/** Changes the last byte of a blob. */
const flipped = (table: string, column: string, where = '1'): string =>
  `UPDATE ${table} SET ${column} = CAST(substr(${column}, 1, length(${column}) - 1) || ` +
  `x'5a' AS BLOB) WHERE ${where}`;

test('a damaged block is left out and counted; its neighbours are read', async () => {
  const own = await tamper(await threeBlocks(), flipped('blocks', 'payload', 'id = 2'));
  expect(await values(own)).toEqual([0, 2, 9]);
  expect(own.store.stats().corruptParts).toBe(1);
  expect(own.lines.some((line) => line.includes('damaged block'))).toBe(true);
});

test('a block under the name of another device is not believed', async () => {
  const own = await threeBlocks();
  await append(own.store, [[series('up', { instance: 'b' }), T0, 5]]);
  const changed = await tamper(own, 'UPDATE blocks SET device = 2 WHERE id = 1');
  expect(await values(changed)).toEqual([1, 2, 9]);
  expect((await contents(changed.store, 'b'))['up{instance="b"}']).toEqual([[T0, 5]]);
});

test('merging leaves a damaged block alone, and goes on with the others', async () => {
  const own = await tamper(await threeBlocks(), flipped('blocks', 'payload', 'id = 1'));
  await own.store.sealAll();
  expect(await values(own)).toEqual([1, 2, 9]);
  expect(own.store.stats().blocks).toBe(2);
  await own.store.sealAll();
  expect(own.store.stats().blocks).toBe(2);
});

test('a damaged row of the journal is left out', async () => {
  const own = await tamper(await threeBlocks(), flipped('journal', 'payload', 'id = 4'));
  expect(await values(own)).toEqual([0, 1, 2]);
  expect(own.store.stats().corruptParts).toBeGreaterThan(0);
  await own.store.sealAll();
  expect(await values(own)).toEqual([0, 1, 2]);
  expect(own.store.stats()).toMatchObject({ journalRows: 0, blockSamples: 3 });
});

test('a row of the journal that is cut short is left out', async () => {
  const own = await tamper(
    await threeBlocks(),
    "UPDATE journal SET payload = x'0101' WHERE id = 4",
  );
  expect(await values(own)).toEqual([0, 1, 2]);
  expect(own.store.stats().corruptParts).toBeGreaterThan(0);
});

test('a damaged series is left out; the others of the device are read', async () => {
  const own = await threeBlocks();
  await append(own.store, [[series('load', { instance: 'a' }), T0, 4]]);
  const changed = await tamper(own, `UPDATE series SET labels = replace(labels, 'up', 'uq')`);
  expect(await contents(changed.store, 'a')).toEqual({ 'load{instance="a"}': [[T0, 4]] });
});

test('damaged newest samples are found again in the journal as far as they are there', async () => {
  const own = await tamper(await threeBlocks(), 'UPDATE devices SET checksum = checksum + 1');
  expect(own.store.newest('a')).toBe(T0 + 9_000);
  expect(await values(own)).toEqual([0, 1, 2, 9]);
});

test('a damaged rollup is empty and counted, its other half is not', async () => {
  const own = await threeBlocks();
  const bytes = Uint8Array.of(1, 2, 3);
  await own.store.writeRollup({ device: 'a', dayMs: T0, rollups: bytes, histograms: bytes }, []);
  const changed = await tamper(own, flipped('rollups', 'rollups'));
  const [day] = await changed.store.rollups('a', T0, T0 + DAY_MS);
  expect([[...day!.rollups], [...day!.histograms]]).toEqual([[], [1, 2, 3]]);
  expect(changed.store.stats().corruptParts).toBe(1);
});

test('whatever bytes rot, it starts, answers, and invents nothing', async () => {
  const own = await threeBlocks();
  const original = readFileSync(join(crashCopy(own), 'samples.db'));
  await own.store.close();
  const sound = readFileSync(join(own.directory, 'samples.db'));
  expect(sound.length).toBeGreaterThanOrEqual(original.length);
  const flips = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(flips, async (list) => {
      const rotten = Buffer.from(sound);
      for (const [at, bits] of list) rotten[at]! ^= bits;
      const fresh = await rig();
      await fresh.store.close();
      writeFileSync(join(fresh.directory, 'samples.db'), rotten);
      let opened: Rig;
      try {
        opened = await rig({ directory: fresh.directory });
      } catch (error) {
        // The mark of our layout itself may have rotted: then nothing is touched.
        expect(error).toMatchObject({ code: 'unavailable' });
        return;
      }
      for (const value of await values(opened)) expect([0, 1, 2, 9]).toContain(value);
      await append(opened.store, [[series('new', { instance: 'n' }), T0, 1]]);
      await opened.store.close();
    }),
    { numRuns: 60 },
  );
});
