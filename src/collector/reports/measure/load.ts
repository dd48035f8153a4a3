/**
 * Measures a resource whose need follows load: CPU and memory. Gives the month's statistics as
 * shares of the size, and what each deciding period needed in absolute units.
 */
import type { QualityFacts } from '../decide/quality.ts';
import { type BusyHours, type BusyRule, busyHours } from '../figures/busy-hours.ts';
import { describe, maxOf, type Statistics } from '../figures/statistics.ts';
import type { ReportPolicy } from '../policy.ts';
import { decisionPeriods, qualityFacts, seenOf } from './decision-window.ts';
import { type SizeHistory, timesSize } from './size-history.ts';
import { alongside, type ReportWindow, type Slots, within } from './window.ts';

/** What one period asked for, in the unit of the size. */
export interface PeriodDemand {
  readonly name: string;
  readonly p95: number;
  readonly p99_5: number;
  readonly max: number;
}

export interface LoadMeasure {
  /** Present size, in the unit of the resource. NaN when unknown. */
  readonly size: number;
  /** Shares of the size over the whole month, as reported. */
  readonly statistics: Statistics;
  /** Zero hours where the rule for busy hours is not asked for. */
  readonly busy: BusyHours;
  /** The same over the part of the month after the last resize: what decides. */
  readonly decided: { readonly statistics: Statistics; readonly busy: BusyHours };
  /** Oldest first. */
  readonly demands: readonly PeriodDemand[];
  readonly quality: QualityFacts;
}

export interface LoadSeries {
  /** Share of the size per slot over the window: typical value, and the highest in the slot. */
  readonly typical: Slots;
  readonly highest: Slots;
  /** What was collected, which is known also where the size is not. */
  readonly collected: Slots;
  readonly size: SizeHistory;
  /** When a slot and an hour count as busy; null: not asked for. */
  readonly busy: BusyRule | null;
}

const NEVER_BUSY: BusyHours = { hours: 0, days: 0, observed: 0 };

export function measureLoad(
  series: LoadSeries,
  window: ReportWindow,
  policy: ReportPolicy,
): LoadMeasure {
  const { typical, size } = series;
  const seen = seenOf(series.collected, window, size);
  const fromMs = seen.decidedFromMs;
  const { month } = window;
  const whole = loadOf(series, month.fromMs, month.toMs);
  const decided = fromMs > month.fromMs ? loadOf(series, fromMs, month.toMs) : whole;
  const busyOf = (slots: Slots): BusyHours => {
    if (series.busy === null) return NEVER_BUSY;
    const calendar = {
      hours: alongside(window.hours, slots, window),
      days: alongside(window.days, slots, window),
    };
    return busyHours(slots.values, calendar, series.busy);
  };
  const busy = busyOf(within(typical, month.fromMs, month.toMs));
  const periods = decisionPeriods(seen, window, policy.quality.period_days);
  return {
    size: size.current,
    statistics: whole,
    busy,
    decided: {
      statistics: decided,
      busy: decided === whole ? busy : busyOf(within(typical, fromMs, month.toMs)),
    },
    demands: demandsOf(series, periods, {
      period: { fromMs: Math.max(fromMs, month.fromMs), toMs: month.toMs },
      statistics: decided,
    }),
    quality: qualityFacts(seen, size, window),
  };
}

function loadOf(series: LoadSeries, fromMs: number, toMs: number): Statistics {
  const typical = describe(within(series.typical, fromMs, toMs).values);
  if (series.highest === series.typical) return typical;
  return { ...typical, max: maxOf(within(series.highest, fromMs, toMs).values) };
}

/** With a size that never changed, shares need no conversion and the month is already known. */
function demandsOf(
  series: LoadSeries,
  periods: readonly { name: string; fromMs: number; toMs: number }[],
  known: { readonly period: { fromMs: number; toMs: number }; readonly statistics: Statistics },
): readonly PeriodDemand[] {
  const { size, typical, highest } = series;
  if (size.slots === null) {
    return periods.map(({ name, fromMs, toMs }) => {
      const same = fromMs === known.period.fromMs && toMs === known.period.toMs;
      const { p95, p99_5, max } = same ? known.statistics : loadOf(series, fromMs, toMs);
      const cores = size.current;
      return { name, p95: p95 * cores, p99_5: p99_5 * cores, max: max * cores };
    });
  }
  const demand = timesSize(typical, size);
  const peak = highest === typical ? demand : timesSize(highest, size);
  const absolute = { ...series, typical: demand, highest: peak };
  return periods.map(({ name, fromMs, toMs }) => {
    const { p95, p99_5, max } = loadOf(absolute, fromMs, toMs);
    return { name, p95, p99_5, max };
  });
}
