/** Sizes that can be had: the advised size is never a number nobody sells. */

/** Forgives rounding: a need of 4.0000000001 cores fits 4. */
const SLACK = 1e-9;

/** The smallest size ≥ `need`; beyond the largest, whole multiples of it. */
export function snapUp(need: number, sizes: readonly number[]): number {
  const largest = sizes.at(-1) ?? 1;
  return (
    sizes.find((size) => size >= need * (1 - SLACK)) ??
    Math.ceil((need / largest) * (1 - SLACK)) * largest
  );
}

/** The largest size ≤ `limit`; `limit` itself when all are larger. */
export function snapDown(limit: number, sizes: readonly number[]): number {
  return sizes.findLast((size) => size <= limit * (1 + SLACK)) ?? limit;
}

/** One step up from `current`. */
export function nextSize(current: number, sizes: readonly number[]): number {
  return snapUp(current * (1 + 1e-6), sizes);
}

/**
 * Growth: at least one step, at most `maxGrowth` times the current size (what one month may do),
 * unless even the first step is larger.
 */
export function grownSize(
  need: number,
  current: number,
  options: { readonly sizes: readonly number[]; readonly maxGrowth: number },
): number {
  const { sizes, maxGrowth } = options;
  const step = nextSize(current, sizes);
  const cap = Math.max(step, snapDown(current * maxGrowth, sizes));
  return Math.min(cap, Math.max(step, snapUp(need, sizes)));
}

export interface CutRule {
  readonly min_kept: number;
  readonly max_kept: number;
  readonly floor: number;
  readonly sizes: readonly number[];
}

export interface Cut {
  /** After catalogue, the cap on one cut, and the floor. Worth doing only when `worthwhile`. */
  readonly target: number;
  readonly worthwhile: boolean;
  /** The cap, not the need, set the target. */
  readonly capped: boolean;
}

/** Never below the need, half of the present size (rounded up to a whole unit) or the floor. */
export function cutTo(need: number, current: number, rule: CutRule): Cut {
  const wanted = snapUp(need, rule.sizes);
  const cap = Math.ceil(current * rule.min_kept - SLACK);
  const target = Math.max(wanted, cap, rule.floor);
  return {
    target,
    worthwhile: target <= rule.max_kept * current * (1 + SLACK),
    capped: target > Math.max(wanted, rule.floor),
  };
}
