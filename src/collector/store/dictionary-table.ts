/** The rows of the series dictionary: senders, devices with their heads, series. */
import { crc32 } from 'node:zlib';
import type { Log } from '../../shared/log.ts';
import type { Database, Statement } from './database.ts';
import { applyHead, encodeHead } from './device-head.ts';
import { DeviceState } from './device-state.ts';
import type { LatestSamples } from './latest-samples.ts';
import { type Sender, type SeriesDictionary, seriesKey } from './series-dictionary.ts';
import type { Staged } from './staged.ts';

interface DeviceRow {
  readonly id: number;
  readonly name: string;
  readonly sealed: number;
  readonly checksum: number;
  readonly head: Uint8Array | null;
}

interface SeriesRow {
  readonly id: number;
  readonly device: number;
  readonly sender: number;
  readonly checksum: number;
  readonly labels: string;
}

export interface DictionaryTableOptions {
  readonly database: Database;
  readonly dictionary: SeriesDictionary;
  readonly latest: LatestSamples;
  readonly log: Log;
}

export class DictionaryTable implements Staged {
  readonly #database: Database;
  readonly #dictionary: SeriesDictionary;
  readonly #latest: LatestSamples;
  readonly #log: Log;
  readonly #devices = new Map<number, DeviceState>();
  readonly #senders = new Map<number, Sender>();
  readonly #loaded = { sender: 0, device: 0, series: 0 };
  readonly #insertSender: Statement;
  readonly #insertDevice: Statement;
  readonly #insertSeries: Statement;
  readonly #updateHead: Statement;
  readonly #selectSealed: Statement;
  readonly #selectDevice: Statement;

  constructor({ database, dictionary, latest, log }: DictionaryTableOptions) {
    this.#database = database;
    this.#dictionary = dictionary;
    this.#latest = latest;
    this.#log = log;
    this.#insertSender = database.prepare('INSERT INTO senders(id, name) VALUES(?, ?)');
    this.#insertDevice = database.prepare('INSERT INTO devices(id, name) VALUES(?, ?)');
    this.#insertSeries = database.prepare(
      'INSERT INTO series(id, device, sender, checksum, labels) VALUES(?, ?, ?, ?, ?)',
    );
    this.#updateHead = database.prepare(
      'UPDATE devices SET sealed = ?, checksum = ?, head = ? WHERE id = ?',
    );
    this.#selectSealed = database.prepare('SELECT id, sealed FROM devices');
    this.#selectDevice = database.prepare('SELECT * FROM devices WHERE id = ?');
  }

  deviceById(id: number): DeviceState | undefined {
    return this.#devices.get(id);
  }

  /** Takes over the rows added since the last call. */
  load(): void {
    const loaded = this.#loaded;
    for (const row of this.#rows<{ id: number; name: string }>('senders', loaded.sender)) {
      const sender = { ...row, series: 0 };
      this.#dictionary.addSender(sender);
      this.#senders.set(sender.id, sender);
      loaded.sender = row.id;
    }
    const heads: DeviceRow[] = [];
    for (const row of this.#rows<DeviceRow>('devices', loaded.device)) {
      const device = new DeviceState(row.id, row.name);
      device.sealedRow = row.sealed;
      this.#dictionary.addDevice(device);
      this.#devices.set(device.id, device);
      heads.push(row);
      loaded.device = row.id;
    }
    for (const row of this.#rows<SeriesRow>('series', loaded.series)) {
      this.#addSeries(row);
      loaded.series = row.id;
    }
    for (const row of heads) this.#applyHead(row);
    this.#skipUsedNumbers();
  }

  /** Another process sealed: forgets the rows that are in blocks now. Returns the devices. */
  loadSealed(): DeviceState[] {
    const changed: DeviceState[] = [];
    for (const { id, sealed } of this.#selectSealed.all() as Pick<DeviceRow, 'id' | 'sealed'>[]) {
      const device = this.#devices.get(id);
      if (device === undefined || device.sealedRow === sealed) continue;
      device.sealedRow = sealed;
      const row = this.#selectDevice.get(id) as DeviceRow | undefined;
      if (row !== undefined) this.#applyHead(row);
      changed.push(device);
    }
    return changed;
  }

  write(): void {
    const { senders, devices, series } = this.#dictionary.unsaved;
    for (const { id, name } of senders) this.#insertSender.run(id, name);
    for (const { id, name } of devices) this.#insertDevice.run(id, name);
    for (const { number, device, sender } of series) {
      const labels = JSON.stringify(this.#dictionary.labelsOf(number));
      const checksum = crc32(labels, device.id);
      this.#insertSeries.run(number, device.id, sender.id, checksum, labels);
    }
  }

  commit(): void {
    const { unsaved } = this.#dictionary;
    if (unsaved.series.length === 0) return;
    for (const device of unsaved.devices) this.#devices.set(device.id, device);
    for (const sender of unsaved.senders) this.#senders.set(sender.id, sender);
    unsaved.senders = [];
    unsaved.devices = [];
    unsaved.series = [];
  }

  /** What could not be saved is saved with the next transaction. */
  rollback(): void {}

  /** Inside a transaction: rows up to `sealedRow` are in blocks now. */
  saveHead(device: DeviceState, sealedRow: number): void {
    const head = encodeHead(device, this.#latest);
    this.#updateHead.run(sealedRow, crc32(head, device.id), head, device.id);
  }

  /** Inside a transaction: everything of the device but its blocks and rollups. */
  remove({ id }: DeviceState, generation: number): void {
    for (const table of ['series', 'pending_hours']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE device = ?`).run(id);
    }
    this.#database.prepare('DELETE FROM devices WHERE id = ?').run(id);
    this.#database.prepare("UPDATE facts SET value = ? WHERE name = 'generation'").run(generation);
  }

  #rows<Row>(table: 'senders' | 'devices' | 'series', after: number): IterableIterator<Row> {
    const select = this.#database.prepare(`SELECT * FROM ${table} WHERE id > ? ORDER BY id`);
    return select.iterate(after) as IterableIterator<Row>;
  }

  #addSeries(row: SeriesRow): void {
    const device = this.#devices.get(row.device);
    const sender = this.#senders.get(row.sender);
    if (device === undefined || sender === undefined) return;
    if (crc32(row.labels, row.device) !== row.checksum) {
      this.#log.error('a damaged series was left out', { series: row.id, device: device.name });
      return;
    }
    const key = seriesKey(JSON.parse(row.labels), device.name);
    this.#dictionary.addSeries({ number: row.id, key, device, sender });
  }

  #applyHead({ id, head, checksum }: DeviceRow): void {
    const device = this.#devices.get(id);
    if (device === undefined || head === null) return;
    if (crc32(head, id) === checksum) applyHead(head, device, this.#latest);
    else this.#log.error('the newest samples of a device were damaged', { device: device.name });
  }

  /** Numbers of what was removed stay used: rows in the journal may still carry them. */
  #skipUsedNumbers(): void {
    const used = this.#database.prepare('SELECT name, seq FROM sqlite_sequence').all();
    const { next } = this.#dictionary;
    for (const { name, seq } of used as { name: string; seq: number }[]) {
      if (name === 'series') next.series = Math.max(next.series, seq + 1);
      if (name === 'devices') next.device = Math.max(next.device, seq + 1);
    }
    this.#latest.reserve(next.series);
  }
}
