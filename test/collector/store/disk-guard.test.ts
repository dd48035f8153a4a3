import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { DiskGuard } from '../../../src/collector/store/disk-guard.ts';
import { createLog } from '../../../src/shared/log.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { append, contents, type Rig, rig, series, T0 } from './rig.ts';
import { fillUp, freeBytes, smallFileSystem } from './tmpfs.ts';

const MIB = 1024 * 1024;
const many = Array.from({ length: 1000 }, (_, i) => series(`metric_${i}`, { instance: 'a' }));

/** Appends until it is refused; returns how many requests were stored, and the refusal. */
async function appendUntilRefused({ store, clock }: Rig, from = 0) {
  for (let step = from; step < from + 20_000; step++) {
    const timeMs = T0 + step * 1000;
    try {
      await append(
        store,
        many.map((labels, i) => [labels, timeMs, (step * 7 + i) % 10]),
      );
    } catch (refusal) {
      return { steps: step, refusal };
    }
    if (step % 20 === 0) await clock.advance(3_000);
  }
  throw new Error('never refused');
}

test('below the watermark appends are refused with a mend, and go on when there is room', async (context) => {
  const directory = smallFileSystem(24 * MIB, context);
  const own = await rig({ directory, settings: { minFreeBytes: 8 * MIB } });
  const { store, clock, lines } = own;
  const { steps, refusal } = await appendUntilRefused(own);
  expect(refusal).toMatchObject({
    code: 'disk_full',
    retry: true,
    hint: expect.stringMatching(/free/),
  });
  expect(freeBytes(directory)).toBeGreaterThan(7 * MIB);
  expect((await contents(store, 'a'))['metric_0{instance="a"}']).toHaveLength(steps);
  // Sealing, pruning and checkpoints still work, and make the room that was missing.
  while (await store.maintain(1_000));
  await clock.advance(3_000);
  const again = await append(store, [[many[0]!, T0 + steps * 1000, 1]]);
  expect(again).toMatchObject({ kind: 'stored' });
  expect((await contents(store, 'a'))['metric_0{instance="a"}']).toHaveLength(steps + 1);
  expect(lines.filter((line) => line.includes('nearly full'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('room on the disk again'))).toHaveLength(1);
});

test('a disk that others fill to the last byte: nothing half stored, and no restart needed', async (context) => {
  const directory = smallFileSystem(24 * MIB, context);
  // Without a watermark the store only learns from SQLite that the disk is full.
  const own = await rig({ directory, settings: { minFreeBytes: 0 } });
  const { store, clock } = own;
  await append(store, [[many[0]!, T0 - 1000, 1]]);
  const other = fillUp(directory, 4 * MIB);
  const { steps, refusal } = await appendUntilRefused(own);
  expect(refusal).toMatchObject({ code: 'disk_full' });
  expect((await contents(store, 'a'))['metric_0{instance="a"}']).toHaveLength(steps + 1);
  expect(store.latest.times[store.resolve(many[0]!, 'tester')]).toBe(
    steps === 0 ? T0 - 1000 : T0 + (steps - 1) * 1000,
  );
  rmSync(other);
  await clock.advance(3_000);
  const again = await append(store, [[many[0]!, T0 + steps * 1000, 7]]);
  expect(again).toMatchObject({ kind: 'stored' });
  const found = (await contents(store, 'a'))['metric_0{instance="a"}']!;
  expect(found).toHaveLength(steps + 2);
  expect(found.at(-1)).toEqual([T0 + steps * 1000, 7]);
});

test('numbered batches refused by a full disk are stored once when they come again', async (context) => {
  const directory = smallFileSystem(32 * MIB, context);
  const { store, clock } = await rig({ directory, settings: { minFreeBytes: 8 * MIB } });
  const batch = (seq: number) =>
    append(store, [[many[0]!, T0 + seq, seq]], { cursor: { agent: 'a', epoch: 'e', seq } });
  await batch(1);
  const other = fillUp(directory, MIB);
  await clock.advance(3_000);
  await expect(batch(2)).rejects.toMatchObject({ code: 'disk_full' });
  expect(store.cursor('a', 'e')).toBe(1);
  rmSync(other);
  await clock.advance(3_000);
  expect(await batch(2)).toMatchObject({ kind: 'stored' });
  expect(await batch(2)).toEqual({ kind: 'duplicate' });
});

test('the ballast is made when there is room, given up in need, and made again', async (context) => {
  const directory = smallFileSystem(64 * MIB, context);
  const clock = manualClock(T0);
  const log = createLog({ write: () => {} });
  const guard = new DiskGuard({ directory, clock, log, minFreeBytes: 16 * MIB });
  const ballast = join(directory, 'ballast');
  guard.tend();
  expect(statSync(ballast).size).toBe(4 * MIB);
  const other = fillUp(directory, 12 * MIB);
  await clock.advance(2_000);
  expect(guard.refusal()).toMatchObject({ code: 'disk_full' });
  expect(existsSync(ballast)).toBe(true);
  rmSync(other);
  fillUp(directory, 2 * MIB);
  await clock.advance(2_000);
  expect(guard.refusal()).not.toBeNull();
  expect(existsSync(ballast)).toBe(false);
  expect(freeBytes(directory)).toBeGreaterThan(5 * MIB);
  rmSync(other);
  // Exactly the ballast more than the watermark is needed to go on: else it would flap.
  fillUp(directory, 18 * MIB);
  await clock.advance(2_000);
  expect(guard.refusal()).not.toBeNull();
  rmSync(other);
  await clock.advance(2_000);
  expect(guard.refusal()).toBeNull();
  guard.tend();
  expect(statSync(ballast).size).toBe(4 * MIB);
});

test('when SQLite says that the disk is full, the ballast goes and appends stop at once', async (context) => {
  const directory = smallFileSystem(64 * MIB, context);
  const clock = manualClock(T0);
  const log = createLog({ write: () => {} });
  const guard = new DiskGuard({ directory, clock, log, minFreeBytes: 16 * MIB });
  guard.tend();
  expect(guard.explain(new Error('SQLITE_FULL'))).toBeNull();
  expect(guard.explain(new Sqlite.SqliteError('x', 'SQLITE_IOERR_WRITE'))).toBeNull();
  expect(guard.refusal()).toBeNull();
  const failure = guard.explain(new Sqlite.SqliteError('x', 'SQLITE_FULL'));
  expect(failure).toMatchObject({ code: 'disk_full', detail: { needed: 16 * MIB } });
  expect(guard.refusal()).toBe(failure);
  expect(existsSync(join(directory, 'ballast'))).toBe(false);
  fillUp(directory, MIB);
  const write = new Sqlite.SqliteError('x', 'SQLITE_IOERR_WRITE');
  expect(guard.explain(write)).toMatchObject({ code: 'disk_full' });
  const fsync = new Sqlite.SqliteError('x', 'SQLITE_IOERR_FSYNC');
  expect(guard.explain(fsync)).toBeNull();
});

test('the disk is looked at now and then, not with every append', async (context) => {
  const directory = smallFileSystem(32 * MIB, context);
  const clock = manualClock(T0);
  const log = createLog({ write: () => {} });
  const guard = new DiskGuard({ directory, clock, log, minFreeBytes: 8 * MIB });
  expect(guard.refusal()).toBeNull();
  fillUp(directory, MIB);
  expect(guard.refusal()).toBeNull();
  await clock.advance(2_000);
  expect(guard.refusal()).not.toBeNull();
});
