/** Interfaces of one device: the busier direction of every slot against the speed of the link. */
import type { NetworkMeasure } from '../decide/network.ts';
import { type BusyHours, busyHours } from '../figures/busy-hours.ts';
import { describe, percentile, scaled } from '../figures/statistics.ts';
import { matchesAny } from '../match.ts';
import type { ReportPolicy } from '../policy.ts';
import { qualityFacts, seenOf } from './decision-window.ts';
import type { SeriesIndex } from './series-index.ts';
import { presentSize } from './size-history.ts';
import { alongside, type ReportWindow, type Span, slotsOf } from './window.ts';

export interface NetworkItem {
  readonly item: string;
  readonly measure: NetworkMeasure;
}

export function measureNetwork(
  series: SeriesIndex,
  window: ReportWindow,
  from: { readonly policy: ReportPolicy; readonly kind: string },
): readonly NetworkItem[] {
  const { policy, kind } = from;
  const line = policy.network.lower_kinds.includes(kind);
  return countedInterfaces(series, policy).map((item) => ({
    item,
    measure: measureInterface(series, item, { window, policy, line }),
  }));
}

/** P95 of everything received and sent by the device, bytes/s; NaN when nothing is known. */
export function totalTraffic(
  series: SeriesIndex,
  window: ReportWindow,
  policy: ReportPolicy,
): number {
  const rates = countedInterfaces(series, policy).flatMap((item) =>
    RATES.map((rate) => slotsOf(series.of(rate, item), 'mean', window.month).values),
  );
  const [first, ...others] = rates;
  if (first === undefined) return NaN;
  const total = Float64Array.from(first);
  for (const other of others) {
    for (let i = 0; i < total.length; i++) total[i] = add(total[i] as number, other[i] as number);
  }
  return percentile(total, 0.95);
}

const RATES = ['network_receive_bytes_per_second', 'network_transmit_bytes_per_second'] as const;

/** A missing direction counts as nothing only beside one that is there. */
const add = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : a + b);
const larger = (a: number, b: number): number => (Number.isNaN(a) || b > a ? b : a);

function countedInterfaces(series: SeriesIndex, policy: ReportPolicy): readonly string[] {
  const items = new Set(RATES.flatMap((indicator) => series.items(indicator)));
  return [...items].sort().filter((item) => !matchesAny(item, policy.network.ignore_interfaces));
}

function measureInterface(
  series: SeriesIndex,
  item: string,
  from: { readonly window: ReportWindow; readonly policy: ReportPolicy; readonly line: boolean },
): NetworkMeasure {
  const { window, policy, line } = from;
  const { month } = window;
  const [receive, transmit] = RATES.map((rate) => series.of(rate, item));
  const busiestIn = (span: Span): Float64Array =>
    busier(slotsOf(receive, 'mean', span).values, slotsOf(transmit, 'mean', span).values);
  const speeds = slotsOf(series.of('network_speed_bytes_per_second', item), 'last', series.span);
  const speed = presentSize(speeds);
  const inMonth = busiestIn(month);
  const busiest = describe(inMonth);
  const seen = seenOf(slotsOf(receive ?? transmit, 'mean', series.span), window);
  // Only a line that may be made smaller is asked for the months before.
  const monthly = window.periods.map((period, i) => {
    if (period.fromMs === month.fromMs) return busiest.p95 / speed;
    const enough = line && (seen.periods[i]?.days ?? 0) >= policy.quality.period_days;
    return enough ? percentile(busiestIn(period), 0.95) / speed : NaN;
  });
  return {
    speed,
    statistics: scaled(busiest, 1 / speed),
    busiest,
    receive: describe(slotsOf(receive, 'mean', month).values),
    transmit: describe(slotsOf(transmit, 'mean', month).values),
    busy: busyOf(inMonth, speed, { window, policy }),
    errorsRatio: percentile(
      slotsOf(series.of('network_errors_ratio', item), 'mean', month).values,
      0.95,
    ),
    monthsP95: Math.max(...monthly),
    quality: qualityFacts(seen, { current: speed, changedMs: NaN, elastic: false }, window),
  };
}

function busyOf(
  rates: Float64Array,
  speed: number,
  { window, policy }: { readonly window: ReportWindow; readonly policy: ReportPolicy },
): BusyHours {
  const slots = { ...window.month, values: rates };
  const calendar = {
    hours: alongside(window.hours, slots, window),
    days: alongside(window.days, slots, window),
  };
  const { busy_ratio, busy_share } = policy.network;
  return busyHours(rates, calendar, { busy_ratio: busy_ratio * speed, busy_share });
}

function busier(a: Float64Array, b: Float64Array): Float64Array {
  const length = a.length;
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = larger(a[i] as number, b[i] as number);
  return values;
}
