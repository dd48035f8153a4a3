/**
 * A row of the journal: samples of one device from one request, as they came. Writing it is the
 * hot path, so values are copied as they are; sealing compresses them later. Layout:
 *
 *   0  u8   version           1  u8   flags: 1 all samples have one time, 2 some are late
 *   4  u32  samples (n)       8  f64  time of the first sample
 *  16  n × f64 values         …  unless they are the same, times as n − 1 signed varint differences
 *   …  the runs of series
 */
import { bug, Failure } from '../../shared/errors.ts';
import { writeVarint } from '../../shared/remote-write.ts';
import type { Arena, Chunk } from './arena.ts';
import { ByteReader } from './block-codec/bytes.ts';
import { MOST_INT } from './block-codec/int-column.ts';

const VERSION = 1;
const ONE_TIME = 1;
const LATE = 2;
const HEAD_BYTES = 16;
const LONGEST_VARINT = 8;

export interface RowSamples {
  readonly series: Uint32Array;
  /** From `encodeRuns`. */
  readonly runs: Uint8Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Where in times and values the samples are; null when they are the first ones, in order. */
  readonly places: Uint32Array | null;
}

/** A row in the arena: its bytes and what deciding about its samples needs. */
export interface PendingRow {
  readonly series: Uint32Array;
  readonly fromMs: number;
  readonly toMs: number;
  /** One time per sample where they differ. */
  readonly times: Float64Array | null;
  readonly chunk: Chunk;
  /** Index of the first value in `chunk.doubles`. */
  readonly at: number;
  readonly payload: Buffer;
}

export function writeRow(arena: Arena, samples: RowSamples): PendingRow {
  const { series, runs, values, places } = samples;
  const count = series.length;
  const times = differingTimes(samples);
  const chunk = arena.room(HEAD_BYTES + count * 8 + count * LONGEST_VARINT + runs.length);
  const start = chunk.used;
  const at = (start + HEAD_BYTES) / 8;
  const first = samples.times[places?.[0] ?? 0] ?? 0;
  const [fromMs, toMs] = times === null ? [first, first] : extremes(times);
  chunk.words[start / 4] = VERSION | (times === null ? ONE_TIME << 8 : 0);
  chunk.words[start / 4 + 1] = count;
  chunk.doubles[at - 1] = first;
  if (places === null) chunk.doubles.set(values, at);
  else for (let i = 0; i < count; i++) chunk.doubles[at + i] = values[places[i] ?? 0] ?? 0;
  let end = (at + count) * 8;
  if (times !== null) end = writeTimes(times, chunk.bytes, end);
  chunk.bytes.set(runs, end);
  end += runs.length;
  chunk.used = (end + 7) & ~7;
  return { series, fromMs, toMs, times, chunk, at, payload: chunk.bytes.subarray(start, end) };
}

/** Some of its samples are not the newest of their series. */
export function markLate({ payload }: PendingRow): void {
  payload[1] = (payload[1] ?? 0) | LATE;
}

/** A copy of the times, or null when they are all the same. Throws `malformed`. */
function differingTimes({ series, times, places }: RowSamples): Float64Array | null {
  const first = times[places?.[0] ?? 0] ?? 0;
  let same = true;
  for (let i = 0; i < series.length; i++) {
    if (times[places === null ? i : (places[i] ?? 0)] !== first) {
      same = false;
      break;
    }
  }
  if (same) {
    checkTime(first);
    return null;
  }
  const copy = Float64Array.from(series, (_, i) => times[places?.[i] ?? i] ?? 0);
  for (const timeMs of copy) checkTime(timeMs);
  return copy;
}

function extremes(times: Float64Array): [number, number] {
  let fromMs = times[0] ?? 0;
  let toMs = fromMs;
  for (const timeMs of times) {
    if (timeMs < fromMs) fromMs = timeMs;
    if (timeMs > toMs) toMs = timeMs;
  }
  return [fromMs, toMs];
}

function checkTime(timeMs: number): void {
  if (Number.isInteger(timeMs) && Math.abs(timeMs) <= MOST_INT) return;
  throw new Failure('malformed', `a sample has the time ${timeMs}`, {
    hint: 'send times as whole Unix milliseconds',
  });
}

function writeTimes(times: Float64Array, bytes: Uint8Array, start: number): number {
  let end = start;
  for (let i = 1; i < times.length; i++) {
    const step = (times[i] ?? 0) - (times[i - 1] ?? 0);
    end = writeVarint(bytes, end, step < 0 ? -2 * step - 1 : 2 * step);
  }
  return end;
}

/** Reads rows, one at a time, into arrays that it uses again for the next. */
export class RowReader {
  count = 0;
  /** Some samples are not the newest of their series. */
  late = false;
  series = new Uint32Array(0);
  times = new Float64Array(0);
  values: Float64Array = new Float64Array(0);

  /** The payload must have passed its checksum. */
  read(payload: Uint8Array): void {
    const reader = new ByteReader(payload);
    if (reader.byte() !== VERSION) bug('a journal row of an unknown version');
    const flags = reader.byte();
    reader.take(2);
    this.count = reader.word();
    this.late = (flags & LATE) !== 0;
    if (this.series.length < this.count) {
      this.series = new Uint32Array(this.count * 2);
      this.times = new Float64Array(this.count * 2);
    }
    const [firstMs = 0] = doublesAt(payload, reader.take(8), 1);
    this.values = doublesAt(payload, reader.take(this.count * 8), this.count);
    if ((flags & ONE_TIME) !== 0) this.times.fill(firstMs, 0, this.count);
    else this.#readTimes(reader, firstMs);
    this.#readSeries(reader);
  }

  #readTimes(reader: ByteReader, firstMs: number): void {
    let timeMs = firstMs;
    this.times[0] = timeMs;
    for (let i = 1; i < this.count; i++) {
      timeMs += reader.signed();
      this.times[i] = timeMs;
    }
  }

  #readSeries(reader: ByteReader): void {
    let previous = 0;
    for (let at = 0; at < this.count; ) {
      const first = previous + reader.signed();
      const length = reader.varint();
      for (let i = 0; i < length; i++) this.series[at++] = first + i;
      previous = first + length;
    }
  }
}

/** Doubles at a place in bytes: the same memory where it is aligned, else a copy. */
function doublesAt(bytes: Uint8Array, offset: number, count: number): Float64Array {
  const from = bytes.byteOffset + offset;
  if (from % 8 === 0) return new Float64Array(bytes.buffer, from, count);
  return new Float64Array(new Uint8Array(bytes.subarray(offset, offset + count * 8)).buffer);
}
