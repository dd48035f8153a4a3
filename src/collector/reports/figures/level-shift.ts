/**
 * Where the present regime of a daily series begins. One or two large jumps (a migration, a
 * clean-up) start a new regime; three or more are a habit (periodic purges) and stay in.
 */
import { median } from './statistics.ts';

export interface ShiftRule {
  /** A jump is larger than this many robust deviations of the daily change … */
  readonly deviations: number;
  /** … and than this share of the level. */
  readonly level_ratio: number;
  /** This many jumps or more are periodic: no shift. */
  readonly periodic_from: number;
}

/** Scales the median absolute deviation to a standard deviation for normal data. */
const MAD_TO_SIGMA = 1.4826;

/** Index of the first value after the last shift; 0 when there is none. */
export function afterLastShift(values: Float64Array, rule: ShiftRule): number {
  const changes = new Float64Array(Math.max(0, values.length - 1));
  for (let i = 0; i < changes.length; i++) changes[i] = (values[i + 1] ?? NaN) - (values[i] ?? NaN);
  const typical = median(changes);
  const spread = median(changes.map((change) => Math.abs(change - typical)));
  const limit = rule.deviations * MAD_TO_SIGMA * spread;
  const jumps: number[] = [];
  changes.forEach((change, i) => {
    const level = Math.max(Math.abs(values[i] ?? 0), Math.abs(values[i + 1] ?? 0));
    const size = Math.abs(change - typical);
    if (size > limit && size > rule.level_ratio * level) jumps.push(i + 1);
  });
  return jumps.length < rule.periodic_from ? (jumps.at(-1) ?? 0) : 0;
}
