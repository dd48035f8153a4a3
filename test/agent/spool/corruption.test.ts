/**
 * F15: whatever became of the files, the spool starts, loses no more than what was damaged, says
 * so, and keeps the damaged bytes for a person to look at.
 */
import { describe, expect, test } from 'vitest';
import type { Spool } from '../../../src/agent/spool/spool.ts';
import { type SimFs, simFs } from '../../support/sim-fs.ts';
import {
  batchOf,
  CollectorModel,
  DIRECTORY,
  drain,
  imbalance,
  open,
  randomOf,
  samplesOf,
  sendOne,
  stepClock,
} from './parts.ts';

const BATCHES = 44;
const ACKED = 6;
const BODY_BYTES = 1_400;
const IDS = Array.from({ length: BATCHES }, (_, i) => i + 1);

interface Spoiled {
  readonly fs: SimFs;
  readonly collector: CollectorModel;
}

/** One segment of about 64 KiB, a few batches of it delivered. */
async function fillOne(closed: boolean): Promise<Spoiled> {
  const fs = simFs();
  const collector = new CollectorModel();
  const spool = await open(fs, stepClock());
  for (const id of IDS) {
    await spool.append(batchOf(id, BODY_BYTES));
    if (id <= ACKED) await sendOne(spool, collector, 'live');
  }
  if (closed) await spool.close();
  return { fs: fs.kill(), collector };
}

const filled = { true: await fillOne(true), false: await fillOne(false) };

/** A copy of it, to be spoiled. */
const fill = (closed: boolean): Spoiled => {
  const { fs, collector } = filled[`${closed}`];
  return { fs: fs.kill(), collector: collector.copy() };
};

const segments = (fs: SimFs): string[] =>
  fs.paths().filter((path) => /^\/spool\/\d+\.seg$/.test(path));
const quarantined = (fs: SimFs): string[] =>
  fs.paths().filter((path) => path.startsWith(`${DIRECTORY}/quarantine/`));

interface Outcome {
  readonly spool: Spool;
  readonly missing: readonly number[];
  readonly declared: number;
  readonly lost: number;
}

/** Opens what was spoiled, sends everything, and once more what was declared meanwhile. */
async function recover({ fs, collector }: Spoiled): Promise<Outcome> {
  const spool = await open(fs, stepClock(2));
  expect(imbalance(spool)).toBe(0);
  await drain(spool, collector);
  await spool.append(batchOf(1_000));
  await drain(spool, collector);
  expect(imbalance(spool)).toBe(0);
  expect(spool.pendingGaps()).toEqual([]);
  const { ids } = collector;
  expect(ids.has(1_000)).toBe(true);
  const missing = IDS.filter((id) => !ids.has(id));
  const lost = missing.reduce((sum, id) => sum + samplesOf(id), 0);
  return { spool, missing, lost, declared: collector.declaredSamples };
}

/** Which batches the byte at `offset` of the one segment belongs to. */
const batchAt = (offset: number): number => 1 + Math.floor(offset / (BODY_BYTES + 80));

test.each([true, false])(
  '500 flipped bits (closed properly: %s) cost one batch each, declared',
  async (closed) => {
    const random = randomOf(closed ? 11 : 12);
    for (let i = 0; i < 500; i++) {
      const spoiled = fill(closed);
      const [segment] = segments(spoiled.fs);
      let at = 0;
      spoiled.fs.edit(segment!, (bytes) => {
        at = Math.floor(random() * bytes.length);
        bytes[at]! ^= 1 << Math.floor(random() * 8);
        return bytes;
      });
      const { spool, missing, lost, declared } = await recover(spoiled);
      const hit = batchAt(at);
      expect(missing, `byte ${at}`).toEqual(hit <= ACKED ? [] : [hit]);
      // How much the last batch held cannot be read when its own header is gone: an estimate.
      const isGuess = hit === BATCHES && at % (BODY_BYTES + 80) < 80 && !closed;
      // A receipt that only the dead process knew of: stored, but nobody can say so.
      const isUnknown = hit <= ACKED && !closed;
      if (isGuess) expect(declared).toBe(samplesOf(BATCHES - 1));
      else if (isUnknown) expect(declared).toBe(samplesOf(hit));
      else expect(declared, `byte ${at}`).toBe(lost);
      if (missing.length > 0 || isUnknown) expect(spool.stats().quarantinedFiles).toBe(1);
    }
  },
  60_000,
);

test('500 truncations cost what was cut off, declared', async () => {
  const random = randomOf(13);
  for (let i = 0; i < 500; i++) {
    const spoiled = fill(true);
    const [segment] = segments(spoiled.fs);
    let length = 0;
    spoiled.fs.edit(segment!, (bytes) => {
      length = Math.floor(random() * bytes.length);
      return bytes.subarray(0, length);
    });
    const { missing, lost, declared } = await recover(spoiled);
    const whole = Math.floor(length / (BODY_BYTES + 80));
    expect(missing, `${length} bytes left`).toEqual(
      IDS.filter((id) => id > Math.max(whole, ACKED)),
    );
    expect(declared).toBe(lost);
  }
}, 60_000);

test('500 tails of zeros or garbage lose nothing that was whole', async () => {
  const random = randomOf(14);
  for (let i = 0; i < 500; i++) {
    const spoiled = fill(i % 2 === 0);
    const [segment] = segments(spoiled.fs);
    const tail = Buffer.alloc(1 + Math.floor(random() * 3_000));
    for (let at = 0; i % 3 > 0 && at < tail.length; at++) tail[at] = Math.floor(random() * 256);
    spoiled.fs.edit(segment!, (bytes) => Buffer.concat([bytes, tail]));
    const { missing, declared } = await recover(spoiled);
    expect(missing).toEqual([]);
    // It may have been a batch under way at the crash, so one is declared; never more.
    expect(declared).toBe(samplesOf(BATCHES));
  }
}, 60_000);

describe('a spool of several files', () => {
  const QUOTA = 640 * 1024;

  /** Ten-kilobyte segments, seven batches in each. */
  async function fillSeveral(): Promise<Spoiled> {
    const fs = simFs();
    const spool = await open(fs, stepClock(), { maxBytes: QUOTA });
    for (const id of IDS) await spool.append(batchOf(id, BODY_BYTES));
    await spool.close();
    return { fs: fs.kill(), collector: new CollectorModel() };
  }

  test('a file missing in the middle costs its batches, exactly declared', async () => {
    const spoiled = await fillSeveral();
    const files = segments(spoiled.fs);
    expect(files.length).toBeGreaterThan(5);
    spoiled.fs.edit(files[2]!, () => null);
    const { missing, lost, declared } = await recover(spoiled);
    expect(missing).toEqual([15, 16, 17, 18, 19, 20, 21]);
    expect(declared).toBe(lost);
  });

  test('an empty file is put aside and its batches declared', async () => {
    const spoiled = await fillSeveral();
    spoiled.fs.edit(segments(spoiled.fs)[1]!, () => Buffer.alloc(0));
    const { missing, lost, declared } = await recover(spoiled);
    expect(missing).toHaveLength(7);
    expect(declared).toBe(lost);
    expect(quarantined(spoiled.fs)).toHaveLength(1);
  });

  test('swapped files are read in the right order', async () => {
    const spoiled = await fillSeveral();
    const [, a, b] = segments(spoiled.fs);
    const first = await spoiled.fs.read(a!, 0, QUOTA);
    const second = await spoiled.fs.read(b!, 0, QUOTA);
    spoiled.fs.edit(a!, () => second);
    spoiled.fs.edit(b!, () => first);
    const { missing, declared } = await recover(spoiled);
    expect(missing).toEqual([]);
    expect(declared).toBe(0);
    expect(spoiled.collector.stored.map(({ id }) => id)).toEqual([...IDS, 1_000]);
  });

  test('a file of another spool is put aside, not sent', async () => {
    const spoiled = await fillSeveral();
    const other = await fillSeveral();
    const [from] = segments(other.fs);
    const strange = await other.fs.read(from!, 0, QUOTA);
    const foreign = await spoiled.fs.create(`${DIRECTORY}/0000000099.seg`);
    // Another spool has other epochs.
    const bytes = Buffer.from(strange);
    await foreign.append(bytes);
    const { missing, declared } = await recover(spoiled);
    expect(missing).toEqual([]);
    expect(declared).toBe(0);
    expect(spoiled.collector.stored).toHaveLength(BATCHES + 1);
  });

  test('a file of another version is put aside, not deleted', async () => {
    const spoiled = await fillSeveral();
    spoiled.fs.edit(segments(spoiled.fs)[3]!, (bytes) => {
      // The marker of every record ends with the version.
      for (let at = 7; at < bytes.length; at += BODY_BYTES + 80) bytes[at] = 2;
      return bytes;
    });
    const { missing, lost, declared } = await recover(spoiled);
    expect(missing).toHaveLength(7);
    expect(declared).toBe(lost);
    expect(quarantined(spoiled.fs)).toHaveLength(1);
  });
});

describe('the ledger', () => {
  const LEDGER = `${DIRECTORY}/ledger.json`;
  const OLD = `${DIRECTORY}/ledger.old`;

  test('300 damaged ones: the one before serves, and what repeats is known as duplicate', async () => {
    const random = randomOf(15);
    for (let i = 0; i < 300; i++) {
      const spoiled = fill(true);
      spoiled.fs.edit(LEDGER, (bytes) => {
        const at = Math.floor(random() * bytes.length);
        if (i % 2 === 0) return bytes.subarray(0, at);
        bytes[at]! ^= 1 << Math.floor(random() * 8);
        return bytes;
      });
      const { missing, declared } = await recover(spoiled);
      expect(missing).toEqual([]);
      expect(declared).toBe(0);
      expect(spoiled.collector.stored).toHaveLength(BATCHES + 1);
      expect(quarantined(spoiled.fs)).toHaveLength(1);
    }
  }, 60_000);

  test('without any, everything on disk is sent again under its own numbers', async () => {
    const spoiled = fill(true);
    spoiled.fs.edit(LEDGER, () => null);
    spoiled.fs.edit(OLD, () => null);
    const { missing, declared } = await recover(spoiled);
    expect(missing).toEqual([]);
    expect(declared).toBe(0);
    expect(spoiled.collector.stored, 'none twice').toHaveLength(BATCHES + 1);
  });

  test('of nonsense is no ledger', async () => {
    const spoiled = fill(true);
    for (const path of [LEDGER, OLD]) spoiled.fs.edit(path, () => Buffer.from('{"tail":null}\n'));
    expect((await recover(spoiled)).missing).toEqual([]);
  });
});

test('a directory of strangers harms nothing', async () => {
  const fs = simFs();
  for (const name of ['0000000001.seg', 'ledger.json', 'ledger.old', 'README', 'x.seg']) {
    const file = await fs.create(`${DIRECTORY}/${name}`);
    await file.append(Buffer.from('nothing of ours'));
  }
  const spool = await open(fs);
  await spool.append(batchOf(1));
  const collector = new CollectorModel();
  await drain(spool, collector);
  expect([...collector.ids]).toEqual([1]);
  expect(fs.paths()).toContain(`${DIRECTORY}/README`);
});

test('a spool directory that is removed under way is made again, its loss declared', async () => {
  const fs = simFs();
  const spool = await open(fs);
  for (const id of [1, 2, 3]) await spool.append(batchOf(id));
  for (const path of fs.paths()) fs.edit(path, () => null);
  await spool.splitLive();
  await spool.append(batchOf(4));
  const collector = new CollectorModel();
  await drain(spool, collector);
  expect([...collector.ids]).toEqual([4]);
  const lost = [1, 2, 3].reduce((sum, id) => sum + samplesOf(id), 0);
  await spool.append(batchOf(5));
  await drain(spool, collector);
  expect(collector.declaredSamples).toBe(lost);
});
