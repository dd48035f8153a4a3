/** Stretches of one series, oldest writing first, become one: ascending, none twice. Pure. */
import { wordsOf } from './block-codec/double-column.ts';

export interface Stretch {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Where stretches hold the same time, the one written last wins. */
export function mergeStretches(stretches: readonly Stretch[]): Stretch {
  const joined = join(stretches);
  return isAscending(joined.times) ? joined : sortLastWins(joined);
}

/** The part with fromMs ≤ time < toMs; the same memory. */
export function cutStretch(stretch: Stretch, fromMs: number, toMs: number): Stretch {
  const from = lowerBound(stretch.times, fromMs);
  const to = lowerBound(stretch.times, toMs);
  if (from === 0 && to === stretch.times.length) return stretch;
  return { times: stretch.times.subarray(from, to), values: stretch.values.subarray(from, to) };
}

/** Index of the first time ≥ `timeMs` in ascending times. */
function lowerBound(times: Float64Array, timeMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function join(stretches: readonly Stretch[]): Stretch {
  const [only] = stretches;
  if (only !== undefined && stretches.length === 1) return only;
  let length = 0;
  for (const { times } of stretches) length += times.length;
  const joined = { times: new Float64Array(length), values: new Float64Array(length) };
  let at = 0;
  for (const { times, values } of stretches) {
    joined.times.set(times, at);
    joined.values.set(values, at);
    at += times.length;
  }
  return joined;
}

function isAscending(times: Float64Array): boolean {
  for (let i = 1; i < times.length; i++) {
    if ((times[i - 1] ?? 0) >= (times[i] ?? 0)) return false;
  }
  return true;
}

function sortLastWins({ times, values }: Stretch): Stretch {
  const order = Uint32Array.from(times, (_, index) => index);
  // By time, then by age: of equal times the last one written comes last.
  order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  const sorted = { times: new Float64Array(times.length), values: new Float64Array(times.length) };
  const from = wordsOf(values);
  const into = wordsOf(sorted.values);
  let count = 0;
  for (const index of order) {
    const time = times[index] ?? 0;
    if (count === 0 || sorted.times[count - 1] !== time) count++;
    sorted.times[count - 1] = time;
    // Copied as words: a NaN keeps its payload.
    into[2 * (count - 1)] = from[2 * index] ?? 0;
    into[2 * (count - 1) + 1] = from[2 * index + 1] ?? 0;
  }
  return { times: sorted.times.subarray(0, count), values: sorted.values.subarray(0, count) };
}
