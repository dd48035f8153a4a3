/**
 * The store: samples and cursors, durable and exactly once (P1, P2). It knows series, devices'
 * names and time; it does not know what a rule is.
 *
 * Life of a sample: `append` → journal row, committed with `synchronous=FULL` before the promise
 * resolves → sealed into a compressed block of its device → dropped by retention in bounded steps.
 * Every hour of a device that got samples is *pending* until its rollups are written; the pending
 * mark commits with the samples, so late data corrects history even across a crash.
 */

import type { Clock } from '../../shared/clock.ts';
import type { Failure } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { GapRecord } from '../../shared/protocol.ts';
import type { Labels } from '../../shared/sample.ts';
import { openSqliteStore } from './sqlite-store.ts';

/** A reusable list of series, in request order; made once per request layout by `shape`. */
export interface Shape {
  readonly series: Uint32Array;
  /** Generation of the series dictionary it was made in; a stale shape must be made anew. */
  readonly generation: number;
}

/** A numbered batch's place: `seq` is +1 inside an epoch. */
export interface Cursor {
  readonly agent: string;
  readonly epoch: string;
  readonly seq: number;
}

export interface Append {
  /** Who sent it: the token's name. Counted against the sender's limits. */
  readonly sender: string;
  readonly shape: Shape;
  /** Unix milliseconds, one per entry of `shape.series`. Copied before `append` returns. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly cursor?: Cursor;
  /** Declared losses; stored with the batch. */
  readonly gaps?: readonly GapRecord[];
}

export type Receipt =
  | { readonly kind: 'stored'; readonly samples: number; readonly duplicates: number }
  | { readonly kind: 'duplicate' }
  /** `seq` is ahead of the cursor: send `expected` first, or declare a gap. */
  | { readonly kind: 'gap'; readonly expected: number };

/** Samples of one series inside a window, ascending times, no duplicates. */
export interface SeriesWindow {
  readonly series: number;
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Newest sample of every series, by series number. The arrays are replaced when they grow. */
export interface Latest {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** One UTC day of one device's indicators; opaque to the store, written and read by `indicators`. */
export interface RollupDay {
  readonly device: string;
  /** Unix milliseconds, a multiple of `DAY_MS`. */
  readonly dayMs: number;
  /** 5-minute rollups (kept 13 months). */
  readonly rollups: Uint8Array;
  /** Daily mergeable histograms (kept 25 months). */
  readonly histograms: Uint8Array;
}

/** An hour of a device that got samples since its rollups were written. */
export interface PendingHour {
  readonly device: string;
  /** Unix milliseconds of its start. */
  readonly hourMs: number;
  /** Rises with every commit of samples into the hour. */
  readonly revision?: number;
}

export interface StoreStats {
  readonly series: number;
  readonly devices: number;
  readonly journalRows: number;
  readonly journalSamples: number;
  readonly blocks: number;
  readonly blockSamples: number;
  readonly blockBytes: number;
  /** Journal rows, blocks and rollups left out because their checksum was wrong, since the start. */
  readonly corruptParts: number;
  readonly databaseBytes: number;
  readonly walBytes: number;
  readonly pendingHours: number;
  readonly commits: number;
  readonly storedSamples: number;
  readonly duplicateSamples: number;
  readonly lateSamples: number;
  readonly declaredLostSamples: number;
  readonly lastAppendMs: number;
  /** Seconds, newest commit's. */
  readonly commitSeconds: number;
}

export interface StoredGap extends GapRecord {
  readonly agent: string;
  readonly receivedMs: number;
}

export interface SeriesEntry {
  readonly series: number;
  readonly labels: Labels;
}

export interface Store {
  // Writing -----------------------------------------------------------------------------------
  /**
   * The number of a series; a new one becomes durable with the next append. The device is the
   * label `instance`, or the sender's name where there is none. Throws `limit_reached`.
   */
  resolve(labels: Labels, sender: string): number;
  shape(series: readonly number[]): Shape;
  /** Increases when series were removed: shapes and cached numbers are void then. */
  readonly generation: number;
  /** Resolves after COMMIT. Rejects with `disk_full` / `unavailable` and then nothing was stored. */
  append(batch: Append): Promise<Receipt>;
  cursor(agent: string, epoch: string): number;

  // Reading -----------------------------------------------------------------------------------
  readonly latest: Latest;
  labelsOf(series: number): Labels;
  deviceOf(series: number): string;
  devices(): readonly string[];
  /** Increases whenever a device gains or loses a series. 0 for an unknown device. */
  deviceRevision(device: string): number;
  seriesOf(device: string): readonly SeriesEntry[];
  /** Devices with samples committed since the last call. One consumer: the tick. */
  takeChanged(): readonly string[];
  /** Newest sample of a device, Unix ms; 0 when it has none. */
  newest(device: string): number;
  /** Samples with fromMs ≤ time < toMs, journal and blocks merged. */
  read(device: string, fromMs: number, toMs: number): Promise<readonly SeriesWindow[]>;
  gaps(fromMs: number, toMs: number): Promise<readonly StoredGap[]>;

  // Rollups (written by `indicators`) ----------------------------------------------------------
  /** Pending hours, oldest first, of one device or of all. */
  pendingHours(device?: string): readonly PendingHour[];
  /**
   * Replaces a day and clears the named pending hours, in one transaction. `revisions` (one per
   * hour, as `pendingHours` told them before the samples were read): an hour that got samples
   * since then stays pending, so a late batch that lands while a rollup is computed is not missed.
   */
  writeRollup(
    day: RollupDay,
    clearedHours: readonly number[],
    revisions?: readonly number[],
  ): Promise<void>;
  rollups(device: string, fromMs: number, toMs: number): Promise<readonly RollupDay[]>;

  // Care --------------------------------------------------------------------------------------
  /** Seals, prunes or checkpoints for at most about `budgetMs`; true when more is waiting. */
  maintain(budgetMs: number): Promise<boolean>;
  /** Seals everything that is in the journal (imports, benchmarks, tests). */
  sealAll(): Promise<void>;
  removeDevice(device: string): Promise<void>;
  stats(): StoreStats;
  /** Commits what is waiting and closes. */
  close(): Promise<void>;
}

/** Defaults are in `settings.ts`. */
export interface StoreSettings {
  /** Retention counts back from each device's newest sample, so imported history is kept. */
  readonly rawMs: number;
  readonly rollupMs: number;
  readonly histogramMs: number;
  readonly seriesPerSender: number;
  readonly seriesPerCollector: number;
  /** Free bytes of the file system below which appends answer `disk_full`. */
  readonly minFreeBytes: number;
}

export interface StoreOptions {
  /** The data directory; the file is `samples.db`. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings?: Partial<StoreSettings>;
  /** For readers beside a running collector: no writing, no head for appends. */
  readonly readOnly?: boolean;
  /**
   * The disk failed to keep a commit: the process must end and start anew (P8), nothing more is
   * stored. Without it an uncaught error ends the process.
   */
  readonly onFatal?: (reason: Failure) => void;
}

/** Opens (and recovers) the store. Throws when SQLite is too old or not synchronous=FULL. */
export function openStore(options: StoreOptions): Promise<Store> {
  return openSqliteStore(options);
}
