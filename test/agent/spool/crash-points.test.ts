/**
 * F2: one life of the agent, cut short at every single operation of the disk in turn, by a killed
 * process and by a power cut. The script passes every named point: before an append, written but
 * not synced, synced but the ledger behind, a new file begun, a file of the spool removed and the
 * ledger written before it, a batch put in quarantine.
 */
import { expect, test } from 'vitest';
import { type SimFs, simFs } from '../../support/sim-fs.ts';
import {
  batchOf,
  CollectorModel,
  drain,
  imbalance,
  open,
  randomOf,
  sendOne,
  stepClock,
} from './parts.ts';

/** Small, so that files fill up and have to go. */
const QUOTA = 24 * 1024;
const HOUR_MS = 3_600_000;

interface Life {
  readonly collector: CollectorModel;
  readonly confirmed: Set<number>;
  readonly refused: Set<number>;
}

/** Appends, sends, quarantines, splits, drops for size, forgets what is a day old, closes. */
async function live(fs: SimFs, { collector, confirmed, refused }: Life): Promise<void> {
  const clock = stepClock();
  const spool = await open(fs, clock, { maxBytes: QUOTA });
  const append = async (id: number): Promise<void> => {
    clock.tick(15_000);
    await spool.append(batchOf(id, 700));
    confirmed.add(id);
  };
  for (let id = 1; id <= 4; id++) await append(id);
  await sendOne(spool, collector, 'live');
  await sendOne(spool, collector, 'live', true);
  const third = await spool.oldest('live');
  await sendOne(spool, collector, 'live');
  if (third !== null) {
    refused.add(3);
    const front = await spool.oldest('live');
    if (front !== null) await spool.quarantine(front.epoch, front.seq, 'malformed');
  }
  await spool.splitLive();
  for (let id = 5; id <= 34; id++) await append(id);
  await sendOne(spool, collector, 'live');
  await sendOne(spool, collector, 'backlog');
  clock.tick(25 * HOUR_MS);
  await spool.enforceLimits();
  for (let id = 35; id <= 37; id++) await append(id);
  await spool.close();
}

async function recoverAndCheck(fs: SimFs, life: Life, told: string): Promise<void> {
  const spool = await open(fs, stepClock(2), { maxBytes: QUOTA });
  expect(imbalance(spool), told).toBe(0);
  await drain(spool, life.collector);
  await spool.append(batchOf(90));
  await drain(spool, life.collector);
  expect(imbalance(spool), told).toBe(0);
  const { ids, declaredSamples, storedSamples, stored } = life.collector;
  const missing = [...life.confirmed].filter((id) => !ids.has(id));
  const lost = missing.reduce((sum, id) => sum + batchOf(id).samples, 0);
  expect(lost, told).toBeLessThanOrEqual(declaredSamples);
  expect(stored.length, told).toBe(ids.size);
  expect(storedSamples + declaredSamples, told).toBe(spool.stats().issuedSamples);
}

const emptyLife = (): Life => ({
  collector: new CollectorModel(),
  confirmed: new Set(),
  refused: new Set(),
});

async function stepsOfOneLife(): Promise<number> {
  const fs = simFs();
  await live(fs, emptyLife());
  return fs.steps;
}

test('the script passes the points it claims', async () => {
  const fs = simFs();
  const life = emptyLife();
  await live(fs, life);
  const paths = fs.paths();
  expect(life.confirmed.size).toBe(37);
  expect(paths.some((path) => path.includes('/quarantine/'))).toBe(true);
  expect(paths.filter((path) => path.endsWith('.seg')).length).toBeGreaterThan(5);
  expect(paths).not.toContain('/spool/0000000001.seg');
});

test('killed at every operation: nothing confirmed is lost unless declared', async () => {
  const steps = await stepsOfOneLife();
  expect(steps).toBeGreaterThan(150);
  for (let step = 1; step <= steps; step++) {
    const fs = simFs();
    const life = emptyLife();
    fs.crashAt(step);
    expect(await Promise.race([live(fs, life), fs.off])).toBe('off');
    await recoverAndCheck(fs.kill(), life, `killed at operation ${step}`);
  }
});

test('power cut at every operation: the same', async () => {
  const steps = await stepsOfOneLife();
  for (let step = 1; step <= steps; step++) {
    const fs = simFs();
    const life = emptyLife();
    fs.crashAt(step);
    await Promise.race([live(fs, life), fs.off]);
    await recoverAndCheck(fs.powerCut(randomOf(step)), life, `power cut at operation ${step}`);
  }
});
