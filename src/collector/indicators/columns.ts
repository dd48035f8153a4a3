/**
 * Evaluates cells and sums over a window, a whole column of samples at a time. Gives at each time
 * what the live evaluation gives when the samples come in order, scrape by scrape.
 */
import { type Counter, GAP_MS, increase, isBroken } from './counter.ts';
import type { Cell, Guard, Plan, Sum } from './plan.ts';
import type { Break } from './recipe.ts';
import { everyTime } from './times.ts';

export interface Samples {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

export interface Column {
  /** Ascending. Columns of one scrape share the array, so that equality is one comparison. */
  readonly times: Float64Array;
  /** Of a rate: where the time it covers begins. Null for plain values. */
  readonly from: Float64Array | null;
  /** NaN: nothing. */
  readonly values: Float64Array;
}

/** A series as a sum needs it: its samples beside what was made of them. */
interface CellColumn extends Column {
  readonly raw: Float64Array;
  /** A stale marker, or a NaN of the exporter: the series ended there. */
  readonly breaks: boolean;
}

export interface Columns {
  sum(index: number): Column;
}

/** `samples`: by the series numbers of the plan. Computes a column when it is first asked for. */
export function createColumns(plan: Plan, samples: readonly Samples[]): Columns {
  const shared = shareTimes(samples);
  const cells: (CellColumn | undefined)[] = [];
  const sums: (Column | undefined)[] = [];
  const starts = new Map<Float64Array, Float64Array>();
  const startsOf = (times: Float64Array): Float64Array => {
    let before = starts.get(times);
    if (before === undefined) {
      before = new Float64Array(times.length).fill(Number.NaN);
      before.set(times.subarray(0, -1), Math.min(1, times.length));
      starts.set(times, before);
    }
    return before;
  };
  const breaks: (readonly number[] | undefined)[] = [];
  const breaksOf = (guard: number): readonly number[] => {
    const { series, rule } = plan.guards[guard] as Guard;
    breaks[guard] ??= breakTimes(shared[series] as Samples, rule);
    return breaks[guard];
  };
  const cell = (index: number): CellColumn => {
    const { series, counter, guards } = plan.cells[index] as Cell;
    const { times, values } = shared[series] as Samples;
    const from = counter === null ? null : startsOf(times);
    if (cells[index] !== undefined) return cells[index];
    const column = cellColumn({ times, from, values }, counter);
    for (const guard of guards) breakRates(column, breaksOf(guard));
    cells[index] = column;
    return column;
  };
  return {
    sum: (index) => {
      sums[index] ??= sumColumn(plan.sums[index] as Sum, cell);
      return sums[index];
    },
  };
}

/** One scrape gives all its series the same times: keep one array of them. */
function shareTimes(samples: readonly Samples[]): Samples[] {
  const known: Float64Array[] = [];
  return samples.map(({ times, values }) => {
    let same = known.find((other) => sameTimes(other, times));
    if (same === undefined) {
      same = times;
      known.push(times);
    }
    return { times: same, values };
  });
}

function sameTimes(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length || a[0] !== b[0] || a.at(-1) !== b.at(-1)) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function cellColumn({ times, from, values }: Column, counter: Counter | null): CellColumn {
  const breaks = holdsNaN(values);
  if (counter === null || from === null) return { times, from: null, values, raw: values, breaks };
  const rates = new Float64Array(times.length);
  let before = Number.NaN;
  for (let i = 0; i < times.length; i++) {
    const value = values[i] as number;
    const elapsedMs = (times[i] as number) - (from[i] as number);
    const gain = elapsedMs <= GAP_MS ? increase(before, value, counter) : Number.NaN;
    rates[i] = (gain * 1_000) / elapsedMs;
    before = value;
  }
  return { times, from, values: rates, raw: values, breaks };
}

function breakTimes({ times, values }: Samples, rule: Break): readonly number[] {
  const found: number[] = [];
  for (let i = 0; i < times.length; i++) {
    const before = values[i - 1] ?? Number.NaN;
    const elapsedMs = (times[i] as number) - (times[i - 1] ?? Number.NaN);
    const now = values[i] as number;
    if (isBroken(rule, { before, now, elapsedMs })) found.push(times[i] as number);
  }
  return found;
}

/** Takes away the rates across such a moment. Plain values have none. */
function breakRates({ times, from, values }: Column, breaks: readonly number[]): void {
  if (from === null || breaks.length === 0) return;
  for (let i = 0; i < times.length; i++) {
    const [since, until] = [from[i] as number, times[i] as number];
    if (breaks.some((time) => time > since && time <= until)) values[i] = Number.NaN;
  }
}

function holdsNaN(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i] as number)) return true;
  return false;
}

function sumColumn({ cells, counts }: Sum, cell: (index: number) => CellColumn): Column {
  const columns = Array.from(cells, cell);
  const first = columns[0] as CellColumn;
  if (columns.length === 1 && !counts) return first;
  const regular = columns.every(({ times, breaks }) => times === first.times && !breaks);
  return regular ? addColumns(columns, counts) : mergeColumns(columns, counts);
}

/** All series have a sample at every time. */
function addColumns(columns: readonly CellColumn[], counts: boolean): Column {
  const { times, from } = columns[0] as CellColumn;
  const total = new Float64Array(times.length);
  if (counts) return { times, from, values: total.fill(columns.length) };
  for (const { values } of columns) {
    for (let i = 0; i < total.length; i++) (total[i] as number) += values[i] as number;
  }
  return { times, from, values: total };
}

/**
 * Series come and go. Where one is missing that was there within `GAP_MS` the sum is unknown:
 * a part of the sum would look like a sudden drop. A longer silence or a stale marker ends it.
 */
function mergeColumns(columns: readonly CellColumn[], counts: boolean): Column {
  const times = everyTime(columns);
  const values = new Float64Array(times.length).fill(Number.NaN);
  const from = new Float64Array(times.length).fill(Number.NaN);
  const next = new Int32Array(columns.length);
  for (let t = 0; t < times.length; t++) {
    const time = times[t] as number;
    let total = 0;
    let start = Number.NEGATIVE_INFINITY;
    let missing = false;
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c] as CellColumn;
      const at = next[c] as number;
      if (column.times[at] === time) {
        next[c] = at + 1;
        if (Number.isNaN(column.raw[at] as number)) continue;
        total += counts ? 1 : (column.values[at] as number);
        start = Math.max(start, column.from === null ? time : (column.from[at] as number));
      } else if (at > 0 && !Number.isNaN(column.raw[at - 1] as number)) {
        missing ||= time - (column.times[at - 1] as number) <= GAP_MS;
      }
    }
    if (missing || start === Number.NEGATIVE_INFINITY) continue;
    values[t] = total;
    from[t] = start;
  }
  return { times, from: columns[0]?.from ? from : null, values };
}
