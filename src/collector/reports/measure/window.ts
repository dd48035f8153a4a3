/** The stretch of time a report looks at, and the slots of it. */
import { SLOT_MS } from '../../../shared/units.ts';
import type { SlotSeries } from '../../indicators/indicators.ts';
import { localClock, type Period } from '../calendar.ts';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ReportWindow extends Span {
  /** The months decisions rest on, oldest first; the last one is the month reported. */
  readonly periods: readonly Period[];
  readonly month: Period;
  /** Local day and hour number of every slot from `fromMs`: asked millions of times, so made once. */
  readonly days: Int32Array;
  readonly hours: Int32Array;
  /** The slots of each local day: [from, to) as indexes from `fromMs`. */
  readonly dayStretches: readonly DayStretch[];
}

export interface DayStretch {
  readonly day: number;
  readonly from: number;
  readonly to: number;
}

/** Periods ascend and end with the month reported. */
export function reportWindow(periods: readonly Period[], timezone: string): ReportWindow {
  const month = periods.at(-1) ?? { name: '', fromMs: 0, toMs: 0 };
  const fromMs = periods[0]?.fromMs ?? month.fromMs;
  const clock = localClock(timezone, fromMs, month.toMs);
  const count = slotCount(fromMs, month.toMs);
  const days = Int32Array.from({ length: count }, (_, i) => clock.day(fromMs + i * SLOT_MS));
  return {
    periods,
    month,
    fromMs,
    toMs: month.toMs,
    days,
    hours: Int32Array.from({ length: count }, (_, i) => clock.hour(fromMs + i * SLOT_MS)),
    dayStretches: stretchesOf(days),
  };
}

function stretchesOf(days: Int32Array): readonly DayStretch[] {
  const stretches: DayStretch[] = [];
  for (let from = 0, to = 0; from < days.length; from = to) {
    const day = days[from] ?? 0;
    while (to < days.length && days[to] === day) to++;
    stretches.push({ day, from, to });
  }
  return stretches;
}

/** One kind of value of a series on the slots of [fromMs, toMs). */
export interface Slots extends Span {
  readonly values: Float64Array;
}

export const slotCount = (fromMs: number, toMs: number): number =>
  Math.max(0, Math.round((toMs - fromMs) / SLOT_MS));

/** The part of a series inside the span, padded with NaN where the series does not reach. */
export function slotsOf(
  series: SlotSeries | undefined,
  field: 'mean' | 'max' | 'last',
  { fromMs, toMs }: Span,
): Slots {
  const count = slotCount(fromMs, toMs);
  const source = series?.[field] ?? new Float64Array(0);
  const first = series ? Math.round((fromMs - series.startMs) / SLOT_MS) : 0;
  if (first >= 0 && first + count <= source.length) {
    return { fromMs, toMs, values: source.subarray(first, first + count) };
  }
  const values = new Float64Array(count).fill(NaN);
  const from = Math.max(0, first);
  const to = Math.min(source.length, first + count);
  if (to > from) values.set(source.subarray(from, to), from - first);
  return { fromMs, toMs, values };
}

/** A narrower view of the same slots; no copy. */
export function within(slots: Slots, fromMs: number, toMs: number): Slots {
  const from = Math.min(Math.max(fromMs, slots.fromMs), slots.toMs);
  const to = Math.max(from, Math.min(toMs, slots.toMs));
  const first = slotCount(slots.fromMs, from);
  const values = slots.values.subarray(first, first + slotCount(from, to));
  return { fromMs: from, toMs: to, values };
}

/** Days (or hours) of the window for exactly these slots. */
export function alongside(numbers: Int32Array, slots: Slots, window: ReportWindow): Int32Array {
  const first = slotCount(window.fromMs, slots.fromMs);
  return numbers.subarray(first, first + slots.values.length);
}

export interface Presence {
  readonly slots: number;
  /** Distinct local days with a figure. */
  readonly days: number;
  /** Begin of the first and the last slot with a figure; NaN for none. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Longest stretch without a figure between two figures. */
  readonly longestHoleMs: number;
}

export function presenceOf(slots: Slots, window: ReportWindow): Presence {
  const { values, fromMs } = slots;
  const offset = slotCount(window.fromMs, fromMs);
  let count = 0;
  let days = 0;
  let first = -1;
  let last = -1;
  let hole = 0;
  for (const { from, to } of window.dayStretches) {
    const before = count;
    const end = Math.min(to - offset, values.length);
    for (let i = Math.max(0, from - offset); i < end; i++) {
      if (!Number.isNaN(values[i] as number)) {
        if (count === 0) first = i;
        else if (i - last - 1 > hole) hole = i - last - 1;
        count++;
        last = i;
      }
    }
    if (count > before) days++;
  }
  const begin = (index: number): number => (index < 0 ? NaN : fromMs + index * SLOT_MS);
  return {
    slots: count,
    days,
    firstMs: begin(first),
    lastMs: begin(last),
    longestHoleMs: hole * SLOT_MS,
  };
}

/**
 * Presence in each period of the window. Periods meet at midnight, so their days add up; asked once
 * per resource.
 */
export function presenceByPeriod(slots: Slots, window: ReportWindow): readonly Presence[] {
  return window.periods.map(({ fromMs, toMs }) => presenceOf(within(slots, fromMs, toMs), window));
}

/** Periods in a row as one. Holes at their seams do not count. */
export function joined(parts: readonly Presence[]): Presence {
  const seen = parts.filter(({ slots }) => slots > 0);
  return {
    slots: parts.reduce((sum, { slots }) => sum + slots, 0),
    days: parts.reduce((sum, { days }) => sum + days, 0),
    firstMs: seen[0]?.firstMs ?? NaN,
    lastMs: seen.at(-1)?.lastMs ?? NaN,
    longestHoleMs: Math.max(0, ...parts.map(({ longestHoleMs }) => longestHoleMs)),
  };
}
