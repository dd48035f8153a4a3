import { describe, expect, test } from 'vitest';
import type { Spool } from '../../../src/agent/spool/spool.ts';
import type { SpoolFs } from '../../../src/agent/spool/spool-fs.ts';
import { LIMITS } from '../../../src/shared/sample.ts';
import { simFs } from '../../support/sim-fs.ts';
import {
  batchOf,
  CollectorModel,
  drain,
  idOf,
  imbalance,
  open,
  START_MS,
  STEP_MS,
  type StepClock,
  samplesOf,
  sendOne,
  stepClock,
} from './parts.ts';

const HOUR_MS = 3_600_000;

async function fill(spool: Spool, ids: readonly number[], clock?: StepClock): Promise<void> {
  for (const id of ids) {
    clock?.tick(STEP_MS);
    await spool.append(batchOf(id));
  }
}

const sum = (ids: readonly number[]): number => ids.reduce((n, id) => n + samplesOf(id), 0);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('batches come back in order, numbered from 1, until they are acknowledged', async () => {
  const spool = await open(simFs());
  await fill(spool, [1, 2]);
  const first = await spool.oldest('live');
  expect(first).toMatchObject({ seq: 1, samples: samplesOf(1), gaps: [] });
  expect(await spool.oldest('live')).toEqual(first);
  await spool.acknowledge(first!.epoch, 1);
  const second = await spool.oldest('live');
  expect([second!.epoch, second!.seq, idOf(second!.body)]).toEqual([first!.epoch, 2, 2]);
  await spool.acknowledge(second!.epoch, 2);
  expect(await spool.oldest('live')).toBeNull();
  expect(await spool.oldest('backlog')).toBeNull();
});

test('an acknowledgement that comes twice, late or for nobody changes nothing', async () => {
  const spool = await open(simFs());
  await fill(spool, [1, 2, 3]);
  const first = await spool.oldest('live');
  await spool.acknowledge(first!.epoch, 1);
  await spool.acknowledge(first!.epoch, 1);
  await spool.acknowledge(first!.epoch, 3);
  await spool.acknowledge('f'.repeat(32), 1);
  expect(spool.stats()).toMatchObject({ batches: 2, ackedSamples: samplesOf(1) });
});

test('an appended batch survives any power cut from then on', async () => {
  for (const id of range(1, 20)) {
    const fs = simFs();
    const spool = await open(fs);
    await fill(spool, range(1, id));
    const collector = new CollectorModel();
    await drain(await open(fs.powerCut(() => 0.99)), collector);
    expect([...collector.ids]).toEqual(range(1, id));
  }
});

test('stats tell what waits, since when, and in which epochs', async () => {
  const clock = stepClock();
  const spool = await open(simFs(), clock);
  await fill(spool, [1, 2, 3], clock);
  await spool.splitLive();
  await fill(spool, [4], clock);
  const stats = spool.stats();
  expect(stats).toMatchObject({ batches: 4, samples: sum([1, 2, 3, 4]), ackedSamples: 0 });
  expect(stats.oldestMs).toBe(START_MS + STEP_MS);
  expect(stats.epochs.map(({ nextSeq, lastSeq, live }) => [nextSeq, lastSeq, live])).toEqual([
    [1, 3, false],
    [1, 1, true],
  ]);
  expect(stats.bytes).toBeGreaterThan(4 * 60);
});

test('after a split live data does not wait for the backlog, and each epoch keeps its order', async () => {
  const spool = await open(simFs());
  await fill(spool, [1, 2, 3]);
  await spool.splitLive();
  await fill(spool, [4, 5]);
  expect(idOf((await spool.oldest('live'))!.body)).toBe(4);
  expect(idOf((await spool.oldest('backlog'))!.body)).toBe(1);
  const collector = new CollectorModel();
  await drain(spool, collector);
  expect([...collector.ids].sort()).toEqual([1, 2, 3, 4, 5]);
});

test('a split without anything waiting opens no epoch, and there are never more than 64', async () => {
  const spool = await open(simFs());
  await spool.splitLive();
  expect(spool.stats().epochs).toHaveLength(1);
  for (const id of range(1, 100)) {
    await fill(spool, [id]);
    await spool.splitLive();
  }
  expect(spool.stats().epochs.length).toBeLessThanOrEqual(65);
  const collector = new CollectorModel();
  await drain(spool, collector);
  expect(collector.ids.size).toBe(100);
});

test('a start of the program mints an epoch; what waited keeps the numbers it had', async () => {
  const fs = simFs();
  const before = await open(fs);
  await fill(before, [1, 2]);
  const sent = await before.oldest('live');
  await before.close();
  const spool = await open(fs, stepClock(2));
  await fill(spool, [3]);
  expect(await spool.oldest('backlog')).toMatchObject({ epoch: sent!.epoch, seq: 1 });
  const live = await spool.oldest('live');
  expect(live!.epoch).not.toBe(sent!.epoch);
  expect(live!.seq).toBe(1);
});

describe('a copied spool directory (F14)', () => {
  test('repeats what waits under the same numbers, and gives new data other ones', async () => {
    const fs = simFs();
    await fill(await open(fs), [1, 2, 3]);
    const [one, other] = [fs.kill(), fs.kill()];
    const collector = new CollectorModel();
    const here = await open(one, stepClock(2));
    const there = await open(other, stepClock(3));
    await fill(here, [10, 11]);
    await fill(there, [20, 21]);
    for (let i = 0; i < 10; i++) {
      for (const spool of [here, there]) {
        await sendOne(spool, collector, 'live');
        await sendOne(spool, collector, 'backlog');
      }
    }
    expect(collector.stored.map(({ id }) => id).sort((a, b) => a - b)).toEqual([
      1, 2, 3, 10, 11, 20, 21,
    ]);
    expect(here.stats().samples + there.stats().samples).toBe(0);
  });

  test('restored from an old snapshot, the same', async () => {
    const fs = simFs();
    const collector = new CollectorModel();
    const spool = await open(fs);
    await fill(spool, [1, 2]);
    const snapshot = fs.kill();
    await fill(spool, [3, 4]);
    await drain(spool, collector);
    const restored = await open(snapshot, stepClock(2));
    await fill(restored, [5]);
    await drain(restored, collector);
    expect(collector.stored.map(({ id }) => id).sort()).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('age', () => {
  test('what is older than the limit is dropped and declared with its times', async () => {
    const clock = stepClock();
    const spool = await open(simFs(), clock);
    await fill(spool, range(1, 10), clock);
    clock.tick(72 * HOUR_MS - 4 * STEP_MS);
    await spool.enforceLimits();
    const dropped = range(1, 5);
    expect(spool.stats()).toMatchObject({ batches: 5, dropped: { too_old: sum(dropped) } });
    expect(spool.pendingGaps()).toEqual([
      {
        reason: 'too_old',
        fromMs: batchOf(1).firstMs,
        toMs: batchOf(5).lastMs,
        samples: sum(dropped),
      },
    ]);
    expect(imbalance(spool)).toBe(0);
  });

  test('what may be stored already is not dropped: it is delivered late', async () => {
    const clock = stepClock();
    const spool = await open(simFs(), clock);
    await fill(spool, [1, 2, 3], clock);
    await spool.oldest('live');
    clock.tick(100 * HOUR_MS);
    await spool.enforceLimits();
    expect(spool.stats()).toMatchObject({ batches: 1, dropped: { too_old: sum([2, 3]) } });
    const collector = new CollectorModel();
    await drain(spool, collector);
    await fill(spool, [4]);
    await drain(spool, collector);
    expect(collector.stored.map(({ id }) => id)).toEqual([1, 4]);
    expect(collector.declaredSamples).toBe(sum([2, 3]));
  });

  test('a clock that jumps ten years ahead drops nothing', async () => {
    const steady = stepClock();
    let jump = 0;
    const clock = { ...steady, now: () => steady.now() + jump };
    const spool = await open(simFs(), clock);
    await fill(spool, [1, 2, 3]);
    jump = 10 * 365 * 24 * HOUR_MS;
    await spool.enforceLimits();
    expect(spool.stats().batches).toBe(3);
  });
});

describe('size', () => {
  const QUOTA = 40 * 1024;

  test('the quota is never exceeded; the oldest goes first; what is lost is declared', async () => {
    const fs = simFs();
    const spool = await open(fs, stepClock(), { maxBytes: QUOTA });
    for (const id of range(1, 200)) {
      await spool.append(batchOf(id, 900));
      const bytes = await Promise.all(fs.paths().map((path) => fs.size(path)));
      const ledgers = await Promise.all(
        fs
          .paths()
          .filter((path) => path.includes('ledger'))
          .map((path) => fs.size(path)),
      );
      const total = bytes.reduce((a, b) => a + b, 0) - ledgers.reduce((a, b) => a + b, 0);
      expect(total).toBeLessThanOrEqual(QUOTA);
    }
    const collector = new CollectorModel();
    await drain(spool, collector);
    await fill(spool, [201]);
    await drain(spool, collector);
    const ids = [...collector.ids].sort((a, b) => a - b);
    expect(ids).toEqual(range(ids[0]!, 201));
    expect(ids.length).toBeGreaterThan(25);
    expect(collector.declaredSamples).toBe(sum(range(1, ids[0]! - 1)));
    expect(spool.stats().dropped).toEqual({ quota: collector.declaredSamples });
  });

  test('five percent of the file system is the quota when that is less', async () => {
    const space = { totalBytes: 20 * QUOTA, freeBytes: 15 * QUOTA };
    const spool = await open(simFs({ space }), stepClock());
    for (const id of range(1, 200)) await spool.append(batchOf(id, 900));
    expect(spool.stats().bytes).toBeLessThanOrEqual(QUOTA);
    expect(spool.stats().dropped.quota).toBeGreaterThan(0);
  });

  test('acknowledged batches make room before waiting ones have to', async () => {
    const spool = await open(simFs(), stepClock(), { maxBytes: QUOTA });
    const collector = new CollectorModel();
    for (const id of range(1, 20)) await spool.append(batchOf(id, 900));
    await drain(spool, collector);
    for (const id of range(21, 50)) await spool.append(batchOf(id, 900));
    expect(spool.stats()).toMatchObject({ batches: 30, dropped: {} });
  });

  test('a batch larger than the collector takes is declared, not stored', async () => {
    const spool = await open(simFs());
    const append = spool.append(batchOf(1, LIMITS.bodyBytes + 1));
    await expect(append).rejects.toMatchObject({ code: 'too_large' });
    expect(spool.stats()).toMatchObject({ batches: 0, dropped: { oversize: samplesOf(1) } });
    expect(imbalance(spool)).toBe(0);
  });
});

describe('a full or failing disk (F7, F8)', () => {
  const FULL = { totalBytes: 1_000_000_000, freeBytes: 99_000_000 };
  const FREE = { totalBytes: 1_000_000_000, freeBytes: 500_000_000 };

  test('under the least free share nothing is written; after freeing it goes on', async () => {
    const fs = simFs({ space: FREE });
    const spool = await open(fs);
    await fill(spool, [1]);
    fs.setSpace(FULL);
    await expect(spool.append(batchOf(2))).rejects.toMatchObject({ code: 'disk_full' });
    expect(spool.stats().dropped).toEqual({ disk_error: samplesOf(2) });
    fs.setSpace(FREE);
    await fill(spool, [3]);
    const collector = new CollectorModel();
    await drain(spool, collector);
    expect([...collector.ids]).toEqual([1, 3]);
    expect(collector.declaredSamples).toBe(samplesOf(2));
  });

  test('what is kept only for a restored collector is given back first', async () => {
    const fs = simFs({ space: FREE });
    const spool = await open(fs, stepClock(), { maxBytes: 40 * 1024 });
    for (const id of range(1, 10)) await spool.append(batchOf(id, 900));
    await drain(spool, new CollectorModel());
    const before = spool.stats().bytes;
    fs.setSpace(FULL);
    await expect(spool.append(batchOf(11))).rejects.toThrow('10 % is free');
    expect(spool.stats().bytes).toBeLessThan(before / 4);
  });

  test.each(['ENOSPC', 'EIO', 'EROFS', 'EDQUOT'])(
    '%s on every write: counted, and no further harm',
    async (code) => {
      const fs = simFs();
      const spool = await open(fs);
      await fill(spool, [1, 2]);
      fs.failWrites(code);
      const full = code === 'ENOSPC' || code === 'EDQUOT';
      for (const id of [3, 4]) {
        const append = spool.append(batchOf(id));
        await expect(append).rejects.toMatchObject({ code: full ? 'disk_full' : 'io' });
      }
      expect(spool.stats().fsyncErrors).toBeGreaterThan(0);
      expect(imbalance(spool)).toBe(0);
      fs.failWrites(null);
      await fill(spool, [5]);
      const collector = new CollectorModel();
      await drain(spool, collector);
      expect([...collector.ids]).toEqual([1, 2, 5]);
      expect(collector.declaredSamples).toBe(sum([3, 4]));
      await spool.close();
      const again = await open(fs.kill(), stepClock(2));
      expect(again.stats()).toMatchObject({ batches: 0, dropped: { disk_error: sum([3, 4]) } });
      expect(imbalance(again)).toBe(0);
    },
  );

  test('after a failed sync the file is not written again', async () => {
    const fs = simFs();
    let fail = false;
    const failing: SpoolFs = {
      ...fs,
      create: async (path) => {
        const file = await fs.create(path);
        const sync = async (): Promise<void> => {
          if (fail && path.endsWith('.seg')) throw Object.assign(new Error('EIO'), { code: 'EIO' });
          await file.sync();
        };
        return { ...file, sync };
      },
    };
    const spool = await open(failing);
    await fill(spool, [1]);
    fail = true;
    await expect(spool.append(batchOf(2))).rejects.toMatchObject({ code: 'io' });
    fail = false;
    await fill(spool, [3]);
    expect(fs.paths().filter((path) => path.endsWith('.seg'))).toHaveLength(2);
    const collector = new CollectorModel();
    await drain(await open(fs.kill(), stepClock(2)), collector);
    expect([...collector.ids]).toEqual([1, 3]);
  });
});

describe('a collector that lost what it acknowledged (G3)', () => {
  /** Two epochs, all acknowledged. */
  async function delivered(): Promise<{
    spool: Spool;
    clock: StepClock;
    collector: CollectorModel;
  }> {
    const clock = stepClock();
    const spool = await open(simFs(), clock);
    const collector = new CollectorModel();
    await fill(spool, range(1, 5), clock);
    await spool.splitLive();
    await fill(spool, range(6, 10), clock);
    await drain(spool, collector);
    return { spool, clock, collector };
  }

  test('restored from a backup, it gets the rest again, also of older epochs', async () => {
    const { spool, collector } = await delivered();
    const restored = new CollectorModel();
    const [first, second] = [...collector.cursors.keys()];
    // The backup had three batches of each.
    for (const { id, epoch } of collector.stored) {
      const kept = restored.stored.filter((each) => each.epoch === epoch).length;
      if (kept < 3) restored.stored.push({ id, epoch });
    }
    restored.cursors.set(first!, 3).set(second!, 3);
    await fill(spool, [11]);
    await drain(spool, restored);
    expect([...restored.ids].sort((a, b) => a - b)).toEqual(range(1, 11));
    expect(restored.stored).toHaveLength(11);
    expect(restored.gaps).toEqual([]);
    expect(imbalance(spool)).toBe(0);
  });

  test('a new, empty one gets everything that is still here', async () => {
    const { spool } = await delivered();
    await fill(spool, [11]);
    const empty = new CollectorModel();
    await drain(spool, empty);
    expect([...empty.ids].sort((a, b) => a - b)).toEqual(range(1, 11));
  });

  test('what is no longer here is declared as lost', async () => {
    const clock = stepClock();
    const spool = await open(simFs(), clock, { maxBytes: 40 * 1024 });
    const collector = new CollectorModel();
    for (const id of range(1, 40)) {
      clock.tick(STEP_MS);
      await spool.append(batchOf(id, 900));
      await drain(spool, collector);
    }
    await spool.enforceLimits();
    const empty = new CollectorModel();
    await fill(spool, [41]);
    await drain(spool, empty);
    await fill(spool, [42]);
    await drain(spool, empty);
    const ids = [...empty.ids].sort((a, b) => a - b);
    expect(ids).toEqual(range(ids[0]!, 42));
    expect(ids[0]!).toBeGreaterThan(2);
    const lost = sum(range(1, ids[0]! - 1));
    // How many samples the files held that are gone is an estimate from those that are left.
    expect(empty.declaredSamples).toBeGreaterThan(lost * 0.7);
    expect(empty.declaredSamples).toBeLessThan(lost * 1.3);
    expect(imbalance(spool)).toBe(0);
  });

  test('acknowledged data is kept for a day, and never more than half the quota of it', async () => {
    const { spool, clock } = await delivered();
    const kept = spool.stats().bytes;
    clock.tick(23 * HOUR_MS);
    await fill(spool, [11]);
    await spool.enforceLimits();
    expect(spool.stats().bytes).toBeGreaterThan(kept);
    clock.tick(2 * HOUR_MS);
    await fill(spool, [12]);
    await spool.enforceLimits();
    expect(spool.stats().bytes).toBeLessThan(kept);
  });

  test('losses that were declared to it are declared again', async () => {
    const fs = simFs();
    const spool = await open(fs);
    fs.failWrites('EIO');
    await expect(spool.append(batchOf(1))).rejects.toThrow();
    fs.failWrites(null);
    await fill(spool, [2]);
    await drain(spool, new CollectorModel());
    await fill(spool, [3]);
    const empty = new CollectorModel();
    await drain(spool, empty);
    expect(empty.declaredSamples).toBe(samplesOf(1));
  });

  test('a number that makes no sense opens a new epoch instead', async () => {
    for (const expected of [0, -1, 2, 99, 1.5]) {
      const spool = await open(simFs());
      await fill(spool, [1, 2]);
      const batch = await spool.oldest('live');
      await spool.rewind(batch!.epoch, expected);
      const again = await spool.oldest('live');
      expect(again).toMatchObject({ seq: 1, body: batch!.body });
      expect(again!.epoch).not.toBe(batch!.epoch);
      expect(imbalance(spool)).toBe(0);
    }
  });
});

describe('a batch that is refused for good', () => {
  test('is put aside and declared; the next one is not held up', async () => {
    const fs = simFs();
    const spool = await open(fs);
    await fill(spool, [1, 2]);
    const bad = await spool.oldest('live');
    await spool.quarantine(bad!.epoch, bad!.seq, 'malformed');
    const [kept] = fs.paths().filter((path) => path.includes('/quarantine/'));
    expect(kept).toContain(`refused-${bad!.epoch}-1`);
    expect(await fs.read(kept!, 0, 999)).toEqual(bad!.body);
    const next = await spool.oldest('live');
    expect(next).toMatchObject({ seq: 1, gaps: [{ reason: 'rejected', samples: samplesOf(1) }] });
    expect(next!.epoch).not.toBe(bad!.epoch);
    expect(imbalance(spool)).toBe(0);
  });

  test('what is put aside stays within its share of the quota', async () => {
    const fs = simFs();
    const quota = 64 * 1024;
    const spool = await open(fs, stepClock(), { maxBytes: quota });
    for (const id of range(1, 40)) {
      await spool.append(batchOf(id, 900));
      const bad = await spool.oldest('live');
      await spool.quarantine(bad!.epoch, bad!.seq, 'malformed');
    }
    const kept = fs.paths().filter((path) => path.includes('/quarantine/'));
    const sizes = await Promise.all(kept.map((path) => fs.size(path)));
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(quota / 8);
    expect(spool.stats().quarantinedFiles).toBe(kept.length);
    expect(await fs.read(kept.at(-1)!, 0, 4).then((bytes) => idOf(bytes))).toBe(40);
  });
});

test('numbers somebody else used are not used again', async () => {
  const spool = await open(simFs());
  await fill(spool, [1, 2]);
  const batch = await spool.oldest('live');
  await spool.renumber(batch!.epoch);
  const again = await spool.oldest('live');
  expect(again).toMatchObject({ seq: 1, body: batch!.body });
  expect(again!.epoch).not.toBe(batch!.epoch);
  await spool.renumber('0'.repeat(32));
  expect(spool.stats().batches).toBe(2);
});

test('gaps travel with the same batch on every retry, also after a restart', async () => {
  const fs = simFs();
  const spool = await open(fs);
  fs.failWrites('EIO');
  await expect(spool.append(batchOf(1))).rejects.toThrow();
  fs.failWrites(null);
  await fill(spool, [2, 3]);
  const carrier = await spool.oldest('live');
  expect(carrier!.gaps).toHaveLength(1);
  const again = await open(
    fs.powerCut(() => 0.99),
    stepClock(2),
  );
  expect(await again.oldest('backlog')).toEqual(carrier);
});
