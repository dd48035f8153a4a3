/** The table of rollups: what `indicators` made of a day of a device. Opaque here, but checked. */
import { crc32 } from 'node:zlib';
import type { Log } from '../../shared/log.ts';
import { DAY_MS } from '../../shared/units.ts';
import type { Database, Statement } from './database.ts';
import type { DeviceState } from './device-state.ts';
import type { RollupDay } from './store.ts';

interface RollupRow {
  readonly day_ms: number;
  readonly rollups_checksum: number;
  readonly rollups: Uint8Array;
  readonly histograms_checksum: number;
  readonly histograms: Uint8Array;
}

const NOTHING = new Uint8Array(0);

export interface RollupLimits {
  readonly rollupsBeforeMs: number;
  readonly histogramsBeforeMs: number;
}

export class Rollups {
  corrupt = 0;
  readonly #log: Log;
  readonly #replace: Statement;
  readonly #select: Statement;
  readonly #past: Statement;
  readonly #empty: Statement;
  readonly #delete: Statement;
  readonly #remove: Statement;

  constructor(database: Database, log: Log) {
    this.#log = log;
    this.#replace = database.prepare(
      'INSERT OR REPLACE INTO rollups(device, day_ms, rollups_checksum, rollups, ' +
        'histograms_checksum, histograms) VALUES(?, ?, ?, ?, ?, ?)',
    );
    this.#select = database.prepare(
      'SELECT day_ms, rollups_checksum, rollups, histograms_checksum, histograms FROM rollups ' +
        'WHERE device = ? AND day_ms > ? AND day_ms < ? ORDER BY day_ms',
    );
    this.#past = database
      .prepare(
        'SELECT EXISTS(SELECT 1 FROM rollups WHERE device = ? AND day_ms < ?) OR ' +
          'EXISTS(SELECT 1 FROM rollups WHERE device = ? AND day_ms < ? AND length(rollups) > 0)',
      )
      .pluck();
    this.#empty = database.prepare(
      "UPDATE rollups SET rollups = x'' " +
        'WHERE device = ? AND day_ms < ? AND length(rollups) > 0 LIMIT ?',
    );
    this.#delete = database.prepare('DELETE FROM rollups WHERE device = ? AND day_ms < ? LIMIT ?');
    this.#remove = database.prepare('DELETE FROM rollups WHERE device = ?');
  }

  /** Inside a transaction. */
  write(device: DeviceState, { dayMs, rollups, histograms }: RollupDay): void {
    this.#replace.run(
      device.id,
      dayMs,
      checksumOf(rollups, device, dayMs),
      rollups,
      checksumOf(histograms, device, dayMs),
      histograms,
    );
  }

  /** Days that overlap fromMs ≤ time < toMs, ascending. A damaged part is empty, and counted. */
  days(device: DeviceState, fromMs: number, toMs: number): RollupDay[] {
    const rows = this.#select.all(device.id, fromMs - DAY_MS, toMs) as RollupRow[];
    return rows.map((row) => ({
      device: device.name,
      dayMs: row.day_ms,
      rollups: this.#sound(device, row.day_ms, [row.rollups, row.rollups_checksum]),
      histograms: this.#sound(device, row.day_ms, [row.histograms, row.histograms_checksum]),
    }));
  }

  hasPastTerm(device: DeviceState, { rollupsBeforeMs, histogramsBeforeMs }: RollupLimits): boolean {
    const { id } = device;
    return this.#past.get(id, histogramsBeforeMs, id, rollupsBeforeMs) === 1;
  }

  /** Inside a transaction: drops at most `most` days of each kind. */
  prune(device: DeviceState, limits: RollupLimits, most: number): void {
    this.#delete.run(device.id, limits.histogramsBeforeMs, most);
    this.#empty.run(device.id, limits.rollupsBeforeMs, most);
  }

  /** Inside a transaction. */
  remove(device: DeviceState): void {
    this.#remove.run(device.id);
  }

  #sound(device: DeviceState, dayMs: number, part: readonly [Uint8Array, number]): Uint8Array {
    const [bytes, checksum] = part;
    if (bytes.length === 0 || checksumOf(bytes, device, dayMs) === checksum) return bytes;
    this.corrupt++;
    this.#log.error('a damaged rollup was left out', { device: device.name, dayMs });
    return NOTHING;
  }
}

function checksumOf(bytes: Uint8Array, device: DeviceState, dayMs: number): number {
  return crc32(bytes, (device.id ^ Math.imul(dayMs / DAY_MS, 0x9e3779b1)) >>> 0);
}
