/** Memory of one device: demand in GiB, and the signs of pressure a percentage does not show. */
import type { MemoryMeasure } from '../decide/memory.ts';
import { percentile } from '../figures/statistics.ts';
import { theilSen } from '../figures/theil-sen.ts';
import type { ReportPolicy } from '../policy.ts';
import { type LoadMeasure, measureLoad } from './load.ts';
import type { SeriesIndex } from './series-index.ts';
import { perSize, sizeHistory } from './size-history.ts';
import { type ReportWindow, type Slots, slotsOf, within } from './window.ts';

export const GIB = 1024 ** 3;
const DAYS_PER_MONTH = 30;

/** Null when the device has no memory figure in the window. */
export function measureMemory(
  series: SeriesIndex,
  window: ReportWindow,
  policy: ReportPolicy,
): MemoryMeasure | null {
  const used = series.one('memory_used_bytes');
  if (used === undefined) return null;
  const size = sizeHistory(
    slotsOf(series.one('memory_size_bytes'), 'last', series.span),
    window,
    policy.quality,
  );
  // Of a level the slot's last and highest values count, not its average.
  const collected = slotsOf(used, 'last', series.span);
  const typical = perSize(collected, size);
  const highest =
    used.max === used.last ? typical : perSize(slotsOf(used, 'max', series.span), size);
  const load = inGib(
    measureLoad({ typical, highest, collected, size, busy: null }, window, policy),
  );
  const kills = series.one('oom_kills_total');
  const killSlots = slotsOf(kills, 'last', series.span);
  const { month } = window;
  return {
    ...load,
    nominal: nominalOf(load.size, policy.quality.nominal_tolerance),
    oomKills: kills ? increase(within(killSlots, month.fromMs, month.toMs).values) : NaN,
    oomKillsWindow: kills ? increase(killSlots.values) : NaN,
    swapDays: swapDays(series, window, { sizeGib: load.size, ...policy.memory }),
    risePoints: risePoints(typical, { load, window, policy }),
  };
}

/** Absolute figures in GiB; shares stay as they are. */
function inGib(load: LoadMeasure): LoadMeasure {
  return {
    ...load,
    size: load.size / GIB,
    demands: load.demands.map(({ name, p95, p99_5, max }) => ({
      name,
      p95: p95 / GIB,
      p99_5: p99_5 / GIB,
      max: max / GIB,
    })),
  };
}

/** Firmware and kernel keep some: the whole number of GiB just above is what was bought. */
export function nominalOf(gib: number, tolerance: number): number {
  const whole = Math.ceil(gib - 1e-9);
  return whole <= gib * (1 + tolerance) ? whole : gib;
}

/** Rise of a counter; after a reset the whole new value counts. */
export function increase(counter: Float64Array): number {
  let total = 0;
  let before = NaN;
  const length = counter.length;
  for (let i = 0; i < length; i++) {
    const value = counter[i] as number;
    if (!Number.isNaN(value) && value !== before) {
      if (value > before) total += value - before;
      else if (value < before) total += value;
      before = value;
    }
  }
  return total;
}

/** Days of the window on which swap in use rose by more than a share of memory within the day. */
function swapDays(
  series: SeriesIndex,
  window: ReportWindow,
  rule: { readonly sizeGib: number; readonly swap_day_ratio: number },
): number {
  const swap = series.one('swap_used_bytes');
  if (swap === undefined) return NaN;
  const limit = rule.swap_day_ratio * rule.sizeGib * GIB;
  const { values } = slotsOf(swap, 'last', series.span);
  let days = 0;
  for (const { from, to } of window.dayStretches) {
    let lowest = Number.POSITIVE_INFINITY;
    let rise = 0;
    for (let i = from; i < to; i++) {
      const value = values[i] as number;
      if (value < lowest) lowest = value;
      if (value - lowest > rise) rise = value - lowest;
    }
    if (rise > limit) days++;
  }
  return days;
}

/**
 * Points of the size per month by which the daily P95 rises, when its confidence interval says it
 * rises at all. A month that is not visibly above the one before cannot hold such a rise.
 */
function risePoints(
  shares: Slots,
  from: {
    readonly load: LoadMeasure;
    readonly window: ReportWindow;
    readonly policy: ReportPolicy;
  },
): number {
  const { load, window, policy } = from;
  const [first, last] = [load.demands[0], load.demands.at(-1)];
  const rule = policy.memory;
  const visible = (rule.rise_points_per_month / 100) * load.size * 0.4;
  if (first === undefined || last === undefined || !(last.p95 - first.p95 > visible)) return NaN;
  const days: number[] = [];
  const p95: number[] = [];
  for (const { day, from, to } of window.dayStretches) {
    const value = percentile(shares.values.subarray(from, to), 0.95);
    if (Number.isNaN(value)) continue;
    days.push(day);
    p95.push(value);
  }
  const trend = theilSen(Float64Array.from(days), Float64Array.from(p95), rule.rise_confidence);
  return trend.low > 0 ? trend.slope * DAYS_PER_MONTH * 100 : NaN;
}
