/**
 * The Theil–Sen line: the median of all pairwise slopes, which a third of wild points cannot move,
 * with the confidence interval of Sen (1968). Same numbers as scipy's `theilslopes`.
 */
import { atRanks, median } from './statistics.ts';

export interface TrendLine {
  /** Units of y per unit of x. NaN when there are fewer than two distinct x. */
  readonly slope: number;
  readonly intercept: number;
  /** Bounds of the slope at the confidence asked for. */
  readonly low: number;
  readonly high: number;
}

/** Two-sided standard normal quantiles of the confidences in use. */
const NORMAL = Object.freeze({ 0.9: 1.6448536269514722, 0.95: 1.959963984540054 });

export function theilSen(
  x: Float64Array,
  y: Float64Array,
  confidence: keyof typeof NORMAL = 0.95,
): TrendLine {
  const slopes = pairwiseSlopes(x, y);
  const count = slopes.length;
  if (count === 0) return { slope: NaN, intercept: NaN, low: NaN, high: NaN };
  const middle = (count - 1) / 2;
  const reach = NORMAL[confidence] * deviation(x, y);
  const [before = NaN, after = NaN, low = NaN, high = NaN] = atRanks(slopes, [
    Math.floor(middle),
    Math.ceil(middle),
    Math.max(Math.round((count - reach) / 2) - 1, 0),
    Math.min(Math.round((count + reach) / 2), count - 1),
  ]);
  const slope = (before + after) / 2;
  return { slope, intercept: median(y) - slope * median(x), low, high };
}

function pairwiseSlopes(x: Float64Array, y: Float64Array): Float64Array {
  const n = x.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const xi = x[i] ?? NaN;
    const yi = y[i] ?? NaN;
    for (let j = i + 1; j < n; j++) {
      const run = (x[j] ?? NaN) - xi;
      if (run !== 0) slopes[count++] = ((y[j] ?? NaN) - yi) / run;
    }
  }
  return slopes.subarray(0, count);
}

/** Standard deviation of Kendall's S with the correction for ties, as Sen uses it. */
function deviation(x: Float64Array, y: Float64Array): number {
  const term = (k: number): number => k * (k - 1) * (2 * k + 5);
  let sum = term(y.length);
  for (const repeats of [...repeatsOf(x), ...repeatsOf(y)]) sum -= term(repeats);
  return Math.sqrt(Math.max(0, sum) / 18);
}

function repeatsOf(values: Float64Array): number[] {
  const sorted = values.slice().sort();
  const repeats: number[] = [];
  let run = 1;
  for (let i = 1; i <= sorted.length; i++) {
    if (i < sorted.length && sorted[i] === sorted[i - 1]) run++;
    else {
      if (run > 1) repeats.push(run);
      run = 1;
    }
  }
  return repeats;
}
