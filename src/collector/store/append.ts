/** Appends: requests → rows, cursors and gaps of one group commit → receipts. */
import { bug, Failure } from '../../shared/errors.ts';
import { type Admission, admit } from './admit.ts';
import { Arena } from './arena.ts';
import type { CursorState, Cursors } from './cursors.ts';
import type { DeviceState } from './device-state.ts';
import type { Gaps } from './gaps.ts';
import type { GroupCommit, Work } from './group-commit.ts';
import type { Journal } from './journal.ts';
import { markLate, type PendingRow, writeRow } from './journal-row.ts';
import type { LatestSamples } from './latest-samples.ts';
import type { PendingHours } from './pending-hours.ts';
import type { SeriesDictionary } from './series-dictionary.ts';
import { encodeRuns, splitShapeOf } from './shapes.ts';
import type { Staged } from './staged.ts';
import type { Append, Receipt } from './store.ts';

const DUPLICATE: Receipt = Object.freeze({ kind: 'duplicate' });

export interface AppenderOptions {
  readonly dictionary: SeriesDictionary;
  readonly latest: LatestSamples;
  readonly journal: Journal;
  readonly cursors: Cursors;
  readonly hours: PendingHours;
  readonly gaps: Gaps;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export class Appender implements Staged {
  /** Committed samples: stored, dropped as duplicates, and of the stored ones those out of order. */
  readonly counts = { stored: 0, duplicates: 0, late: 0 };
  /** Unix milliseconds of the newest committed append; 0 for none since the start. */
  lastMs = 0;
  readonly arena = new Arena();
  readonly rooms: AppenderOptions;
  /** What the transaction under way adds to `counts`. */
  readonly #staged = { stored: 0, duplicates: 0, late: 0 };

  constructor(rooms: AppenderOptions) {
    this.rooms = rooms;
  }

  /** Copies the arrays of `batch`, and resolves after the COMMIT of its group. */
  append(batch: Append, commit: GroupCommit): Promise<Receipt> {
    const shape = splitShapeOf(batch.shape);
    const { times, values } = batch;
    if (shape.generation !== this.rooms.dictionary.generation) {
      throw new Failure('unavailable', 'series were removed while the request was on its way', {
        hint: 'send the request again',
      });
    }
    if (times.length !== shape.series.length || values.length !== shape.series.length) {
      bug('times and values of a batch do not fit its shape');
    }
    const rows: DeviceRow[] = [];
    for (const { device, series, runs, places } of shape.parts) {
      const row = writeRow(this.arena, { series, runs, times, values, places });
      rows.push({ device, row });
    }
    return new Promise((resolve, reject) => {
      commit.add(new AppendWork(this, { batch, rows, resolve, reject }));
    });
  }

  count(stored: number, { duplicates, late }: { duplicates: number; late: number }): void {
    this.#staged.stored += stored;
    this.#staged.duplicates += duplicates;
    this.#staged.late += late;
  }

  write(): void {}

  commit(): void {
    if (this.#staged.stored > 0) this.lastMs = this.rooms.now();
    this.counts.stored += this.#staged.stored;
    this.counts.duplicates += this.#staged.duplicates;
    this.counts.late += this.#staged.late;
    this.rollback();
  }

  rollback(): void {
    this.#staged.stored = this.#staged.duplicates = this.#staged.late = 0;
    this.arena.reset();
  }
}

interface DeviceRow {
  readonly device: DeviceState;
  readonly row: PendingRow;
}

interface Request {
  readonly batch: Append;
  readonly rows: readonly DeviceRow[];
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (reason: unknown) => void;
}

class AppendWork implements Work {
  readonly #appender: Appender;
  readonly #request: Request;
  #receipt: Receipt = DUPLICATE;

  constructor(appender: Appender, request: Request) {
    this.#appender = appender;
    this.#request = request;
  }

  get samples(): number {
    return this.#request.batch.shape.series.length;
  }

  run(): void {
    const { cursors } = this.#appender.rooms;
    const { cursor, gaps } = this.#request.batch;
    if (cursor === undefined) {
      this.#receipt = this.#store(null);
      return;
    }
    const { agent, epoch, seq } = cursor;
    const last = cursors.seq(agent, epoch);
    const declared = gaps !== undefined && gaps.length > 0;
    const place = placeOf(seq, last, declared);
    if (place === 'ahead') this.#receipt = { kind: 'gap', expected: last + 1 };
    if (place === 'next') this.#receipt = this.#store(cursors.move(agent, epoch, seq));
  }

  done(): void {
    this.#request.resolve(this.#receipt);
  }

  failed(reason: unknown): void {
    this.#request.reject(reason);
  }

  #store(cursor: CursorState | null): Receipt {
    const { cursors, gaps } = this.#appender.rooms;
    const { batch, rows } = this.#request;
    let carrier = cursor;
    let samples = 0;
    let duplicates = 0;
    for (const { device, row } of rows) {
      const stored = this.#storeRow(device, row, carrier);
      samples += stored;
      duplicates += row.series.length - stored;
      if (stored > 0) carrier = null;
    }
    if (carrier !== null) cursors.save(carrier);
    if (batch.gaps !== undefined) gaps.insert(cursor?.agent ?? batch.sender, batch.gaps);
    return { kind: 'stored', samples, duplicates };
  }

  /** Returns how many samples of the row were stored. */
  #storeRow(device: DeviceState, row: PendingRow, cursor: CursorState | null): number {
    const { latest, journal, hours } = this.#appender.rooms;
    const admission = admit(row, latest);
    const duplicates = admission.duplicates?.length ?? 0;
    const samples = row.series.length - duplicates;
    this.#appender.count(samples, { duplicates, late: admission.late });
    if (samples === 0) return 0;
    if (row.times === null) hours.touch(device, row.fromMs);
    else for (const timeMs of row.times) hours.touch(device, timeMs);
    const kept = duplicates === 0 ? row : this.#without(row, admission);
    if (admission.late > 0) markLate(kept);
    const { payload, fromMs, toMs } = kept;
    journal.insert({ device, cursor, payload, fromMs, toMs, samples });
    return samples;
  }

  /** The same row without its duplicates. */
  #without(row: PendingRow, { duplicates }: Admission): PendingRow {
    const { series, fromMs, times, chunk, at } = row;
    const dropped = new Set(duplicates);
    const places = Uint32Array.from(series.keys()).filter((place) => !dropped.has(place));
    const kept = places.map((place) => series[place] ?? 0);
    return writeRow(this.#appender.arena, {
      series: kept,
      runs: encodeRuns(kept),
      times: times ?? new Float64Array(series.length).fill(fromMs),
      values: chunk.doubles.subarray(at, at + series.length),
      places,
    });
  }
}

/** Where a numbered batch belongs: numbers may only be skipped when the loss is declared (P2, P3). */
export function placeOf(
  seq: number,
  last: number,
  declared: boolean,
): 'duplicate' | 'next' | 'ahead' {
  if (seq <= last) return 'duplicate';
  return seq === last + 1 || declared ? 'next' : 'ahead';
}
