/**
 * Hours of devices that got samples and whose rollups are not written yet: in memory and, committed
 * with the samples, in a table. An hour's revision is the number of the commit that touched it last,
 * so an hour that got samples while its rollup was computed is not taken for done.
 */
import { HOUR_MS } from '../../shared/units.ts';
import type { Database, Statement } from './database.ts';
import type { DeviceState, HourMark } from './device-state.ts';
import type { Staged } from './staged.ts';
import type { PendingHour } from './store.ts';

interface RolledUp {
  readonly device: DeviceState;
  readonly mark: HourMark;
  /** The revision the rollup was made of; undefined when its maker does not say. */
  readonly revision: number | undefined;
}

export class PendingHours implements Staged {
  readonly #insert: Statement;
  readonly #delete: Statement;
  /** Of the transaction under way or, between two, of the next one. */
  #revision = 1;
  #count = 0;
  #unsaved: { device: DeviceState; hourMs: number }[] = [];
  /** What the transaction under way writes rollups of, and what of it is done with. */
  readonly #rolledUp: RolledUp[] = [];
  readonly #cleared: RolledUp[] = [];

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT OR IGNORE INTO pending_hours VALUES(?, ?)');
    this.#delete = database.prepare('DELETE FROM pending_hours WHERE device = ? AND hour_ms = ?');
  }

  get count(): number {
    return this.#count;
  }

  /** Takes over a row of the table. */
  add(device: DeviceState, hourMs: number): HourMark {
    const mark = { hourMs, revision: 0 };
    if (!device.hours.has(hourMs)) this.#count++;
    device.hours.set(hourMs, mark);
    return mark;
  }

  /** Inside a transaction: a sample of that time is stored with it. */
  touch(device: DeviceState, timeMs: number): void {
    const last = device.lastHour;
    if (last !== undefined && timeMs >= last.hourMs && timeMs < last.hourMs + HOUR_MS) {
      last.revision = this.#revision;
      return;
    }
    const hourMs = Math.floor(timeMs / HOUR_MS) * HOUR_MS;
    const mark = device.hours.get(hourMs) ?? this.#create(device, hourMs);
    mark.revision = this.#revision;
    device.lastHour = mark;
  }

  /** Inside a transaction: rollups of these hours are written with it. */
  clear(device: DeviceState, hours: readonly number[], revisions?: readonly number[]): void {
    for (const [i, hourMs] of hours.entries()) {
      const mark = device.hours.get(hourMs);
      if (mark !== undefined) this.#rolledUp.push({ device, mark, revision: revisions?.[i] });
    }
  }

  /** Start of the oldest pending hour; Infinity when there is none. */
  oldest(device: DeviceState): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const hourMs of device.hours.keys()) if (hourMs < oldest) oldest = hourMs;
    return oldest;
  }

  /** Oldest first. */
  list(devices: Iterable<DeviceState>): PendingHour[] {
    const list: PendingHour[] = [];
    for (const { name, hours } of devices) {
      for (const { hourMs, revision } of hours.values()) {
        list.push({ device: name, hourMs, revision });
      }
    }
    return list.sort((a, b) => a.hourMs - b.hourMs);
  }

  /** The device is gone, with its rows. */
  remove(device: DeviceState): void {
    this.#count -= device.hours.size;
    device.hours.clear();
    device.lastHour = undefined;
    this.#unsaved = this.#unsaved.filter((hour) => hour.device !== device);
  }

  write(): void {
    for (const { device, hourMs } of this.#unsaved) this.#insert.run(device.id, hourMs);
    for (const done of this.#rolledUp) {
      const { device, mark, revision } = done;
      if (mark.revision === this.#revision || mark.revision !== (revision ?? mark.revision)) {
        continue;
      }
      this.#delete.run(device.id, mark.hourMs);
      this.#cleared.push(done);
    }
  }

  commit(): void {
    for (const { device, mark } of this.#cleared) this.#forget(device, mark);
    if (this.#unsaved.length > 0) this.#unsaved = [];
    this.#end();
  }

  /** A mark without its samples does no harm, and is saved with the next transaction. */
  rollback(): void {
    this.#end();
  }

  #end(): void {
    this.#revision++;
    this.#rolledUp.length = this.#cleared.length = 0;
  }

  #create(device: DeviceState, hourMs: number): HourMark {
    this.#unsaved.push({ device, hourMs });
    return this.add(device, hourMs);
  }

  #forget(device: DeviceState, mark: HourMark): void {
    if (device.hours.get(mark.hourMs) !== mark) return;
    device.hours.delete(mark.hourMs);
    this.#count--;
    if (device.lastHour === mark) device.lastHour = undefined;
  }
}
