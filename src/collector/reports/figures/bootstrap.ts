/**
 * What may come, from what was: futures drawn as blocks of observed daily changes (block
 * bootstrap), so weekly rhythm and bursts survive. Gives probabilities instead of a bare date.
 */
import { maxOf, percentile } from './statistics.ts';

export interface Futures {
  /** Where every path starts. */
  readonly level: number;
  /** Observed daily changes, one list per window; paths use the windows in turn. */
  readonly windows: readonly Float64Array[];
  readonly blockDays: number;
  readonly paths: number;
  readonly random: () => number;
}

/** All blocks of one window: what each adds in total, and the highest it reaches on the way. */
interface Blocks {
  readonly days: number;
  readonly changes: Float64Array;
  readonly totals: Float64Array;
  readonly peaks: Float64Array;
}

function blocksOf(changes: Float64Array, blockDays: number): Blocks {
  const days = Math.min(blockDays, changes.length);
  const count = changes.length - days + 1;
  const totals = new Float64Array(count);
  const peaks = new Float64Array(count);
  for (let start = 0; start < count; start++) {
    let total = 0;
    let peak = Number.NEGATIVE_INFINITY;
    for (let day = 0; day < days; day++) {
      total += changes[start + day] ?? 0;
      if (total > peak) peak = total;
    }
    totals[start] = total;
    peaks[start] = peak;
  }
  return { days, changes, totals, peaks };
}

const usable = (futures: Futures): Blocks[] =>
  futures.windows
    .filter((changes) => changes.length > 0)
    .map((changes) => blocksOf(changes, futures.blockDays));

/**
 * The first day (1 = tomorrow) on which each path reaches `limit`, ascending; Infinity for paths
 * that do not within `horizonDays`. Empty when no change was ever observed.
 */
export function crossingDays(futures: Futures, limit: number, horizonDays: number): Float64Array {
  const windows = usable(futures);
  if (windows.length === 0) return new Float64Array(0);
  if (windows.every((blocks) => cannotReach(blocks, { ...futures, limit, horizonDays }))) {
    return new Float64Array(futures.paths).fill(Infinity);
  }
  const from = { ...futures, limit, horizonDays };
  return Float64Array.from({ length: futures.paths }, (_, path) => {
    const blocks = windows[path % windows.length];
    return blocks ? crossingDay(blocks, from) : Infinity;
  }).sort();
}

/** Even the steepest block drawn every time stays below: nothing to simulate. */
function cannotReach(
  blocks: Blocks,
  from: { level: number; limit: number; horizonDays: number },
): boolean {
  const draws = Math.ceil(from.horizonDays / blocks.days);
  const most = Math.max(0, maxOf(blocks.totals)) * (draws - 1) + Math.max(0, maxOf(blocks.peaks));
  return from.level + most < from.limit;
}

function crossingDay(
  blocks: Blocks,
  from: { level: number; limit: number; horizonDays: number; random: () => number },
): number {
  if (from.level >= from.limit) return 0;
  let level = from.level;
  for (let day = 0; day < from.horizonDays; day += blocks.days) {
    const start = Math.floor(from.random() * blocks.totals.length);
    if (level + (blocks.peaks[start] ?? 0) >= from.limit) {
      let reached = level;
      for (let step = 0; step < blocks.days; step++) {
        reached += blocks.changes[start + step] ?? 0;
        if (reached >= from.limit) return day + step + 1;
      }
    }
    level += blocks.totals[start] ?? 0;
  }
  return Infinity;
}

/** Share of paths that cross on or before `day`; NaN when there are no paths. */
export function probabilityBy(crossings: Float64Array, day: number): number {
  if (crossings.length === 0) return NaN;
  let count = 0;
  while (count < crossings.length && (crossings[count] as number) <= day) count++;
  return count / crossings.length;
}

/** A crossing day by share of paths (0.1 = early, 0.9 = late); Infinity when that share never crosses. */
export function crossingShare(crossings: Float64Array, share: number): number {
  if (crossings.length === 0) return NaN;
  return crossings[Math.ceil(share * crossings.length) - 1] ?? Infinity;
}

/** Levels by share at days step, 2·step … for drawing: one array per share. */
export function fan(
  futures: Futures,
  days: { readonly step: number; readonly horizon: number },
  shares: readonly number[],
): readonly Float64Array[] {
  const windows = usable(futures);
  const points = Math.floor(days.horizon / days.step);
  const levels = Array.from({ length: points }, () => new Float64Array(futures.paths));
  for (let path = 0; path < futures.paths && windows.length > 0; path++) {
    const blocks = windows[path % windows.length];
    let level = futures.level;
    let start = 0;
    for (let day = 0; blocks && day < points * days.step; day++) {
      if (day % blocks.days === 0) start = Math.floor(futures.random() * blocks.totals.length);
      level += blocks.changes[start + (day % blocks.days)] ?? 0;
      const point = levels[(day + 1) / days.step - 1];
      if (point) point[path] = level;
    }
  }
  return shares.map((share) => Float64Array.from(levels, (at) => percentile(at, share)));
}
