/**
 * The newest sample of every series, by series number. Changes are kept until COMMIT, so a failed
 * transaction leaves no trace. A series without samples has time −Infinity.
 */
import { wordsOf } from './block-codec/double-column.ts';
import type { Staged } from './staged.ts';
import type { Latest } from './store.ts';

const FIRST_CAPACITY = 1024;

export class LatestSamples implements Latest, Staged {
  times = new Float64Array(FIRST_CAPACITY).fill(Number.NEGATIVE_INFINITY);
  values = new Float64Array(FIRST_CAPACITY).fill(Number.NaN);
  /** The bits of `values`, low word first. */
  words = wordsOf(this.values);
  /** What was there before, oldest change first: series, and time and value in pairs. */
  #undo = {
    series: new Uint32Array(FIRST_CAPACITY),
    samples: new Float64Array(FIRST_CAPACITY * 2),
    count: 0,
  };

  /** Makes room for series numbers below `count`. */
  reserve(count: number): void {
    if (count <= this.times.length) return;
    const capacity = Math.max(count, this.times.length * 2);
    const times = new Float64Array(capacity).fill(Number.NEGATIVE_INFINITY);
    const values = new Float64Array(capacity).fill(Number.NaN);
    times.set(this.times);
    values.set(this.values);
    this.times = times;
    this.values = values;
    this.words = wordsOf(values);
  }

  /** Room for `count` more changes; call before that many `keep`. */
  expect(count: number): void {
    const needed = this.#undo.count + count;
    if (needed <= this.#undo.series.length) return;
    const capacity = Math.max(needed, this.#undo.series.length * 2);
    const series = new Uint32Array(capacity);
    const samples = new Float64Array(capacity * 2);
    series.set(this.#undo.series);
    samples.set(this.#undo.samples);
    this.#undo = { series, samples, count: this.#undo.count };
  }

  /** Sets the newest sample of a series and remembers the one before. */
  change(series: number, timeMs: number, value: number): void {
    const undo = this.#undo;
    const at = undo.count++;
    undo.series[at] = series;
    undo.samples[2 * at] = this.times[series] ?? 0;
    undo.samples[2 * at + 1] = this.values[series] ?? 0;
    this.set(series, timeMs, value);
  }

  /** Without remembering: for what is committed already. */
  set(series: number, timeMs: number, value: number): void {
    this.times[series] = timeMs;
    this.values[series] = value;
  }

  forget(series: number): void {
    this.set(series, Number.NEGATIVE_INFINITY, Number.NaN);
  }

  write(): void {}

  commit(): void {
    this.#undo.count = 0;
  }

  rollback(): void {
    const { series, samples } = this.#undo;
    for (let at = this.#undo.count - 1; at >= 0; at--) {
      const number = series[at] ?? 0;
      this.times[number] = samples[2 * at] ?? 0;
      this.values[number] = samples[2 * at + 1] ?? 0;
    }
    this.#undo.count = 0;
  }
}
