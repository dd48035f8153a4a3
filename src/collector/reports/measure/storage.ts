/** File systems, inodes and databases of one device: daily maxima and what they foretell. */

import { INDICATORS, type IndicatorName } from '../../../shared/indicator.ts';
import { DAY_MS } from '../../../shared/units.ts';
import type { DayHistogram } from '../../indicators/indicators.ts';
import type { StorageMeasure } from '../decide/storage.ts';
import { type DailySeries, dailySeries, fromDay } from '../figures/daily-series.ts';
import { forecast } from '../figures/forecast.ts';
import { describe, maxOf, type Statistics, scaled } from '../figures/statistics.ts';
import { matchesAny } from '../match.ts';
import type { ReportPolicy } from '../policy.ts';
import { qualityFacts, seenOf } from './decision-window.ts';
import type { SeriesIndex } from './series-index.ts';
import { extremes, presentSize } from './size-history.ts';
import { type ReportWindow, type Slots, type Span, slotCount, slotsOf, within } from './window.ts';

export interface StorageItem {
  readonly item: string;
  /** Other mount points of the same file system. */
  readonly aliases: readonly string[];
  readonly measure: StorageMeasure;
  /** Daily maxima as far back as they were read. */
  readonly history: DailySeries;
}

export interface StorageSource {
  readonly device: string;
  readonly series: SeriesIndex;
  /** Days before the window; only the indicators of storage are looked at. */
  readonly histograms: readonly DayHistogram[];
}

/** Growing a store is no resize: its figures are absolute. */
const UNCHANGED = { changedMs: NaN, elastic: false } as const;

interface StorageKind {
  readonly used: IndicatorName;
  /** Null: the figure is itself a share, the limit is 1. */
  readonly size: IndicatorName | null;
  /** Items that never came above this are left out. */
  readonly from: number;
}

export const FILESYSTEM: StorageKind = {
  used: 'filesystem_used_bytes',
  size: 'filesystem_size_bytes',
  from: 0,
};
export const INODES: StorageKind = { used: 'filesystem_inodes_used_ratio', size: null, from: 0.5 };
export const DATABASE: StorageKind = {
  used: 'database_used_bytes',
  size: 'database_limit_bytes',
  from: 0,
};

export function measureStorage(
  source: StorageSource,
  kind: StorageKind,
  options: {
    readonly window: ReportWindow;
    readonly policy: ReportPolicy;
    readonly ignore: readonly string[];
  },
): readonly StorageItem[] {
  const { window, policy, ignore } = options;
  const measured = source.series
    .items(kind.used)
    .filter((item) => !matchesAny(item, ignore) && isReached(source, kind, item))
    .map((item) => measureItem(source, kind, { item, window, policy }));
  return collapsed(measured);
}

/** Looked at once an hour: a store that matters stays where it is for longer. */
const LOOK_EVERY = 12;

function isReached({ series }: StorageSource, { used, from }: StorageKind, item: string): boolean {
  if (from === 0) return true;
  const { values } = slotsOf(series.of(used, item), 'max', series.span);
  for (let i = values.length - 1; i >= 0; i -= LOOK_EVERY) {
    if ((values[i] as number) >= from) return true;
  }
  return false;
}

function measureItem(
  source: StorageSource,
  kind: StorageKind,
  from: { readonly item: string; readonly window: ReportWindow; readonly policy: ReportPolicy },
): StorageItem {
  const { item, window, policy } = from;
  const { series } = source;
  const used = series.of(kind.used, item);
  const level = slotsOf(used, 'last', series.span);
  const sizes = kind.size ? slotsOf(series.of(kind.size, item), 'last', series.span) : null;
  const size = sizes ? presentSize(sizes) : 1;
  const history = dailyMaxima(source, kind.used, {
    item,
    slots: slotsOf(used, 'max', series.span),
    window,
  });
  const { month } = window;
  const lastDay = lastDayOf(window);
  const recent = fromDay(history, lastDay - policy.history.storage_days + 1);
  return {
    item,
    aliases: [],
    history,
    measure: {
      size,
      statistics: sharesOf(level, sizes, month),
      highest: maxOf(fromDay(history, lastDay - policy.storage.reclaim.days).values),
      daysSeen: recent.days.length,
      monthChange: monthChange(history, window),
      forecast:
        size > 0
          ? forecast(recent, { size, seed: `${source.device}\n${item}`, policy: policy.storage })
          : null,
      quality: qualityFacts(seenOf(level, window), { current: size, ...UNCHANGED }, window),
      unit: kind.size === null ? 'ratio' : 'bytes',
    },
  };
}

const firstDayOf = (window: ReportWindow): number =>
  window.days[slotCount(window.fromMs, window.month.fromMs)] ?? 0;
const lastDayOf = (window: ReportWindow): number => window.days.at(-1) ?? 0;

/** Shares of the size of the same slot, over the month. */
function sharesOf(level: Slots, sizes: Slots | null, month: Span): Statistics {
  const used = within(level, month.fromMs, month.toMs).values;
  if (sizes === null) return describe(used);
  const size = within(sizes, month.fromMs, month.toMs).values;
  const { lowest, highest } = extremes(size);
  if (lowest === highest) return scaled(describe(used), 1 / lowest);
  const shares = new Float64Array(used.length);
  for (let i = 0; i < shares.length; i++) {
    const whole = size[i] as number;
    shares[i] = whole > 0 ? (used[i] as number) / whole : NaN;
  }
  return describe(shares);
}

/** Highest value of each local day; before the window from daily histograms (their UTC date). */
function dailyMaxima(
  source: StorageSource,
  indicator: IndicatorName,
  from: { readonly item: string; readonly slots: Slots; readonly window: ReportWindow },
): DailySeries {
  const byDay = new Map<number, number>();
  // A size in bytes has a histogram of bytes (log) and one of its share (linear) beside it.
  const scale = INDICATORS[indicator].unit === 'ratio' ? 'linear' : 'log';
  for (const day of source.histograms) {
    if (day.indicator !== indicator || day.item !== from.item || day.scale !== scale) continue;
    if (day.dayMs < from.slots.fromMs) byDay.set(Math.floor(day.dayMs / DAY_MS), day.max);
  }
  const { slots, window } = from;
  for (const { day, from: first, to } of window.dayStretches) {
    const highest = maxOf(slots.values.subarray(first, to));
    if (!Number.isNaN(highest)) byDay.set(day, highest);
  }
  return dailySeries(byDay);
}

/** From the last day of the month before (or the first day seen since) to the newest day. */
function monthChange(history: DailySeries, window: ReportWindow): number {
  const since = fromDay(history, firstDayOf(window) - 1);
  return since.values.length < 2 ? NaN : (since.values.at(-1) ?? NaN) - (since.values[0] ?? NaN);
}

/** Mounts of one file system show the same size and the same use every day: one row, not two. */
function collapsed(items: readonly StorageItem[]): readonly StorageItem[] {
  const kept = new Map<string, StorageItem>();
  const shortestFirst = [...items].sort((a, b) => a.item.length - b.item.length);
  for (const item of shortestFirst) {
    const { days, values } = item.history;
    const key = [item.measure.size, days.join(), values.join()].join('|');
    const same = kept.get(key);
    kept.set(key, same ? { ...same, aliases: [...same.aliases, item.item] } : item);
  }
  return [...kept.values()].sort((a, b) => (a.item < b.item ? -1 : 1));
}
