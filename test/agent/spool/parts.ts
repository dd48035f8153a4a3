/** Parts for spool tests: recognisable batches, a cheap clock, and a collector as P2 wants it. */

import {
  type NewBatch,
  openSpool,
  type Spool,
  type SpoolBatch,
  type SpoolOptions,
} from '../../../src/agent/spool/spool.ts';
import type { SpoolFs } from '../../../src/agent/spool/spool-fs.ts';
import type { Clock } from '../../../src/shared/clock.ts';
import { silentLog } from '../../../src/shared/log.ts';
import type { GapRecord } from '../../../src/shared/protocol.ts';
import { manualClock } from '../../support/manual-clock.ts';

export const DIRECTORY = '/spool';
export const START_MS = Date.UTC(2026, 0, 5, 8, 0, 0);
export const STEP_MS = 15_000;

/** Batch `id`: its body says so, its samples and times follow from it. */
export function batchOf(id: number, bytes = 60): NewBatch {
  const body = Buffer.alloc(bytes, id % 251);
  body.writeUInt32LE(id, 0);
  const firstMs = START_MS + id * STEP_MS;
  return { body, samples: 1 + (id % 7), firstMs, lastMs: firstMs + 20 };
}

export const samplesOf = (id: number): number => 1 + (id % 7);
export const idOf = (body: Uint8Array): number => Buffer.from(body).readUInt32LE(0);

/** Seeded, uniform in [0, 1). */
export function randomOf(seed: number): () => number {
  return manualClock(START_MS, seed).random;
}

export interface StepClock extends Clock {
  /** Time passes; nothing else happens. */
  tick(ms: number): void;
}

/** For the spool, which sets no timers: a clock that costs nothing to move. */
export function stepClock(seed = 1): StepClock {
  let elapsed = 0;
  const { random, randomHex } = manualClock(START_MS, seed);
  return {
    now: () => START_MS + elapsed,
    monotonic: () => elapsed,
    after: () => {
      throw new Error('the spool sets no timers');
    },
    random,
    randomHex,
    tick: (ms) => {
      elapsed += ms;
    },
  };
}

export function open(
  fs: SpoolFs,
  clock: Clock = stepClock(),
  limits: Partial<SpoolOptions> = {},
): Promise<Spool> {
  return openSpool({
    directory: DIRECTORY,
    fs,
    clock,
    log: silentLog,
    maxBytes: 2 ** 30,
    maxAgeMs: 72 * 3_600_000,
    minFreeRatio: 0.1,
    ...limits,
  });
}

export interface Stored {
  readonly id: number;
  readonly epoch: string;
}

export type Answer = 'stored' | 'duplicate' | { readonly expected: number };

/** Promise P2, in memory: numbers of an epoch are stored once and in order. */
export class CollectorModel {
  readonly stored: Stored[] = [];
  readonly gaps: GapRecord[] = [];
  readonly cursors = new Map<string, number>();

  receive({ epoch, seq, body, gaps }: SpoolBatch): Answer {
    const last = this.cursors.get(epoch) ?? 0;
    if (seq <= last) return 'duplicate';
    if (seq > last + 1) return { expected: last + 1 };
    this.cursors.set(epoch, seq);
    this.stored.push({ id: idOf(body), epoch });
    this.gaps.push(...gaps);
    return 'stored';
  }

  copy(): CollectorModel {
    const twin = new CollectorModel();
    twin.stored.push(...this.stored);
    twin.gaps.push(...this.gaps);
    for (const [epoch, seq] of this.cursors) twin.cursors.set(epoch, seq);
    return twin;
  }

  get ids(): Set<number> {
    return new Set(this.stored.map(({ id }) => id));
  }

  get storedSamples(): number {
    return [...this.ids].reduce((sum, id) => sum + samplesOf(id), 0);
  }

  get declaredSamples(): number {
    return this.gaps.reduce((sum, { samples }) => sum + samples, 0);
  }
}

/** Sends the next batch of one kind; false when nothing waits. */
export async function sendOne(
  spool: Spool,
  collector: CollectorModel,
  which: 'live' | 'backlog',
  losesReceipt = false,
): Promise<boolean> {
  const batch = await spool.oldest(which);
  if (batch === null) return false;
  const answer = collector.receive(batch);
  if (typeof answer === 'object') await spool.rewind(batch.epoch, answer.expected);
  else if (!losesReceipt) await spool.acknowledge(batch.epoch, batch.seq);
  return true;
}

/** Until nothing waits. Fails instead of running for ever. */
export async function drain(spool: Spool, collector: CollectorModel): Promise<void> {
  for (let rounds = 0; rounds < 20_000; rounds++) {
    const live = await sendOne(spool, collector, 'live');
    const backlog = await sendOne(spool, collector, 'backlog');
    if (!live && !backlog) return;
  }
  throw new Error('the spool never empties');
}

/** What must hold at any quiet moment (P3). */
export function imbalance(spool: Spool): number {
  const { issuedSamples, ackedSamples, samples, dropped } = spool.stats();
  const lost = Object.values(dropped).reduce((sum, n) => sum + n, 0);
  return issuedSamples - ackedSamples - samples - lost;
}
