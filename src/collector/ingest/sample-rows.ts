/** What a request decodes to, in arrays that are used again for the next request. */
import { Failure } from '../../shared/errors.ts';

export class SampleRows {
  count = 0;
  /** Entry in the sender's `SeriesKeys`. */
  entries = new Int32Array(1_024);
  /** Unix milliseconds, as sent. */
  times = new Float64Array(1_024);
  values = new Float64Array(1_024);
  /** Where the value stands in the body, of samples written the usual way. */
  offsets = new Uint32Array(1_024);
  /** All of them are written the usual way: a value and a time of six bytes. */
  usual = true;
  /** Counted, not stored: native histograms and exemplars. */
  histograms = 0;
  exemplars = 0;
  #limit = 0;

  clear(limit: number): void {
    this.count = 0;
    this.usual = true;
    this.histograms = 0;
    this.exemplars = 0;
    this.#limit = limit;
  }

  push(entry: number, timeMs: number, value: number): void {
    const row = this.count;
    if (row === this.#limit) this.#refuse();
    if (row === this.entries.length) this.reserve(row + 1);
    this.entries[row] = entry;
    this.times[row] = timeMs;
    this.values[row] = value;
    this.count = row + 1;
  }

  /** Makes room for `rows` of them. */
  reserve(rows: number): void {
    if (rows <= this.entries.length) return;
    let size = this.entries.length;
    while (size < rows) size *= 2;
    const { entries, times, values, offsets } = this;
    this.entries = new Int32Array(size);
    this.entries.set(entries);
    this.times = new Float64Array(size);
    this.times.set(times);
    this.values = new Float64Array(size);
    this.values.set(values);
    this.offsets = new Uint32Array(size);
    this.offsets.set(offsets);
  }

  #refuse(): never {
    throw new Failure('too_large', `the request holds more than ${this.#limit} samples`, {
      hint: 'send smaller batches',
    });
  }
}
