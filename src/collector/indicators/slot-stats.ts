/** Folds the values of a window into 5-minute slots. */
import { DAY_MS, SLOT_MS } from '../../shared/units.ts';
import type { Column } from './columns.ts';

export const SLOTS_PER_DAY = DAY_MS / SLOT_MS;

export interface SlotRange {
  /** Unix milliseconds, a multiple of `SLOT_MS`. */
  readonly startMs: number;
  readonly slots: number;
}

/** NaN where a slot has nothing. */
export interface SlotStats {
  readonly mean: Float64Array;
  readonly max: Float64Array;
  readonly last: Float64Array;
}

export function emptyStats(slots: number): SlotStats {
  // One allocation for the three: outside the heap each costs as much as filling it.
  const all = new Float64Array(3 * slots).fill(Number.NaN);
  return {
    mean: all.subarray(0, slots),
    max: all.subarray(slots, 2 * slots),
    last: all.subarray(2 * slots),
  };
}

/**
 * Plain values: the mean of the samples. Rates: each weighted by how much of the slot it covers, so
 * that the slots add up to what was counted. Null when no slot has anything.
 */
export function foldSlots({ times, from, values }: Column, range: SlotRange): SlotStats | null {
  const fold = new SlotFold(range.slots);
  const first = slotOf(range.startMs);
  for (let i = 0; i < times.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    const endMs = times[i] as number;
    if (from === null) {
      fold.add(slotOf(endMs) - first, value, 1);
      continue;
    }
    const startMs = from[i] as number;
    for (let slot = slotOf(startMs); slot * SLOT_MS < endMs; slot++) {
      const covered = Math.min(endMs, (slot + 1) * SLOT_MS) - Math.max(startMs, slot * SLOT_MS);
      fold.add(slot - first, value, covered);
    }
  }
  return fold.any ? fold.finish() : null;
}

/** Slots are counted from 1970, so that the arithmetic does not depend on where a window begins. */
const slotOf = (timeMs: number): number => Math.floor(timeMs / SLOT_MS);

class SlotFold {
  any = false;
  readonly #slots: number;
  /** Holds the weighted sum until `finish`. */
  readonly #stats: SlotStats;
  readonly #weight: Float64Array;
  readonly #min: Float64Array;

  constructor(slots: number) {
    this.#slots = slots;
    this.#stats = emptyStats(slots);
    const scratch = new Float64Array(2 * slots);
    this.#weight = scratch.subarray(0, slots);
    this.#min = scratch.subarray(slots);
  }

  /** Ignores slots outside the range. */
  add(slot: number, value: number, weight: number): void {
    if (slot < 0 || slot >= this.#slots) return;
    const { mean, max, last } = this.#stats;
    const first = this.#weight[slot] === 0;
    this.any = true;
    mean[slot] = first ? value * weight : (mean[slot] as number) + value * weight;
    if (first || value < (this.#min[slot] as number)) this.#min[slot] = value;
    if (first || value > (max[slot] as number)) max[slot] = value;
    last[slot] = value;
    (this.#weight[slot] as number) += weight;
  }

  finish(): SlotStats {
    const { mean, max } = this.#stats;
    for (let slot = 0; slot < this.#slots; slot++) {
      const least = this.#min[slot] as number;
      const most = max[slot] as number;
      // Rounding must not lift a mean over its extremes; equal values keep their very bits.
      const average = (mean[slot] as number) / (this.#weight[slot] as number);
      mean[slot] = Math.min(most, Math.max(least, average));
    }
    return this.#stats;
  }
}
