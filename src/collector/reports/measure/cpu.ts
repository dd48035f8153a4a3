/** CPU of one device: load in shares and cores, and what kept the cores waiting. */
import type { CpuMeasure } from '../decide/cpu.ts';
import { meanOf } from '../figures/statistics.ts';
import type { ReportPolicy } from '../policy.ts';
import { measureLoad } from './load.ts';
import type { SeriesIndex } from './series-index.ts';
import { sizeHistory } from './size-history.ts';
import { alongside, type ReportWindow, type Slots, slotsOf, within } from './window.ts';

/** Null when the device has no CPU figure in the window. */
export function measureCpu(
  series: SeriesIndex,
  window: ReportWindow,
  policy: ReportPolicy,
): CpuMeasure | null {
  const used = series.one('cpu_used_ratio');
  if (used === undefined) return null;
  const span = series.span;
  const typical = slotsOf(used, 'mean', span);
  // The number of processors is never elastic: every change of it starts the window anew.
  const size = sizeHistory(slotsOf(series.one('cpu_cores'), 'last', span), window, {
    ...policy.quality,
    elastic_days: Infinity,
  });
  const load = measureLoad(
    { typical, highest: typical, collected: typical, size, busy: policy.cpu },
    window,
    policy,
  );
  const busyMean = (name: 'cpu_steal_ratio' | 'cpu_iowait_ratio'): number => {
    const other = series.one(name);
    return other === undefined
      ? NaN
      : meanWhile(monthOf(slotsOf(other, 'mean', span)), monthOf(typical), policy.cpu.busy_ratio);
  };
  const monthOf = (slots: Slots): Float64Array =>
    within(slots, window.month.fromMs, window.month.toMs).values;
  return {
    ...load,
    stealRatio: busyMean('cpu_steal_ratio'),
    iowaitRatio: busyMean('cpu_iowait_ratio'),
    peaks: peaksAbove(within(typical, window.month.fromMs, window.month.toMs), window, policy),
  };
}

/** How long and on how many days the load was above the watch limit. */
function peaksAbove(
  month: Slots,
  window: ReportWindow,
  { cpu }: ReportPolicy,
): { slots: number; days: number } {
  const dayOf = alongside(window.days, month, window);
  const days = new Set<number>();
  let slots = 0;
  const { values } = month;
  const length = values.length;
  for (let i = 0; i < length; i++) {
    if ((values[i] as number) > cpu.watch_max) {
      slots++;
      days.add(dayOf[i] as number);
    }
  }
  return { slots, days: days.size };
}

/** Mean of `values` over the slots in which `load` is above `limit`; over all when none is. */
function meanWhile(values: Float64Array, load: Float64Array, limit: number): number {
  let sum = 0;
  let count = 0;
  const length = values.length;
  for (let i = 0; i < length; i++) {
    const value = values[i] as number;
    if ((load[i] as number) > limit && !Number.isNaN(value)) {
      sum += value;
      count++;
    }
  }
  return count === 0 ? meanOf(values) : sum / count;
}
