/**
 * Ingest: request bytes → receipt. Owns nothing durable and acknowledges only after the store
 * committed. Accepts remote write 1.0 and 2.0 from anybody with a token; our agents' numbered
 * batches are exactly once (P2, P7).
 */
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { Desk } from '../desk/desk.ts';
import type { Store } from '../store/store.ts';
import { createIngest } from './receive.ts';

/** What ingest needs of an HTTP request; header names in lower case. */
export interface IngestRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** Peer address, for audit and per-address limits. */
  readonly from: string;
}

export interface IngestResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON `ErrorBody`, or empty. */
  readonly body: string;
}

export interface IngestCounters {
  /** By status code. */
  readonly requests: Readonly<Record<string, number>>;
  readonly samples: number;
  readonly duplicateBatches: number;
  /** Samples not stored, by reason: `rejected`, `cardinality`, `too_new`, `too_old`. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Samples of agents whose clock was not to be believed, stamped anew on arrival (P6). */
  readonly clockSuspect: number;
  /** Counted and ignored: native histograms, exemplars. */
  readonly histograms: number;
  readonly exemplars: number;
  /** Requests whose labels were byte for byte those of an earlier one, and the others. */
  readonly templateHits: number;
  readonly templateMisses: number;
}

export interface Ingest {
  /**
   * Everything before the body is read: token, content type, encoding, declared length. A refusal
   * saves reading the body. Null when the body may be read.
   */
  precheck(headers: IngestRequest['headers'], from: string): IngestResponse | null;
  /** Never rejects: every failure is an `IngestResponse`. */
  receive(request: IngestRequest): Promise<IngestResponse>;
  counters(): IngestCounters;
}

export interface IngestOptions {
  readonly store: Store;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly log: Log;
  /** Compressed body limit in bytes; default `LIMITS.bodyBytes`. */
  readonly bodyBytes?: number;
  /** Samples older than this are not live data any more; default: the store's for raw samples. */
  readonly retentionMs?: number;
  /** Of all devices of one agent; default 250,000. */
  readonly seriesPerAgent?: number;
}

export function openIngest(options: IngestOptions): Ingest {
  return createIngest(options);
}
