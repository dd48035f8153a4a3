/** The parts every store is made of, and how they come back from the file. */
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import { Blocks } from './blocks.ts';
import { Cursors } from './cursors.ts';
import type { Database } from './database.ts';
import { DictionaryTable } from './dictionary-table.ts';
import { Gaps } from './gaps.ts';
import { Journal } from './journal.ts';
import { LatestSamples } from './latest-samples.ts';
import { PendingHours } from './pending-hours.ts';
import { Rollups } from './rollups.ts';
import { SeriesDictionary } from './series-dictionary.ts';
import type { StoreSettings } from './store.ts';

export interface PartsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: StoreSettings;
}

export class StoreParts {
  readonly database: Database;
  readonly latest = new LatestSamples();
  readonly dictionary: SeriesDictionary;
  readonly devices: DictionaryTable;
  readonly cursors: Cursors;
  readonly journal: Journal;
  readonly blocks: Blocks;
  readonly hours: PendingHours;
  readonly rollups: Rollups;
  readonly gaps: Gaps;

  /** Loads what the file holds. */
  constructor({ database, clock, log, settings }: PartsOptions) {
    this.database = database;
    this.dictionary = new SeriesDictionary(this.latest, settings);
    const { dictionary, latest } = this;
    this.devices = new DictionaryTable({ database, dictionary, latest, log });
    this.cursors = new Cursors(database);
    this.journal = new Journal({ database, log, monotonicMs: () => clock.monotonic() });
    this.blocks = new Blocks(database, log);
    this.hours = new PendingHours(database);
    this.rollups = new Rollups(database, log);
    this.gaps = new Gaps(database, clock);
    this.dictionary.generation = this.storedGeneration();
    this.cursors.load();
    this.blocks.load();
    this.gaps.load();
    this.loadNew();
  }

  /** Takes over what was committed since the last call: by this process or by another one. */
  loadNew(): void {
    const { cursors, devices, dictionary, hours, journal, latest } = this;
    devices.load();
    let sealed = 0;
    for (const device of dictionary.devices.values()) sealed = Math.max(sealed, device.sealedRow);
    journal.load({ deviceById: (id) => devices.deviceById(id), cursors, latest, sealed });
    for (const { device, hour_ms } of this.#pendingRows()) {
      const known = devices.deviceById(device);
      if (known !== undefined && !known.hours.has(hour_ms)) hours.add(known, hour_ms);
    }
  }

  /** Another process wrote: catches up with its rows, its blocks and what it is done with. */
  follow(): void {
    const { devices, dictionary, hours, journal } = this;
    for (const device of devices.loadSealed()) journal.forgetSealed(device);
    for (const device of dictionary.devices.values()) hours.remove(device);
    this.loadNew();
    this.cursors.load();
    this.blocks.load();
    this.gaps.load();
  }

  /** Increases in the file when a device is removed. */
  storedGeneration(): number {
    const select = this.database.prepare("SELECT value FROM facts WHERE name = 'generation'");
    const value = select.pluck().get();
    return typeof value === 'number' ? value : 1;
  }

  #pendingRows(): { device: number; hour_ms: number }[] {
    const select = this.database.prepare('SELECT device, hour_ms FROM pending_hours');
    return select.all() as { device: number; hour_ms: number }[];
  }
}
