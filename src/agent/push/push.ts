/**
 * Push: spool → receipts. Owns the request in flight: one of the live epoch, and beside it one of
 * the backlog, throttled, so that live figures are never late behind an old outage. Status codes
 * per P7; nothing is dropped before a receipt, nothing is reordered inside an epoch.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { Spool } from '../spool/spool.ts';
import { createPush } from './run.ts';
import type { Transport } from './transport.ts';

export interface PushOptions {
  readonly spool: Spool;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly agent: string;
  /** Most backlog batches per live batch interval; default 3 (P3, F12: ≤ 3 × the normal rate). */
  readonly backlogFactor: number;
  /** After this long without a receipt live data opens a new epoch; default 60 s. */
  readonly outageMs: number;
}

export interface PushStats {
  readonly sent: number;
  readonly acked: number;
  readonly duplicates: number;
  readonly retries: number;
  readonly rejected: Readonly<Record<string, number>>;
  /** Unix ms of the last receipt; 0 for none yet. */
  readonly lastReceiptMs: number;
  /** Collector's clock minus ours, seconds, from the Date of the last receipt; NaN unknown. */
  readonly clockOffsetSeconds: number;
  /** Why the newest attempt failed; '' when it did not. */
  readonly lastError: string;
}

export interface Push {
  start(): void;
  /** A new batch is in the spool. */
  wake(): void;
  /** Waits for the request in flight, at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
  stats(): PushStats;
}

export function openPush(options: PushOptions): Push {
  return createPush(options);
}
