/**
 * Push: spool → receipts. Owns the request in flight: one of the live epoch, and beside it one of
 * the backlog, throttled, so that live figures are never late behind an old outage. Status codes
 * per P7; nothing is dropped before a receipt, nothing is reordered inside an epoch.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { Spool } from '../spool/spool.ts';
import { httpTransport } from './http-transport.ts';
import { createPush } from './run.ts';

export interface PushRequest {
  /** Beside those every request of an agent has. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface PushAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** No more than the beginning of it, if it is long. */
  readonly body: string;
}

export interface Transport {
  /** Settles within the transport's deadline. Rejects with a `Failure` when no whole answer came. */
  send(request: PushRequest): Promise<PushAnswer>;
  close(): void;
}

/** What is posted where. */
export interface Endpoint {
  readonly path: string;
  /** Of every request: what kind of body it has. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface HttpTransportOptions {
  /** Of the collector; the endpoint's path is added. */
  readonly collector: string;
  /** Default: remote write. */
  readonly endpoint?: Endpoint;
  /** Holds the bearer token; only its owner may be able to read it. */
  readonly tokenFile: string;
  /** PEM file of an authority to trust beside the system's; '' for none. */
  readonly caFile: string;
  readonly userAgent: string;
  readonly clock: Clock;
  /** Of one request, from connecting to the last byte of the answer; default 30 s. */
  readonly timeoutMs?: number;
}

/** Over HTTP or HTTPS, with a connection that is kept open. Throws `config` for a bad address. */
export function openTransport(options: HttpTransportOptions): Transport {
  return httpTransport(options);
}

export interface PushOptions {
  readonly spool: Spool;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly agent: string;
  /** Most backlog batches per live batch interval; default 3 (P3, F12: ≤ 3 × the normal rate). */
  readonly backlogFactor: number;
  /** Live batches older than this become backlog as soon as sending works; default 60 s. */
  readonly outageMs: number;
}

export interface PushStats {
  /** Requests, and the batches that got a receipt. */
  readonly sent: number;
  readonly acked: number;
  readonly duplicates: number;
  readonly retries: number;
  readonly rejected: Readonly<Record<string, number>>;
  /** Times somebody else had used our numbers: a copy of this agent is at work. */
  readonly identityConflicts: number;
  /** Unix ms of the last receipt; 0 for none yet. */
  readonly lastReceiptMs: number;
  /** Collector's clock minus ours, seconds, measured with the last answer; NaN unknown. */
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
