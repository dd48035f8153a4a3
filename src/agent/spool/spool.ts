/**
 * Spool: batches → the oldest batch, across crashes (P2–P4, G4). Segment files of CRC-framed
 * records; a record is durable (fdatasync) before its number may be sent. Limits by size and age:
 * the oldest is dropped first, counted, and declared to the collector as a gap record. Any content
 * of the directory lets it start within 5 s: damage costs the damaged record, is counted, and is
 * put aside, never deleted.
 *
 * Epochs: a number means one content for ever. Each start of a spool and each outage mints a new
 * epoch for live data, and so does every skip of numbers; what waits drains beside it under the
 * epoch it had. So a copied or restored directory repeats itself, but never overwrites.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { GapRecord } from '../../shared/protocol.ts';
import type { EncodedSample } from '../../shared/remote-write.ts';
import { openSegmentSpool } from './open-spool.ts';
import { templatePacker } from './pack.ts';
import { readSpool } from './read-spool.ts';
import type { SpoolFs } from './spool-fs.ts';

export interface SpoolBatch {
  readonly epoch: string;
  readonly seq: number;
  /** The snappy-compressed WriteRequest, byte for byte what is sent on every retry. */
  readonly body: Uint8Array;
  readonly samples: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Losses that travel with this batch, the same ones on every retry. */
  readonly gaps: readonly GapRecord[];
}

export interface NewBatch {
  readonly body: Uint8Array;
  readonly samples: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface Packer {
  /** Compressed requests, each within the collector's limits of size. */
  pack(samples: readonly EncodedSample[]): NewBatch[];
}

export interface EpochState {
  readonly epoch: string;
  /** Next number to be acknowledged; everything before it is. */
  readonly nextSeq: number;
  readonly lastSeq: number;
  readonly live: boolean;
}

export interface SpoolStats {
  readonly batches: number;
  readonly samples: number;
  /** On disk, with what is acknowledged but kept for a collector that lost it (G3). */
  readonly bytes: number;
  /** Unix ms of the oldest sample waiting; 0 when empty. */
  readonly oldestMs: number;
  readonly issuedSamples: number;
  readonly ackedSamples: number;
  /** By reason (P3): issued = acked + waiting + dropped. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly quarantinedFiles: number;
  /** Of the newest fsync. */
  readonly fsyncSeconds: number;
  readonly fsyncErrors: number;
  /** Losses the collector has not confirmed to know. */
  readonly gapRecords: number;
  /** Free where the spool is, when it was last looked at; NaN before. */
  readonly diskFreeBytes: number;
  readonly epochs: readonly EpochState[];
}

export interface Spool {
  /** Durable when it returns. Throws `io`/`disk_full`/`too_large`; the batch counts as dropped. */
  append(batch: NewBatch): Promise<void>;
  /** Oldest unacknowledged batch of the live epoch, or of the oldest backlog epoch; null if none. */
  oldest(which: 'live' | 'backlog'): Promise<SpoolBatch | null>;
  /** The collector has it (also when it answered "duplicate"), and the gaps that were with it. */
  acknowledge(epoch: string, seq: number): Promise<void>;
  /** The collector expects an older number: go back, or declare the missing ones as a gap. */
  rewind(epoch: string, expected: number): Promise<void>;
  /** Somebody else used our numbers: what waits of the epoch goes out under a new one. */
  renumber(epoch: string): Promise<void>;
  /** Puts the batch aside in `quarantine/` and counts it: the collector refused it for good. */
  quarantine(epoch: string, seq: number, reason: string): Promise<void>;
  /** What is waiting becomes backlog; live data opens a new epoch. */
  splitLive(): Promise<void>;
  /** Losses the collector has not confirmed to know. */
  pendingGaps(): readonly GapRecord[];
  /** Drops what is past the limits of age and size. */
  enforceLimits(): Promise<void>;
  stats(): SpoolStats;
  close(): Promise<void>;
}

export interface SpoolOptions {
  readonly directory: string;
  /** The real one, unless a test simulates a disk. */
  readonly fs?: SpoolFs;
  readonly clock: Clock;
  readonly log: Log;
  /** Default 1 GiB, and never more than 5 % of the file system. */
  readonly maxBytes: number;
  /** Default 72 h. */
  readonly maxAgeMs: number;
  /** Stops writing when the file system has less than this share free (default 0.1). */
  readonly minFreeRatio: number;
}

/** Figures of a spool as it is on disk, changing nothing; null when there is none. */
export function inspectSpool(directory: string, clock: Clock): Promise<SpoolStats | null> {
  return readSpool(directory, clock);
}

/** One per agent: it remembers how the last cycles were compressed. */
export function openPacker(): Packer {
  return templatePacker();
}

export function openSpool(options: SpoolOptions): Promise<Spool> {
  return openSegmentSpool(options);
}
