/**
 * The journal: rows in order of arrival, and which of them each device still needs. Rows are
 * deleted from the front, in stretches, once every device has them in blocks: that frees whole
 * pages, where deleting a device's rows one by one would rewrite each page several times.
 */
import { crc32 } from 'node:zlib';
import type { Log } from '../../shared/log.ts';
import type { CursorState, Cursors } from './cursors.ts';
import { type Database, isCorrupt, readTogether, type Statement } from './database.ts';
import type { DeviceState, JournalRowFacts } from './device-state.ts';
import { RowReader } from './journal-row.ts';
import type { LatestSamples } from './latest-samples.ts';
import type { Staged } from './staged.ts';

/** id, device, cursor, seq, samples, from_ms, to_ms. */
type RowFacts = [number, number, number | null, number | null, number, number, number];
/** device, seq, checksum, payload. */
type WholeRow = [number, number | null, number, Buffer];

export interface NewRow {
  readonly device: DeviceState;
  readonly cursor: CursorState | null;
  readonly payload: Buffer;
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: number;
}

export interface JournalOptions {
  readonly database: Database;
  readonly log: Log;
  /** Dates arrivals. */
  readonly monotonicMs: () => number;
}

export interface LoadInto {
  readonly deviceById: (id: number) => DeviceState | undefined;
  readonly cursors: Cursors;
  readonly latest: LatestSamples;
  readonly sealed: number;
}

const FACTS = 'id, device, cursor, seq, samples, from_ms, to_ms';
/** Rows taken over at a time at the start. */
const ROWS_PER_LOAD = 10_000;

export class Journal implements Staged {
  /** Ids in the table, needed or not: first ≤ id < next. */
  firstRow = 1;
  nextRow = 1;
  /** Rows that are in no block yet, and their samples. */
  rows = 0;
  samples = 0;
  corruptRows = 0;
  readonly #database: Database;
  readonly #insert: Statement;
  readonly #select: Statement;
  readonly #selectFrom: Statement;
  readonly #delete: Statement;
  readonly #log: Log;
  readonly #monotonicMs: () => number;
  #staged: { device: DeviceState; facts: JournalRowFacts }[] = [];

  constructor({ database, log, monotonicMs }: JournalOptions) {
    this.#database = database;
    this.#log = log;
    this.#monotonicMs = monotonicMs;
    this.#insert = database.prepare(
      `INSERT INTO journal(${FACTS}, checksum, payload) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#select = database
      .prepare('SELECT device, seq, checksum, payload FROM journal WHERE id = ?')
      .raw();
    this.#selectFrom = database
      .prepare(`SELECT ${FACTS} FROM journal WHERE id >= ? ORDER BY id LIMIT ${ROWS_PER_LOAD}`)
      .raw();
    this.#delete = database.prepare('DELETE FROM journal WHERE id < ?');
  }

  /**
   * Takes over the rows added since the last call: all of them, the first time. Ids up to `sealed`
   * (the highest that any device has in blocks) stay used, also when no row is left.
   */
  load({ deviceById, cursors, latest, sealed }: LoadInto): void {
    const before = this.nextRow;
    let firstFound: number | undefined;
    const touched = new Set<DeviceState>();
    for (let rows = this.#nextRows(); rows.length > 0; rows = this.#nextRows()) {
      firstFound ??= rows[0]?.[0];
      for (const [id, deviceId, cursor, seq, samples, fromMs, toMs] of rows) {
        this.nextRow = id + 1;
        if (cursor !== null && seq !== null) cursors.carried(cursor, seq);
        const device = deviceById(deviceId);
        if (device === undefined || id <= device.sealedRow) continue;
        this.#take(device, { id, fromMs, toMs, samples });
        touched.add(device);
      }
    }
    this.nextRow = Math.max(this.nextRow, sealed + 1);
    if (before === 1) this.firstRow = firstFound ?? this.nextRow;
    for (const device of touched) this.#restoreLatest(device, before, latest);
  }

  #nextRows(): RowFacts[] {
    return this.#selectFrom.all(this.nextRow) as RowFacts[];
  }

  /**
   * Newest samples from the rows of a device, last written first; they are younger than what its
   * head told. A row without late samples says the last word about its series, so mostly one row
   * is enough.
   */
  #restoreLatest(device: DeviceState, firstId: number, latest: LatestSamples): void {
    const reader = new RowReader();
    const told = new Set<number>();
    const settled = new Set<number>();
    const { ids } = device.rows;
    for (let i = ids.length - 1; i >= 0 && settled.size < device.series.length; i--) {
      const id = ids[i] ?? 0;
      const payload = id < firstId ? null : this.#payload(id);
      if (payload === null) continue;
      reader.read(payload);
      for (let k = reader.count - 1; k >= 0; k--) {
        const series = reader.series[k] ?? 0;
        const timeMs = reader.times[k] ?? 0;
        const known = latest.times[series] ?? Number.POSITIVE_INFINITY;
        if (timeMs > known || (timeMs === known && !told.has(series))) {
          latest.set(series, timeMs, reader.values[k] ?? 0);
          told.add(series);
        }
        if (!reader.late) settled.add(series);
      }
    }
  }

  /** Inside a transaction. */
  insert({ device, cursor, payload, fromMs, toMs, samples }: NewRow): void {
    const id = this.nextRow++;
    const seq = cursor === null ? null : cursor.seq;
    const checksum = checksumOf(payload, device.id, seq);
    const carrier = cursor === null ? null : cursor.id;
    this.#insert.run(id, device.id, carrier, seq, samples, fromMs, toMs, checksum, payload);
    this.#staged.push({ device, facts: { id, fromMs, toMs, samples } });
  }

  /** The bytes of rows, without those that are gone or damaged; damage is counted. */
  payloads(ids: readonly number[]): Uint8Array[] {
    return readTogether(this.#database, () => {
      const payloads: Uint8Array[] = [];
      for (const id of ids) {
        const payload = this.#payload(id);
        if (payload !== null) payloads.push(payload);
      }
      return payloads;
    });
  }

  /** The oldest `count` rows of a device are in blocks now. */
  sealed(device: DeviceState, count: number): void {
    this.samples -= device.rows.shift(count);
    this.rows -= count;
    device.waitingSinceMs = this.#monotonicMs();
  }

  /** Another process sealed rows of the device. */
  forgetSealed(device: DeviceState): void {
    const { ids } = device.rows;
    const first = ids.findIndex((id) => id > device.sealedRow);
    this.sealed(device, first < 0 ? ids.length : first);
  }

  /** The device is gone: its rows are nobody's and are deleted when their turn comes. */
  forget(device: DeviceState): void {
    this.sealed(device, device.rows.ids.length);
  }

  /** Inside a transaction: deletes the rows before `id`. */
  deleteBefore(id: number): void {
    this.#delete.run(id);
  }

  write(): void {}

  commit(): void {
    for (const { device, facts } of this.#staged) {
      this.#take(device, facts);
      device.changed = true;
    }
    this.#staged.length = 0;
  }

  rollback(): void {
    this.#staged.length = 0;
  }

  #take(device: DeviceState, facts: JournalRowFacts): void {
    if (device.rows.ids.length === 0) device.waitingSinceMs = this.#monotonicMs();
    device.rows.push(facts);
    if (facts.toMs > device.newestMs) device.newestMs = facts.toMs;
    this.rows++;
    this.samples += facts.samples;
  }

  #payload(id: number): Uint8Array | null {
    try {
      const row = this.#select.get(id) as WholeRow | undefined;
      if (row === undefined) return null;
      const [device, seq, checksum, payload] = row;
      if (checksumOf(payload, device, seq) === checksum) return payload;
    } catch (error) {
      if (!isCorrupt(error)) throw error;
    }
    this.#noteDamage(id);
    return null;
  }

  #noteDamage(row: number): void {
    this.corruptRows++;
    this.#log.error('a damaged row of the journal was left out', { row });
  }
}

/** Covers what tells whose the row is, too. */
function checksumOf(payload: Buffer, device: number, seq: number | null): number {
  return crc32(payload, (device ^ Math.imul((seq ?? 0) + 1, 0x9e3779b1)) >>> 0);
}
