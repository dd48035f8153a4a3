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

/** The figures of an array without its holes, and what one pass tells of them. */
interface Present {
  /** Lies in `scratch`: valid until the next call of `present`. */
  readonly values: Float64Array;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Reused, because a report asks for statistics of tens of thousands of months. */
const scratch = { values: new Float64Array(0), buckets: new Uint16Array(0) };

function present(values: Float64Array): Present {
  if (scratch.values.length < values.length) {
    scratch.values = new Float64Array(values.length);
    scratch.buckets = new Uint16Array(values.length);
  }
  const kept = scratch.values;
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    kept[count++] = value;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { values: kept.subarray(0, count), sum, min, max };
}

export function meanOf(values: Float64Array): number {
  const { values: kept, sum } = present(values);
  return kept.length === 0 ? NaN : sum / kept.length;
}

export function maxOf(values: Float64Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++)
    if ((values[i] as number) > max) max = values[i] as number;
  return max === Number.NEGATIVE_INFINITY ? NaN : max;
}

export function minOf(values: Float64Array): number {
  let min = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++)
    if ((values[i] as number) < min) min = values[i] as number;
  return min === Number.POSITIVE_INFINITY ? NaN : min;
}

/** The values at these ranks (0 = smallest) of the values that are numbers; NaN beyond the ends. */
export function atRanks(values: Float64Array, ranks: readonly number[]): number[] {
  return rankedOf(present(values), ranks);
}

/**
 * Without sorting everything: values are counted into equal buckets, and only the buckets that hold
 * a wanted rank are collected and sorted. An order of magnitude faster than sorting a month.
 */
function rankedOf({ values, min, max }: Present, ranks: readonly number[]): number[] {
  const count = values.length;
  const perUnit = BUCKETS / (max - min);
  if (max === min) return ranks.map((rank) => (rank >= 0 && rank < count ? min : NaN));
  if (!(perUnit > 0) || !Number.isFinite(perUnit)) {
    const sorted = values.slice().sort();
    return ranks.map((rank) => sorted[rank] ?? NaN);
  }
  const bucketOf = scratch.buckets;
  const ends = new Uint32Array(BUCKETS);
  for (let i = 0; i < count; i++) {
    const bucket = Math.min(BUCKETS - 1, ((values[i] as number) - min) * perUnit) | 0;
    bucketOf[i] = bucket;
    ends[bucket] = (ends[bucket] as number) + 1;
  }
  for (let i = 1; i < BUCKETS; i++) ends[i] = (ends[i] as number) + (ends[i - 1] as number);
  const homes = ranks.map((rank) => bucketWith(ends, rank));
  const members = collected(values, ends, homes);
  return ranks.map((rank, i) => {
    const home = homes[i] as number;
    const start = home === 0 ? 0 : (ends[home - 1] as number);
    return rank >= 0 && rank < count ? (members.get(home)?.[rank - start] ?? NaN) : NaN;
  });
}

/** The values of the wanted buckets, sorted. */
function collected(
  values: Float64Array,
  ends: Uint32Array,
  wanted: readonly number[],
): ReadonlyMap<number, Float64Array> {
  const flags = new Uint8Array(BUCKETS);
  const members: Float64Array[] = [];
  const fill: number[] = [];
  for (const bucket of wanted) {
    if (flags[bucket] !== 0) continue;
    const start = bucket === 0 ? 0 : (ends[bucket - 1] as number);
    members.push(new Float64Array((ends[bucket] as number) - start));
    fill.push(0);
    flags[bucket] = members.length;
  }
  for (let i = 0; i < values.length; i++) {
    const flag = flags[scratch.buckets[i] as number] as number;
    if (flag === 0) continue;
    const at = fill[flag - 1] as number;
    (members[flag - 1] as Float64Array)[at] = values[i] as number;
    fill[flag - 1] = at + 1;
  }
  for (const own of members) own.sort();
  return new Map(
    wanted.map((bucket) => [bucket, members[(flags[bucket] as number) - 1] as Float64Array]),
  );
}

/** The first bucket whose end lies beyond the rank. */
function bucketWith(ends: Uint32Array, rank: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] as number) > rank) high = middle;
    else low = middle + 1;
  }
  return low;
}

function percentilesOf(kept: Present, shares: readonly number[]): number[] {
  const last = kept.values.length - 1;
  if (last < 0) return shares.map(() => NaN);
  const positions = shares.map((share) => share * last);
  const ranks = positions.flatMap((at) => [Math.floor(at), Math.min(last, Math.floor(at) + 1)]);
  const found = rankedOf(kept, ranks);
  return positions.map((at, i) => {
    const low = found[2 * i] as number;
    const high = found[2 * i + 1] as number;
    const part = at - Math.floor(at);
    // Exactly at a rank nothing is interpolated, so an infinite neighbour does no harm.
    return part === 0 ? low : low + (high - low) * part;
  });
}

export function percentiles(values: Float64Array, shares: readonly number[]): number[] {
  return percentilesOf(present(values), shares);
}

export function percentile(values: Float64Array, share: number): number {
  return percentiles(values, [share])[0] ?? NaN;
}

/** The middle of an unsorted list (mean of the middle two); NaN for none. */
export function median(values: Float64Array): number {
  return percentile(values, 0.5);
}

export function describe(values: Float64Array): Statistics {
  const kept = present(values);
  const count = kept.values.length;
  const shares = percentilesOf(kept, [0.5, 0.9, 0.95, 0.995]);
  const [p50 = NaN, p90 = NaN, p95 = NaN, p99_5 = NaN] = shares;
  const [mean, max] = count === 0 ? [NaN, NaN] : [kept.sum / count, kept.max];
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
