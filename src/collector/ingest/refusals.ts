/** Samples of one request that were not stored, by reason: told to the sender, never silent. */
import type { GapReason, GapRecord } from '../../shared/protocol.ts';

export type RefusalReason = 'rejected' | 'cardinality' | 'too_new' | 'too_old';

/** How a refusal is declared when the batch is numbered, and so stored without them (P3). */
const GAP_OF: Readonly<Record<RefusalReason, GapReason>> = Object.freeze({
  rejected: 'rejected',
  cardinality: 'cardinality',
  too_new: 'rejected',
  too_old: 'too_old',
});

interface Tally {
  samples: number;
  fromMs: number;
  toMs: number;
}

export class Refusals {
  /** What was wrong with the first of them, for people. */
  first = '';
  samples = 0;
  readonly #tallies = new Map<RefusalReason, Tally>();

  add(reason: RefusalReason, timeMs: number, why: string): void {
    if (this.samples++ === 0) this.first = why;
    const tally = this.#tallies.get(reason);
    if (tally === undefined) {
      this.#tallies.set(reason, { samples: 1, fromMs: timeMs, toMs: timeMs });
      return;
    }
    tally.samples++;
    tally.fromMs = Math.min(tally.fromMs, timeMs);
    tally.toMs = Math.max(tally.toMs, timeMs);
  }

  byReason(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#tallies].map(([reason, { samples }]) => [reason, samples]));
  }

  asGaps(): GapRecord[] {
    return [...this.#tallies].map(([reason, { samples, fromMs, toMs }]) => ({
      reason: GAP_OF[reason],
      fromMs,
      toMs,
      samples,
    }));
  }
}
