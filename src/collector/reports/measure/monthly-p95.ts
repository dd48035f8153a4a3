/** A year of one figure: the CPU's P95 of each month. */
import type { DayHistogram } from '../../indicators/indicators.ts';
import type { Period } from '../calendar.ts';
import type { LoadMeasure } from './load.ts';

/** Shares by half points: bucket i of a linear histogram is [i/200, (i+1)/200). */
const PER_UNIT = 200;

/**
 * Exact for the months that were read slot by slot, from merged daily histograms (within half a
 * point) before; NaN where nothing is kept. A histogram's day counts for the month its noon is in.
 */
export function monthlyP95(
  months: readonly Period[],
  histograms: readonly DayHistogram[],
  cpu: LoadMeasure | null,
): Float64Array {
  const counts = months.map(() => new Float64Array(PER_UNIT + 1));
  for (const day of histograms) {
    if (day.indicator !== 'cpu_used_ratio' || day.scale !== 'linear') continue;
    const noonMs = day.dayMs + 43_200_000;
    const own = counts[months.findIndex(({ fromMs, toMs }) => noonMs >= fromMs && noonMs < toMs)];
    if (own === undefined) continue;
    day.buckets.forEach((bucket, i) => {
      own[bucket] = (own[bucket] ?? 0) + (day.counts[i] ?? 0);
    });
  }
  return Float64Array.from(months, ({ name }, i) => {
    if (cpu && i === months.length - 1) return cpu.statistics.p95;
    const demand = cpu?.demands.find((one) => one.name === name);
    return cpu && demand ? demand.p95 / cpu.size : p95Of(counts[i] ?? new Float64Array(0));
  });
}

function p95Of(counts: Float64Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (let bucket = 0; bucket < counts.length && total > 0; bucket++) {
    seen += counts[bucket] ?? 0;
    if (seen >= 0.95 * total) return Math.min(1, (bucket + 0.5) / PER_UNIT);
  }
  return NaN;
}
