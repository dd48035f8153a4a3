/**
 * The trend of something that fills: Theil–Sen slope after the last level shift. Half of the
 * slots may lie and the median slope still stands, and a clean-up starts a new history instead of
 * bending the line (Checkmk and Netdata users' complaint; capacity rules for disks).
 */
import type { Past } from './kind.ts';

/** More points cost more and say nothing new: 84 of 7 days are two-hourly maxima, 3,486 slopes. */
const POINTS_MOST = 84;
const POINTS_LEAST = 8;
/** A shift is a step of 8 robust standard deviations and 5 % of the level … */
const SHIFT_DEVIATIONS = 8 * 1.4826;
const SHIFT_SHARE = 0.05;
/** … unless there are so many that they are the pattern: a periodic purge. */
const SHIFTS_MOST = 2;
/** 95 % one-sided. */
const Z = 1.645;

export interface Slope {
  /** Per millisecond; 0 where growth cannot be told from noise. */
  readonly perMs: number;
  /** From the first to the last point used. */
  readonly spanMs: number;
}

interface Points {
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** The slope of the slots with fromMs ≤ time. `spanMs` 0 when there is too little to say. */
export function slopeOf(past: Past, fromMs: number): Slope {
  const points = afterLastShift(bucketMaxima(past, fromMs));
  const { times } = points;
  if (times.length < POINTS_LEAST) return { perMs: 0, spanMs: 0 };
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return { perMs: theilSen(points), spanMs };
}

/** At most `POINTS_MOST` maxima over equal stretches of time; empty stretches give none. */
function bucketMaxima({ times, values }: Past, fromMs: number): Points {
  const last = times.at(-1) ?? fromMs;
  const widthMs = Math.max(1, (last - fromMs + 1) / POINTS_MOST);
  const result = { times: [] as number[], values: [] as number[] };
  let bucket = -1;
  for (let i = 0; i < times.length; i++) {
    const time = times[i] ?? 0;
    const value = values[i] ?? Number.NaN;
    if (time < fromMs || Number.isNaN(value)) continue;
    const at = result.values.length - 1;
    if (Math.floor((time - fromMs) / widthMs) !== bucket) {
      bucket = Math.floor((time - fromMs) / widthMs);
      result.times.push(time);
      result.values.push(value);
    } else if (value >= (result.values[at] ?? 0)) {
      result.times[at] = time;
      result.values[at] = value;
    }
  }
  return result;
}

function afterLastShift(points: Points): Points {
  const { times, values } = points;
  const steps = values.slice(1).map((value, i) => value - (values[i] ?? 0));
  const middle = median(steps);
  const spread = SHIFT_DEVIATIONS * median(steps.map((step) => Math.abs(step - middle)));
  const shifts: number[] = [];
  steps.forEach((step, i) => {
    const far = Math.abs(step - middle);
    if (far > spread && far > SHIFT_SHARE * Math.abs(values[i] ?? 0)) shifts.push(i + 1);
  });
  const last = shifts.length <= SHIFTS_MOST ? (shifts.at(-1) ?? 0) : 0;
  return { times: times.slice(last), values: values.slice(last) };
}

/** Median of all pairwise slopes; 0 unless its lower confidence bound (Kendall's variance) is above 0. */
function theilSen({ times, values }: Points): number {
  const n = times.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      slopes[count++] = ((values[j] ?? 0) - (values[i] ?? 0)) / ((times[j] ?? 0) - (times[i] ?? 0));
    }
  }
  slopes.sort();
  const margin = Z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const lower = slopes[Math.max(0, Math.floor((count - margin) / 2))] ?? 0;
  return lower > 0 ? middleOf(slopes) : 0;
}

function median(values: readonly number[]): number {
  return middleOf(Float64Array.from(values).sort());
}

function middleOf(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  if (sorted.length % 2 === 1) return sorted[half] ?? 0;
  return ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}
