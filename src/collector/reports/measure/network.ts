/** Interfaces of one device: the busier direction of every slot against the speed of the link. */
import type { NetworkMeasure } from '../decide/network.ts';
import { busyHours } from '../figures/busy-hours.ts';
import { describe, percentile, scaled } from '../figures/statistics.ts';
import { matchesAny } from '../match.ts';
import type { ReportPolicy } from '../policy.ts';
import { qualityFacts, seenOf } from './decision-window.ts';
import type { SeriesIndex } from './series-index.ts';
import { presentSize } from './size-history.ts';
import { alongside, type ReportWindow, type Slots, slotsOf, within } from './window.ts';

export interface NetworkItem {
  readonly item: string;
  readonly measure: NetworkMeasure;
}

export function measureNetwork(
  series: SeriesIndex,
  window: ReportWindow,
  policy: ReportPolicy,
): readonly NetworkItem[] {
  return countedInterfaces(series, policy).map((item) => ({
    item,
    measure: measureInterface(series, item, { window, policy }),
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
  from: { readonly window: ReportWindow; readonly policy: ReportPolicy },
): NetworkMeasure {
  const { window, policy } = from;
  const { month } = window;
  const rule = policy.network;
  const [receive, transmit] = RATES.map((rate) =>
    slotsOf(series.of(rate, item), 'mean', series.span),
  );
  const speeds = slotsOf(series.of('network_speed_bytes_per_second', item), 'last', series.span);
  const speed = presentSize(speeds);
  const busiest = busier(receive ?? speeds, transmit ?? speeds);
  const inMonth = within(busiest, month.fromMs, month.toMs);
  const busiestOfMonth = describe(inMonth.values);
  const errors = slotsOf(series.of('network_errors_ratio', item), 'mean', month).values;
  const calendar = {
    hours: alongside(window.hours, inMonth, window),
    days: alongside(window.days, inMonth, window),
  };
  const seen = seenOf(busiest, window);
  const monthly = window.periods.map(({ fromMs, toMs }, i) => {
    if (fromMs === month.fromMs) return busiestOfMonth.p95 / speed;
    const enough = (seen.periods[i]?.days ?? 0) >= policy.quality.period_days;
    return enough ? percentile(within(busiest, fromMs, toMs).values, 0.95) / speed : NaN;
  });
  return {
    speed,
    statistics: scaled(busiestOfMonth, 1 / speed),
    busiest: busiestOfMonth,
    receive: describe(slotsOf(series.of(RATES[0], item), 'mean', month).values),
    transmit: describe(slotsOf(series.of(RATES[1], item), 'mean', month).values),
    busy: busyHours(inMonth.values, calendar, { ...rule, busy_ratio: rule.busy_ratio * speed }),
    errorsRatio: percentile(errors, 0.95),
    monthsP95: Math.max(...monthly),
    quality: qualityFacts(seen, { current: speed, changedMs: NaN, elastic: false }, window),
  };
}

function busier(a: Slots, b: Slots): Slots {
  const values = new Float64Array(a.values.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = larger(a.values[i] as number, b.values[i] as number);
  }
  return { ...a, values };
}
