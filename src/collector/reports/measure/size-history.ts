/**
 * The size of a resource over time: what it is now, and since when. Percentages of a size that
 * changed half-way mean nothing, so figures from before a resize do not decide.
 */
import { SLOT_MS } from '../../../shared/units.ts';
import { median } from '../figures/statistics.ts';
import type { ReportWindow, Slots } from './window.ts';

export interface SizeHistory {
  /** NaN when the size was never seen. */
  readonly current: number;
  /**
   * Every slot's size, holes bridged with the size before (at the start: after); null when it was
   * the same all the time.
   */
  readonly slots: Slots | null;
  /** First slot of the present size; NaN when it did not change. */
  readonly changedMs: number;
  /** It moves on so many days that no single move is a resize. */
  readonly elastic: boolean;
}

export interface SizeRule {
  /** Relative change that counts. */
  readonly capacity_change: number;
  readonly elastic_days: number;
}

/** So many last slots are asked for the present size: one wild reading does not set it. */
const RECENT_SLOTS = 12;
/** Relative movement that counts towards elasticity. */
const MOVED = 0.001;

export function sizeHistory(sizes: Slots, window: ReportWindow, rule: SizeRule): SizeHistory {
  const current = presentSize(sizes);
  const { lowest, highest } = extremes(sizes.values);
  const steady = { current, slots: null, changedMs: NaN, elastic: false };
  if (Number.isNaN(current) || lowest === highest) return steady;
  const slots = bridged(sizes);
  const away = (size: number): boolean => Math.abs(size - current) > rule.capacity_change * current;
  if (!away(lowest) && !away(highest)) return { ...steady, slots };
  return {
    current,
    slots,
    changedMs: changeOf(slots, window, away),
    elastic: daysMoved(slots, window) >= rule.elastic_days,
  };
}

/** The latest known size, a wild reading or two aside; NaN when it was never seen. */
export function presentSize(sizes: Slots): number {
  const { values } = sizes;
  const recent: number[] = [];
  for (let i = values.length - 1; i >= 0 && recent.length < RECENT_SLOTS; i--) {
    if ((values[i] as number) > 0) recent.push(values[i] as number);
  }
  return median(Float64Array.from(recent));
}

/**
 * Shares of the size → absolute figures, each slot by the size of its own time. The slots must
 * begin where the sizes begin.
 */
export function timesSize(shares: Slots, { slots, current }: SizeHistory): Slots {
  const from = shares.values;
  const sizes = slots?.values;
  const length = from.length;
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    values[i] = (from[i] as number) * (sizes ? (sizes[i] as number) : current);
  }
  return { ...shares, values };
}

/** Absolute figures → shares of the size of their own time. */
export function perSize(figures: Slots, { slots, current }: SizeHistory): Slots {
  const from = figures.values;
  const sizes = slots?.values;
  const length = from.length;
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    values[i] = (from[i] as number) / (sizes ? (sizes[i] as number) : current);
  }
  return { ...figures, values };
}

/** Smallest and largest size that were seen; apart when none was. */
export function extremes(values: Float64Array): { lowest: number; highest: number } {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = 0;
  const length = values.length;
  for (let i = 0; i < length; i++) {
    const size = values[i] as number;
    if (size > highest) highest = size;
    if (size < lowest && size > 0) lowest = size;
  }
  return { lowest, highest };
}

function bridged(sizes: Slots): Slots {
  const values = Float64Array.from(sizes.values);
  let last = values.find((size) => size > 0) ?? NaN;
  for (let i = 0; i < values.length; i++) {
    const size = values[i] ?? NaN;
    if (size > 0) last = size;
    else values[i] = last;
  }
  return { ...sizes, values };
}

/**
 * After the last slot of another size. A day mostly of another size moves the beginning, and so
 * does the morning after one; a blip of a few hours does not.
 */
function changeOf(
  sizes: Slots,
  { dayStretches }: ReportWindow,
  away: (size: number) => boolean,
): number {
  let changed = -1;
  let mostlyBefore = false;
  for (const { from, to } of dayStretches) {
    let count = 0;
    let lastAway = -1;
    for (let i = from; i < to; i++) {
      if (!away(sizes.values[i] as number)) continue;
      count++;
      lastAway = i;
    }
    const mostly = count * 2 > to - from;
    if (mostly || (mostlyBefore && count > 0)) changed = lastAway;
    mostlyBefore = mostly;
  }
  return changed < 0 ? NaN : sizes.fromMs + (changed + 1) * SLOT_MS;
}

function daysMoved(sizes: Slots, { dayStretches }: ReportWindow): number {
  let days = 0;
  let before = sizes.values[0] ?? NaN;
  for (const { from, to } of dayStretches) {
    let moved = false;
    for (let i = from; i < to; i++) {
      const size = sizes.values[i] as number;
      if (Math.abs(size - before) > MOVED * before) moved = true;
      before = size;
    }
    if (moved) days++;
  }
  return days;
}
