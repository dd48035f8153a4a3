/** An IndicatorHistory over arrays in memory. Histograms are made from the slots, by UTC day. */
import type {
  DayHistogram,
  IndicatorHistory,
  SlotSeries,
} from '../../../../src/collector/indicators/indicators.ts';
import { INDICATORS, type IndicatorName } from '../../../../src/shared/indicator.ts';
import { DAY_MS, SLOT_MS } from '../../../../src/shared/units.ts';

export type DeviceSeries = ReadonlyMap<string, readonly SlotSeries[]>;

export interface Reads {
  slots: number;
  histograms: number;
}

export function fakeHistory(devices: DeviceSeries, reads?: Reads): IndicatorHistory {
  return {
    slots: async (device, fromMs, toMs, only) => {
      if (reads) reads.slots++;
      return (devices.get(device) ?? [])
        .filter(({ indicator }) => only === undefined || only.includes(indicator))
        .map((series) => cut(series, fromMs, toMs))
        .filter(({ mean }) => mean.some((value) => !Number.isNaN(value)));
    },
    histograms: async (device, fromMs, toMs) => {
      if (reads) reads.histograms++;
      return (devices.get(device) ?? []).flatMap((series) => daysOf(series, fromMs, toMs));
    },
    rollUp: async () => false,
  };
}

function cut(series: SlotSeries, fromMs: number, toMs: number): SlotSeries {
  const startMs = Math.floor(fromMs / SLOT_MS) * SLOT_MS;
  const count = Math.ceil((toMs - startMs) / SLOT_MS);
  const offset = Math.round((startMs - series.startMs) / SLOT_MS);
  const part = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => values[offset + i] ?? NaN);
  const mean = part(series.mean);
  return {
    ...series,
    startMs,
    mean,
    max: series.max === series.mean ? mean : part(series.max),
    last: series.last === series.mean ? mean : part(series.last),
  };
}

function daysOf(series: SlotSeries, fromMs: number, toMs: number): DayHistogram[] {
  const perDay = DAY_MS / SLOT_MS;
  const first = Math.floor(fromMs / DAY_MS) * DAY_MS;
  const days: DayHistogram[] = [];
  for (let dayMs = first; dayMs < toMs; dayMs += DAY_MS) {
    const offset = Math.round((dayMs - series.startMs) / SLOT_MS);
    const part = (values: Float64Array): number[] =>
      Array.from(values.subarray(Math.max(0, offset), Math.max(0, offset + perDay))).filter(
        (value) => !Number.isNaN(value),
      );
    const mean = part(series.mean);
    if (mean.length > 0) days.push(histogram(series, dayMs, mean));
  }
  return days;
}

function histogram(series: SlotSeries, dayMs: number, mean: readonly number[]): DayHistogram {
  const { indicator, item } = series;
  const linear = INDICATORS[indicator].unit === 'ratio';
  const counts = new Map<number, number>();
  for (const value of linear ? mean : []) {
    const bucket = Math.min(200, Math.floor(value * 200));
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  const buckets = Int32Array.from(counts.keys()).sort();
  return {
    indicator,
    item,
    dayMs,
    scale: linear ? 'linear' : 'log',
    buckets,
    counts: Uint32Array.from(buckets, (bucket) => counts.get(bucket) ?? 0),
    sum: mean.reduce((sum, value) => sum + value, 0),
    max: Math.max(...mean),
    last: mean.at(-1) ?? NaN,
  };
}

/** One series whose slots are `figure(slot begin, index)`; NaN where the figure is NaN. */
export function series(
  indicator: IndicatorName,
  span: { readonly fromMs: number; readonly toMs: number },
  figure: (ms: number, index: number) => number,
  item = '',
): SlotSeries {
  const count = Math.round((span.toMs - span.fromMs) / SLOT_MS);
  const mean = Float64Array.from({ length: count }, (_, i) => figure(span.fromMs + i * SLOT_MS, i));
  return { indicator, item, startMs: span.fromMs, mean, max: mean, last: mean };
}
