/**
 * The store's care of itself, in small steps, most urgent first: checkpoint, seal, prune the
 * journal, merge blocks, drop what is past its term. Appends and reads go on
 * between the steps. One caller at a time.
 */
import type { Clock } from '../../shared/clock.ts';
import { DAY_MS } from '../../shared/units.ts';
import { compact, type MergeLimits } from './compact.ts';
import type { Cursors } from './cursors.ts';
import type { Database } from './database.ts';
import type { DeviceState } from './device-state.ts';
import type { DiskGuard } from './disk-guard.ts';
import type { Gaps } from './gaps.ts';
import { dueForRetention, type RetentionRooms, retain } from './retention.ts';
import { dueForSeal, SAMPLES_PER_BLOCK, type SealRooms, seal } from './seal.ts';
import type { SeriesDictionary } from './series-dictionary.ts';
import type { WriteAheadLog } from './wal.ts';

/** Journal rows deleted per transaction; fewer do not make it worth one. */
const ROWS_PER_PRUNE = 4_096;
const PAGES_PER_VACUUM = 512;
const GAPS_PER_PRUNE = 1_000;

export interface CareRooms extends SealRooms, RetentionRooms {
  readonly database: Database;
  readonly dictionary: SeriesDictionary;
  readonly cursors: Cursors;
  readonly gaps: Gaps;
  readonly guard: DiskGuard;
  readonly wal: WriteAheadLog;
  readonly clock: Clock;
}

export class Care {
  readonly #rooms: CareRooms;
  /** Devices whose blocks may want merging. */
  readonly #mergeable: Set<DeviceState>;
  #gapsPrunedMs = Number.NEGATIVE_INFINITY;

  constructor(rooms: CareRooms) {
    this.#rooms = rooms;
    this.#mergeable = new Set(rooms.dictionary.devices.values());
  }

  /** Steps until about `budgetMs` is used up; true when more is waiting. */
  async tend(budgetMs: number): Promise<boolean> {
    const { clock, guard } = this.#rooms;
    const began = clock.monotonic();
    guard.tend();
    while (await this.#step()) {
      if (clock.monotonic() - began >= budgetMs) return true;
      await turn();
    }
    return false;
  }

  /** Seals and merges all there is now, and gives the space back. */
  async sealAll(): Promise<void> {
    const { commit, dictionary, journal, wal } = this.#rooms;
    const end = journal.nextRow;
    for (const device of [...dictionary.devices.values()]) {
      const waiting = (): DeviceState[] => ((device.rows.ids[0] ?? end) < end ? [device] : []);
      await this.#exhaust(() => this.#seal(waiting()));
      await this.#exhaust(() => this.#merge(device, false));
      await this.#exhaust(() => this.#merge(device, true));
    }
    await this.#exhaust(() => this.#prune(1));
    await this.#exhaust(() => this.#vacuum());
    commit.attempt(() => wal.checkpoint());
  }

  async #exhaust(step: () => Promise<boolean>): Promise<void> {
    while (await step()) this.#tendWal();
  }

  #tendWal(): boolean {
    const { commit, guard, wal } = this.#rooms;
    return commit.attempt(() => (guard.refusal() !== null && wal.shrink()) || wal.tend());
  }

  async #step(): Promise<boolean> {
    return (
      this.#tendWal() ||
      (await this.#seal(this.#due())) ||
      (await this.#prune(ROWS_PER_PRUNE)) ||
      (await this.#mergeNext()) ||
      (await this.#retainNext()) ||
      (await this.#pruneGaps()) ||
      (await this.#giveBack())
    );
  }

  /** Devices to seal with one commit: one large one, or several small ones. */
  #due(): DeviceState[] {
    const nowMs = this.#rooms.clock.monotonic();
    const due: DeviceState[] = [];
    let samples = 0;
    for (const device of this.#rooms.dictionary.devices.values()) {
      if (dueForSeal(device, nowMs) === null) continue;
      due.push(device);
      samples += device.rows.sampleCount;
      if (samples >= SAMPLES_PER_BLOCK) break;
    }
    return due;
  }

  async #seal(devices: readonly DeviceState[]): Promise<boolean> {
    await Promise.all(devices.map((device) => seal(device, this.#rooms)));
    for (const device of devices) this.#mergeable.add(device);
    return devices.length > 0;
  }

  /** Deletes rows that no device needs from the front of the journal. */
  async #prune(least: number): Promise<boolean> {
    const { commit, cursors, dictionary, journal } = this.#rooms;
    let needed = journal.nextRow;
    for (const { rows } of dictionary.devices.values()) {
      needed = Math.min(needed, rows.ids[0] ?? needed);
    }
    if (needed - journal.firstRow < least) return false;
    const before = Math.min(needed, journal.firstRow + ROWS_PER_PRUNE);
    await commit.write(() => {
      cursors.saveAll();
      journal.deleteBefore(before);
    });
    journal.firstRow = before;
    return true;
  }

  async #mergeNext(): Promise<boolean> {
    for (const device of this.#mergeable) {
      if (!device.removed && (await this.#merge(device, false))) return true;
      this.#mergeable.delete(device);
    }
    return false;
  }

  #merge(device: DeviceState, eager: boolean): Promise<boolean> {
    const limits: MergeLimits = { longestMs: Math.max(DAY_MS, this.#rooms.terms.rawMs / 4), eager };
    return compact(device, limits, this.#rooms);
  }

  async #retainNext(): Promise<boolean> {
    const { clock, dictionary } = this.#rooms;
    for (const device of dictionary.devices.values()) {
      if (!dueForRetention(device)) continue;
      if (await retain(device, clock.now(), this.#rooms)) return true;
    }
    return false;
  }

  async #pruneGaps(): Promise<boolean> {
    const { clock, commit, gaps, terms } = this.#rooms;
    if (clock.monotonic() - this.#gapsPrunedMs < DAY_MS) return false;
    let gone = 0;
    await commit.write(() => {
      gone = gaps.prune(clock.now() - terms.histogramMs, GAPS_PER_PRUNE);
    });
    if (gone < GAPS_PER_PRUNE) this.#gapsPrunedMs = clock.monotonic();
    return gone === GAPS_PER_PRUNE;
  }

  /** Free pages wait for the next rows and blocks; on a full disk others need them more. */
  async #giveBack(): Promise<boolean> {
    return this.#rooms.guard.refusal() !== null && this.#vacuum();
  }

  async #vacuum(): Promise<boolean> {
    const { commit, database } = this.#rooms;
    if (database.pragma('freelist_count', { simple: true }) === 0) return false;
    await commit.write(() => {
      database.pragma(`incremental_vacuum(${PAGES_PER_VACUUM})`);
    });
    return true;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
