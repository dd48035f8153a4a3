/**
 * Spool: batches → the oldest batch, across crashes (P2–P4, G4). Segment files of CRC-framed
 * records; a record is durable (fdatasync) before its number may be sent. Limits by size and age:
 * the oldest is dropped first, counted, and declared to the collector as a gap record. Any content
 * of the directory lets it start within 5 s: damage costs the damaged record, is counted, and the
 * file is put aside, never deleted.
 *
 * Epochs: a spool mints one when it is created. After an outage live data opens a new epoch and
 * the old one drains beside it.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { GapRecord } from '../../shared/protocol.ts';
import { openSegmentSpool } from './segment-spool.ts';
import type { SpoolFs } from './spool-fs.ts';

export interface SpoolBatch {
  readonly epoch: string;
  readonly seq: number;
  /** The snappy-compressed WriteRequest, byte for byte what is sent on every retry. */
  readonly body: Uint8Array;
  readonly samples: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface NewBatch {
  readonly body: Uint8Array;
  readonly samples: number;
  readonly firstMs: number;
  readonly lastMs: number;
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
  readonly bytes: number;
  /** Unix ms of the oldest sample waiting; 0 when empty. */
  readonly oldestMs: number;
  readonly issuedSamples: number;
  readonly ackedSamples: number;
  /** By reason (P3): issued = acked + waiting + dropped. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly quarantinedFiles: number;
  readonly fsyncSeconds: number;
  readonly fsyncErrors: number;
  readonly epochs: readonly EpochState[];
}

export interface Spool {
  /** Durable when it returns. Throws `io`/`disk_full`; then the batch is counted as dropped. */
  append(batch: NewBatch): Promise<void>;
  /** Oldest unacknowledged batch of the live epoch, or of the oldest backlog epoch; null if none. */
  oldest(which: 'live' | 'backlog'): Promise<SpoolBatch | null>;
  /** The collector has it (also when it answered "duplicate"). */
  acknowledge(epoch: string, seq: number): Promise<void>;
  /** The collector expects an older number: go back, or declare the missing ones as a gap. */
  rewind(epoch: string, expected: number): Promise<void>;
  /** Puts the batch aside in `quarantine/` and counts it: the collector refused it for good. */
  quarantine(epoch: string, seq: number, reason: string): Promise<void>;
  /** What is waiting becomes backlog; live data opens a new epoch. */
  splitLive(): Promise<void>;
  /** Losses not yet delivered; `declared` forgets them once a batch carrying them was stored. */
  pendingGaps(): readonly GapRecord[];
  declared(gaps: readonly GapRecord[]): Promise<void>;
  /** Drops what is past the limits of age and size. */
  enforceLimits(): Promise<void>;
  stats(): SpoolStats;
  close(): Promise<void>;
}

export interface SpoolOptions {
  readonly directory: string;
  readonly fs: SpoolFs;
  readonly clock: Clock;
  readonly log: Log;
  /** Default 1 GiB, and never more than 5 % of the file system. */
  readonly maxBytes: number;
  /** Default 72 h. */
  readonly maxAgeMs: number;
  /** Stops writing when the file system has less than this share free (default 0.1). */
  readonly minFreeRatio: number;
}

export function openSpool(options: SpoolOptions): Promise<Spool> {
  return openSegmentSpool(options);
}
