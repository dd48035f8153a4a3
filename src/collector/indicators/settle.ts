/** The last step of every recipe: is this number one we may show? NaN where it is not. */
import { INDICATORS } from '../../shared/indicator.ts';
import type { Recipe } from './recipe.ts';

/** What a value may be. Between `lowest` and `min` it is taken for `min`, likewise above. */
export interface Range {
  readonly lowest: number;
  readonly min: number;
  readonly max: number;
  readonly highest: number;
  /** Instead of a range: 1 for this value, 0 for any other. */
  readonly is?: number;
}

const ROUNDING = 1e-6;
const MOST = Number.MAX_VALUE;

/** Amounts cannot be below zero; temperatures, offsets and days left can. */
const SIGNED = new Set(['celsius', 'seconds', 'days']);

export function rangeOf({ indicator, overshoot, above, below, is, asIs }: Recipe): Range {
  const { unit } = INDICATORS[indicator];
  if (is !== undefined) return { lowest: -MOST, min: -MOST, max: MOST, highest: MOST, is };
  if (asIs || SIGNED.has(unit)) return { lowest: -MOST, min: -MOST, max: MOST, highest: MOST };
  if (unit === 'ratio') {
    return { lowest: -ROUNDING, min: 0, max: 1, highest: 1 + (overshoot ?? ROUNDING) };
  }
  const least = above === undefined ? 0 : above + Number.MIN_VALUE;
  const most = below === undefined ? MOST : below * (1 - Number.EPSILON);
  return { lowest: least, min: least, max: most, highest: most };
}

/** No value is better than a wrong one: what cannot be true is NaN, a rounding error is mended. */
export function settle(range: Range, value: number): number {
  const { lowest, min, max, highest, is } = range;
  if (!(value >= lowest && value <= highest)) return Number.NaN;
  if (is !== undefined) return value === is ? 1 : 0;
  return value < min ? min : value > max ? max : value;
}
