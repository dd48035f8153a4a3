/** What memory knows of a device: its series, its rows in the journal, its newest sample. */

/** Journal rows of one device that are not in blocks yet, oldest first, as parallel lists. */
export class RowList {
  ids: number[] = [];
  fromMs: number[] = [];
  toMs: number[] = [];
  samples: number[] = [];
  /** Sum of `samples`. */
  sampleCount = 0;

  push(row: JournalRowFacts): void {
    this.ids.push(row.id);
    this.fromMs.push(row.fromMs);
    this.toMs.push(row.toMs);
    this.samples.push(row.samples);
    this.sampleCount += row.samples;
  }

  /** Forgets the oldest `count` rows; returns how many samples they held. */
  shift(count: number): number {
    let gone = 0;
    for (let i = 0; i < count; i++) gone += this.samples[i] ?? 0;
    this.ids = this.ids.slice(count);
    this.fromMs = this.fromMs.slice(count);
    this.toMs = this.toMs.slice(count);
    this.samples = this.samples.slice(count);
    this.sampleCount -= gone;
    return gone;
  }
}

export interface JournalRowFacts {
  readonly id: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: number;
}

/** An hour of a device whose rollups are not written yet; see `pending-hours.ts`. */
export interface HourMark {
  readonly hourMs: number;
  /** Number of the commit that last put samples into the hour; 0 before this start. */
  revision: number;
}

export class DeviceState {
  readonly id: number;
  readonly name: string;
  series: number[] = [];
  revision = 0;
  newestMs = 0;
  removed = false;
  /** Has samples that `takeChanged` has not told of. */
  changed = false;
  readonly rows = new RowList();
  /** Monotonic milliseconds when the oldest unsealed row arrived. */
  waitingSinceMs = 0;
  /** Journal rows up to this one are in blocks. */
  sealedRow = 0;
  readonly hours = new Map<number, HourMark>();
  /** The mark of the newest append: nearly always the next one's, too. */
  lastHour: HourMark | undefined;
  /** Day of the newest sample when retention last looked, Unix milliseconds; −1 never. */
  retainedDayMs = -1;

  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
  }
}
