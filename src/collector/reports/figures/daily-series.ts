/** One figure a day. Days are local day numbers (days since 1970-01-01), ascending, no doubles. */

export interface DailySeries {
  readonly days: Int32Array;
  readonly values: Float64Array;
}

export function dailySeries(byDay: ReadonlyMap<number, number>): DailySeries {
  const days = Int32Array.from(byDay.keys()).sort();
  return { days, values: Float64Array.from(days, (day) => byDay.get(day) ?? NaN) };
}

/** The part on or after `day`. */
export function fromDay(series: DailySeries, day: number): DailySeries {
  const first = series.days.findIndex((own) => own >= day);
  if (first < 0) return { days: new Int32Array(0), values: new Float64Array(0) };
  return { days: series.days.subarray(first), values: series.values.subarray(first) };
}

/**
 * Every day from the first to the last; holes are bridged by a straight line, so they neither hide
 * nor invent a jump.
 */
export function withoutHoles(series: DailySeries): DailySeries {
  const { days, values } = series;
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined || last - first + 1 === days.length) return series;
  const filled = new Float64Array(last - first + 1);
  for (let i = 0; i < days.length; i++) {
    const day = days[i] ?? 0;
    const before = days[i - 1] ?? day - 1;
    const from = values[i - 1] ?? values[i] ?? NaN;
    const rise = ((values[i] ?? NaN) - from) / (day - before);
    for (let at = before + 1; at <= day; at++) filled[at - first] = from + rise * (at - before);
    filled[day - first] = values[i] ?? NaN;
  }
  return { days: Int32Array.from(filled, (_, i) => first + i), values: filled };
}
