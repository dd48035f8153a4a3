/** Which part of the window decides, and how good it is. */
import { DAY_MS, SLOT_MS } from '../../../shared/units.ts';
import type { Period } from '../calendar.ts';
import type { QualityFacts } from '../decide/quality.ts';
import type { SizeHistory } from './size-history.ts';
import {
  joined,
  type Presence,
  presenceByPeriod,
  presenceOf,
  type ReportWindow,
  type Slots,
  slotCount,
  within,
} from './window.ts';

/** What is there of one resource: in every period, and in the part that decides. */
export interface Seen {
  readonly periods: readonly Presence[];
  /** From the last resize on. */
  readonly decided: readonly Presence[];
  /** Unix ms; the begin of the window when the size did not change. */
  readonly decidedFromMs: number;
}

export function seenOf(
  figures: Slots,
  window: ReportWindow,
  size?: Pick<SizeHistory, 'changedMs' | 'elastic'>,
): Seen {
  const periods = presenceByPeriod(figures, window);
  const resized = size !== undefined && !size.elastic && !Number.isNaN(size.changedMs);
  if (!resized) return { periods, decided: periods, decidedFromMs: window.fromMs };
  const decidedFromMs = size.changedMs;
  const after = within(figures, decidedFromMs, window.toMs);
  const decided = window.periods.map(({ fromMs, toMs }) =>
    presenceOf(within(after, Math.max(fromMs, decidedFromMs), toMs), window),
  );
  return { periods, decided, decidedFromMs };
}

/**
 * The months with enough days, cut off before the last resize. With fewer than two of them, what
 * there is in two halves: a need that two periods confirm is worth more than one of the whole.
 */
export function decisionPeriods(
  seen: Seen,
  window: ReportWindow,
  periodDays: number,
): readonly Period[] {
  const { decided, decidedFromMs } = seen;
  const months = window.periods
    .filter((_, i) => (decided[i]?.days ?? 0) >= periodDays)
    .map((period) => ({ ...period, fromMs: Math.max(period.fromMs, decidedFromMs) }));
  if (months.length >= 2) return months;
  const { slots, firstMs, lastMs } = joined(decided);
  if (slots < 2) return [];
  const endMs = lastMs + SLOT_MS;
  const middleMs = firstMs + Math.floor(slotCount(firstMs, endMs) / 2) * SLOT_MS;
  return [
    { name: 'first half', fromMs: firstMs, toMs: middleMs },
    { name: 'second half', fromMs: middleMs, toMs: endMs },
  ];
}

/** What the gate asks of the figures of one resource. */
export function qualityFacts(
  seen: Seen,
  size: Pick<SizeHistory, 'current' | 'changedMs' | 'elastic'>,
  { month }: ReportWindow,
): QualityFacts {
  const inMonth = seen.periods.at(-1) ?? joined([]);
  const decided = joined(seen.decided);
  const earlier = joined(seen.periods.slice(0, -1));
  // A device that is new this month was not expected before its first figure.
  const isNew = earlier.slots === 0 && inMonth.slots > 0;
  const dueFromMs = isNew ? inMonth.firstMs : month.fromMs;
  const edges =
    inMonth.slots === 0
      ? month.toMs - month.fromMs
      : Math.max(inMonth.firstMs - dueFromMs, month.toMs - SLOT_MS - inMonth.lastMs);
  return {
    days: decided.days,
    coverage: inMonth.slots / Math.max(1, slotCount(dueFromMs, month.toMs)),
    firstMs: decided.firstMs,
    lastMs: decided.lastMs,
    holeDays: Math.max(inMonth.longestHoleMs, edges) / DAY_MS,
    sizeChangedMs: size.changedMs,
    sizeChangedInMonth: size.changedMs > month.fromMs,
    sizeElastic: size.elastic,
    sizeKnown: size.current > 0,
  };
}
