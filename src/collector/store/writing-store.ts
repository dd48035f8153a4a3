/** The store of the one process that writes. */
import { bug, Failure } from '../../shared/errors.ts';
import type { Labels } from '../../shared/sample.ts';
import { DAY_MS } from '../../shared/units.ts';
import type { Appender } from './append.ts';
import type { Care } from './care.ts';
import type { DiskGuard } from './disk-guard.ts';
import type { GroupCommit } from './group-commit.ts';
import { SplitShape } from './shapes.ts';
import type { Append, Receipt, RollupDay, Shape, Store, StoreStats } from './store.ts';
import type { StoreParts } from './store-parts.ts';
import { StoreReader } from './store-reader.ts';
import { statsOf } from './store-stats.ts';
import type { WriteAheadLog } from './wal.ts';
import type { WriterLock } from './writer-lock.ts';

export interface WritingRooms {
  readonly file: string;
  readonly commit: GroupCommit;
  readonly appender: Appender;
  readonly care: Care;
  readonly guard: DiskGuard;
  readonly wal: WriteAheadLog;
  readonly lock: WriterLock;
}

export class WritingStore extends StoreReader implements Store {
  readonly #rooms: WritingRooms;
  /** Pieces of care run one after the other. */
  #care: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(parts: StoreParts, rooms: WritingRooms) {
    super(parts);
    this.#rooms = rooms;
  }

  resolve(labels: Labels, sender: string): number {
    return this.parts.dictionary.resolve(labels, sender);
  }

  shape(series: readonly number[]): Shape {
    return new SplitShape(series, this.parts.dictionary);
  }

  append(batch: Append): Promise<Receipt> {
    const { appender, commit, guard, wal } = this.#rooms;
    try {
      this.#assertOpen();
      const refusal = guard.refusal() ?? wal.refusal();
      if (refusal !== null) throw refusal;
      return appender.append(batch, commit);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  takeChanged(): readonly string[] {
    const names: string[] = [];
    for (const device of this.parts.dictionary.devices.values()) {
      if (!device.changed) continue;
      device.changed = false;
      names.push(device.name);
    }
    return names;
  }

  async writeRollup(
    day: RollupDay,
    clearedHours: readonly number[],
    revisions?: readonly number[],
  ): Promise<void> {
    this.#assertOpen();
    if (day.dayMs % DAY_MS !== 0) bug(`${day.dayMs} is not the start of a day`);
    const device = this.device(day.device);
    if (device === undefined) throw new Failure('not_found', `no device ${day.device}`);
    const { hours, rollups } = this.parts;
    await this.#rooms.commit.write(() => {
      if (device.removed) return;
      rollups.write(device, day);
      hours.clear(device, clearedHours, revisions);
    });
  }

  async maintain(budgetMs: number): Promise<boolean> {
    try {
      return await this.#alone(() => this.#rooms.care.tend(budgetMs));
    } catch (error) {
      // A full disk or a busy file passes; the guard has logged it.
      if (error instanceof Failure && error.retry && this.#rooms.commit.fatal === null)
        return false;
      throw error;
    }
  }

  sealAll(): Promise<void> {
    return this.#alone(() => this.#rooms.care.sealAll());
  }

  removeDevice(name: string): Promise<void> {
    return this.#alone(async () => {
      const device = this.device(name);
      if (device === undefined) throw new Failure('not_found', `no device ${name}`);
      const { blocks, devices, dictionary, hours, journal, rollups } = this.parts;
      this.#rooms.commit.writeNow(() => {
        blocks.delete(blocks.list(device));
        rollups.remove(device);
        devices.remove(device, dictionary.generation + 1);
      });
      hours.remove(device);
      journal.forget(device);
      dictionary.remove(device);
    });
  }

  stats(): StoreStats {
    const { appender, commit, file } = this.#rooms;
    return statsOf({ parts: this.parts, file, commits: commit, appends: appender });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { commit, lock } = this.#rooms;
    commit.flush();
    await this.#care.catch(() => {});
    commit.flush();
    // Closing makes a checkpoint, which must not be tried on a disk that failed.
    if (commit.fatal === null) this.parts.database.close();
    lock.release();
  }

  #alone<Result>(piece: () => Promise<Result>): Promise<Result> {
    const turn = this.#care
      .catch(() => {})
      .then(() => {
        this.#assertOpen();
        return piece();
      });
    this.#care = turn;
    return turn;
  }

  #assertOpen(): void {
    if (this.#rooms.commit.fatal !== null) throw this.#rooms.commit.fatal;
    if (this.#closed) throw new Failure('unavailable', 'the store is closed');
  }
}
