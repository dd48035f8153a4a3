/**
 * Exact statistics of slot arrays. A NaN is "no figure" and never counts. Percentiles interpolate
 * linearly between closest ranks (numpy's default, Hyndman–Fan type 7).
 */

/** Same unit as the values; everything NaN when `count` is 0. */
export interface Statistics {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99_5: number;
  readonly max: number;
}

const BUCKETS = 1024;
/** In place of a bucket: no figure. */
const HOLE = BUCKETS;

/** An array and what one pass over its figures tells. */
interface Figures {
  readonly values: Float64Array;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Here and below lengths and values are taken into locals: these loops are most of a report. */
function figuresOf(values: Float64Array): Figures {
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  const length = values.length;
  for (let i = 0; i < length; i++) {
    const value = values[i] as number;
    if (!Number.isNaN(value)) {
      count++;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return { values, count, sum, min, max };
}

export function meanOf(values: Float64Array): number {
  const { count, sum } = figuresOf(values);
  return count === 0 ? NaN : sum / count;
}

export function maxOf(values: Float64Array): number {
  let max = Number.NEGATIVE_INFINITY;
  const length = values.length;
  for (let i = 0; i < length; i++) {
    const value = values[i] as number;
    if (value > max) max = value;
  }
  return max === Number.NEGATIVE_INFINITY ? NaN : max;
}

export function minOf(values: Float64Array): number {
  const { min, count } = figuresOf(values);
  return count === 0 ? NaN : min;
}

/** The values at these ranks (0 = smallest) of the values that are numbers; NaN beyond the ends. */
export function atRanks(values: Float64Array, ranks: readonly number[]): number[] {
  return rankedOf(figuresOf(values), ranks);
}

/** Bucket of each value; reused, because a report asks for tens of thousands of months. */
let bucketOf = new Uint16Array(0);

/**
 * Without sorting everything: values are counted into equal buckets, and only the buckets that hold
 * a wanted rank are collected and sorted. An order of magnitude faster than sorting a month.
 */
function rankedOf(figures: Figures, ranks: readonly number[]): number[] {
  const { values, count, min, max } = figures;
  if (max === min) return ranks.map((rank) => (rank >= 0 && rank < count ? min : NaN));
  // A little less than a bucket each, so that the largest value falls into the last one.
  const perUnit = (BUCKETS * (1 - 1e-9)) / (max - min);
  if (!(perUnit > 0) || !Number.isFinite(perUnit)) {
    const sorted = values.filter((value) => !Number.isNaN(value)).sort();
    return ranks.map((rank) => sorted[rank] ?? NaN);
  }
  const ends = dealt(figures, perUnit);
  const homes = ranks.map((rank) => bucketWith(ends, rank));
  const wanted = [...new Set(homes)].sort((a, b) => a - b);
  const sorted = collected(values, ends, wanted);
  // Buckets ascend, so the collected values are all of the first wanted bucket, then the next …
  let skipped = 0;
  let end = 0;
  const offsets = new Map<number, number>();
  for (const bucket of wanted) {
    const start = bucket === 0 ? 0 : (ends[bucket - 1] as number);
    skipped += start - end;
    end = ends[bucket] as number;
    offsets.set(bucket, skipped);
  }
  return ranks.map((rank, i) => {
    const known = rank >= 0 && rank < count;
    return known ? (sorted[rank - (offsets.get(homes[i] as number) ?? 0)] ?? NaN) : NaN;
  });
}

/** Counts the values into buckets; gives the rank after the last value of each. */
function dealt({ values, min }: Figures, perUnit: number): Int32Array {
  if (bucketOf.length < values.length) bucketOf = new Uint16Array(values.length);
  const own = bucketOf;
  const counts = new Int32Array(BUCKETS + 1);
  const length = values.length;
  for (let i = 0; i < length; i++) {
    const value = values[i] as number;
    const bucket = Number.isNaN(value) ? HOLE : ((value - min) * perUnit) | 0;
    own[i] = bucket;
    counts[bucket] = (counts[bucket] as number) + 1;
  }
  for (let i = 1; i < BUCKETS; i++) counts[i] = (counts[i] as number) + (counts[i - 1] as number);
  return counts.subarray(0, BUCKETS);
}

/** All values of the wanted buckets, sorted. */
function collected(
  values: Float64Array,
  ends: Int32Array,
  wanted: readonly number[],
): Float64Array {
  const flags = new Uint8Array(BUCKETS + 1);
  let size = 0;
  for (const bucket of wanted) {
    flags[bucket] = 1;
    size += (ends[bucket] as number) - (bucket === 0 ? 0 : (ends[bucket - 1] as number));
  }
  const members = new Float64Array(size);
  const own = bucketOf;
  const length = values.length;
  let at = 0;
  for (let i = 0; i < length; i++) {
    if (flags[own[i] as number] !== 0) {
      members[at] = values[i] as number;
      at = (at + 1) | 0;
    }
  }
  return members.sort();
}

/** The first bucket whose end lies beyond the rank. */
function bucketWith(ends: Int32Array, rank: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] as number) > rank) high = middle;
    else low = middle + 1;
  }
  return low;
}

function percentilesOf(figures: Figures, shares: readonly number[]): number[] {
  const last = figures.count - 1;
  if (last < 0) return shares.map(() => NaN);
  const positions = shares.map((share) => share * last);
  const ranks = positions.flatMap((at) => [Math.floor(at), Math.min(last, Math.floor(at) + 1)]);
  const found = rankedOf(figures, ranks);
  return positions.map((at, i) => {
    const low = found[2 * i] as number;
    const high = found[2 * i + 1] as number;
    const part = at - Math.floor(at);
    // Exactly at a rank nothing is interpolated, so an infinite neighbour does no harm.
    return part === 0 ? low : low + (high - low) * part;
  });
}

export function percentiles(values: Float64Array, shares: readonly number[]): number[] {
  return percentilesOf(figuresOf(values), shares);
}

export function percentile(values: Float64Array, share: number): number {
  return percentiles(values, [share])[0] ?? NaN;
}

/** The middle of an unsorted list (mean of the middle two); NaN for none. */
export function median(values: Float64Array): number {
  return percentile(values, 0.5);
}

export function describe(values: Float64Array): Statistics {
  const figures = figuresOf(values);
  const { count, sum } = figures;
  const shares = percentilesOf(figures, [0.5, 0.9, 0.95, 0.995]);
  const [p50 = NaN, p90 = NaN, p95 = NaN, p99_5 = NaN] = shares;
  const [mean, max] = count === 0 ? [NaN, NaN] : [sum / count, figures.max];
  return { count, mean, p50, p90, p95, p99_5, max };
}

/** The same statistics in another unit. */
export function scaled(statistics: Statistics, factor: number): Statistics {
  const { count, mean, p50, p90, p95, p99_5, max } = statistics;
  return {
    count,
    mean: mean * factor,
    p50: p50 * factor,
    p90: p90 * factor,
    p95: p95 * factor,
    p99_5: p99_5 * factor,
    max: max * factor,
  };
}
