/** Turns journal rows (a request each) round into one stretch per series. */
import { RowReader } from './journal-row.ts';
import type { Stretch } from './merge.ts';

interface Growing {
  readonly series: number;
  times: Float64Array;
  values: Float64Array;
  length: number;
}

export class RowGatherer {
  readonly #reader = new RowReader();
  readonly #bySeries = new Map<number, Growing>();
  /** The columns of the row before, in its order: nearly always the next row's, too. */
  #order: Growing[] = [];
  readonly #capacity: number;

  /** `rows`: how many rows are expected, so that columns seldom have to grow. */
  constructor(rows: number) {
    this.#capacity = Math.max(4, rows);
  }

  /** Adds a row; returns how many samples it held. */
  add(payload: Uint8Array): number {
    const reader = this.#reader;
    reader.read(payload);
    const { count, series, times, values } = reader;
    for (let i = 0; i < count; i++) {
      const number = series[i] ?? 0;
      let column = this.#order[i];
      if (column === undefined || column.series !== number) {
        column = this.#column(number);
        this.#order[i] = column;
      }
      if (column.length === column.times.length) grow(column);
      column.times[column.length] = times[i] ?? 0;
      column.values[column.length] = values[i] ?? 0;
      column.length++;
    }
    return count;
  }

  /** By series, in the order the rows were added. */
  stretches(): Map<number, Stretch> {
    const result = new Map<number, Stretch>();
    for (const { series, times, values, length } of this.#bySeries.values()) {
      result.set(series, {
        times: times.subarray(0, length),
        values: values.subarray(0, length),
      });
    }
    return result;
  }

  #column(series: number): Growing {
    const known = this.#bySeries.get(series);
    if (known !== undefined) return known;
    const column = {
      series,
      times: new Float64Array(this.#capacity),
      values: new Float64Array(this.#capacity),
      length: 0,
    };
    this.#bySeries.set(series, column);
    return column;
  }
}

function grow(column: Growing): void {
  const times = new Float64Array(column.times.length * 2);
  const values = new Float64Array(column.values.length * 2);
  times.set(column.times);
  values.set(column.values);
  column.times = times;
  column.values = values;
}
