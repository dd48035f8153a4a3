/**
 * Histograms of 5-minute means: exactly mergeable, so a year is the sum of its days. Ratios have
 * 201 linear buckets; the rest has logarithmic ones as in DDSketch (relative error ≤ 1 %).
 */
import type { DayHistogram } from './indicators.ts';

export const LINEAR_BUCKETS = 201;
const PER_UNIT = LINEAR_BUCKETS - 1;

/** DDSketch: bucket i holds (γ^(i-1), γ^i], and 2γ^i/(γ+1) is within 1 % of all of it. */
const ACCURACY = 0.01;
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);
/** Moves every exponent of a double above 0, so that the sign is free for negative values. */
const OFFSET = 1 << 16;

export type Scale = DayHistogram['scale'];

/** The bucket of a value. Linear: what lies outside 0–1 goes to the first or the last one. */
export function bucketOf(scale: Scale, value: number): number {
  if (scale === 'linear') {
    const bucket = Math.max(0, Math.min(PER_UNIT, Math.floor(value * PER_UNIT)));
    // 0.145 × 200 is a little less than 29 in binary.
    return bucket < PER_UNIT && (bucket + 1) / PER_UNIT <= value ? bucket + 1 : bucket;
  }
  if (value === 0) return 0;
  return Math.sign(value) * (OFFSET + Math.ceil(Math.log(Math.abs(value)) / LOG_GAMMA));
}

/** What the `rank`-th of `count` values in a bucket is taken to be; ranks from 0. */
export function bucketValue(scale: Scale, bucket: number, rank = 0, count = 1): number {
  if (scale === 'linear') {
    if (bucket >= PER_UNIT) return 1;
    return (bucket + (rank + 0.5) / count) / PER_UNIT;
  }
  if (bucket === 0) return 0;
  const exponent = Math.abs(bucket) - OFFSET;
  return (Math.sign(bucket) * 2 * Math.exp(exponent * LOG_GAMMA)) / (GAMMA + 1);
}

export interface Identity {
  readonly indicator: DayHistogram['indicator'];
  readonly item: string;
  readonly dayMs: number;
  readonly scale: Scale;
}

/** Null where there is no value. `last` is that of the newest slot that has one. */
export function makeHistogram(
  identity: Identity,
  mean: Float64Array,
  last: Float64Array,
): DayHistogram | null {
  const counts = new Map<number, number>();
  let sum = 0;
  let max = Number.NEGATIVE_INFINITY;
  let newest = Number.NaN;
  let before = Number.NaN;
  let bucket = 0;
  let run = 0;
  const endRun = (): void => {
    if (run > 0) counts.set(bucket, (counts.get(bucket) ?? 0) + run);
    run = 0;
  };
  for (let i = 0; i < mean.length; i++) {
    const value = mean[i] as number;
    if (Number.isNaN(value)) continue;
    // Much of what is watched does not change: sizes, speeds, states.
    if (value !== before) {
      endRun();
      bucket = bucketOf(identity.scale, value);
      before = value;
    }
    run++;
    sum += value;
    if (value > max) max = value;
    newest = last[i] as number;
  }
  endRun();
  if (counts.size === 0) return null;
  return { ...identity, ...sparse(counts), sum, max, last: newest };
}

function sparse(counts: ReadonlyMap<number, number>): { buckets: Int32Array; counts: Uint32Array } {
  const buckets = Int32Array.from(counts.keys()).sort();
  return { buckets, counts: Uint32Array.from(buckets, (bucket) => counts.get(bucket) ?? 0) };
}

/**
 * All days as one histogram, in any order; `dayMs` is the first day's, `last` the last one's. Null
 * for none. They must be of one indicator, item and scale.
 */
export function mergeDays(days: readonly DayHistogram[]): DayHistogram | null {
  const inOrder = [...days].sort((a, b) => a.dayMs - b.dayMs);
  const [first] = inOrder;
  const newest = inOrder.at(-1);
  if (first === undefined || newest === undefined) return null;
  const counts = new Map<number, number>();
  let sum = 0;
  let max = Number.NEGATIVE_INFINITY;
  for (const day of inOrder) {
    day.buckets.forEach((bucket, i) => {
      counts.set(bucket, (counts.get(bucket) ?? 0) + (day.counts[i] ?? 0));
    });
    sum += day.sum;
    max = Math.max(max, day.max);
  }
  return { ...first, ...sparse(counts), sum, max, last: newest.last };
}

export function countOf({ counts }: DayHistogram): number {
  return counts.reduce((total, count) => total + count, 0);
}

/**
 * The quantile `q` (0–1) by linear interpolation between the two values around it, as numpy's
 * default; off by half a point at most (linear), by 1 % (log).
 */
export function quantileOf(histogram: DayHistogram, q: number): number {
  const rank = (countOf(histogram) - 1) * q;
  const low = valueAt(histogram, Math.floor(rank));
  const high = valueAt(histogram, Math.ceil(rank));
  return low + (high - low) * (rank - Math.floor(rank));
}

/** The value of a rank, counted from 0. */
function valueAt({ scale, buckets, counts, max }: DayHistogram, rank: number): number {
  let before = 0;
  for (let i = 0; i < buckets.length; i++) {
    const count = counts[i] as number;
    if (rank < before + count) {
      return Math.min(max, bucketValue(scale, buckets[i] as number, rank - before, count));
    }
    before += count;
  }
  return max;
}
