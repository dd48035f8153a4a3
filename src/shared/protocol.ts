/**
 * What agent and collector say to each other besides remote write itself: paths and headers.
 * Source of the contract: promises P2 (exactly once) and P7 (status codes).
 */
export const WRITE_PATH = '/api/v1/write';
export const DEFAULT_LISTEN = '127.0.0.1:8420';

/** Request headers of a numbered batch. All three or none. */
export const HEADER_AGENT = 'x-watchkeeper-agent';
/** 128-bit hex, minted when a spool (or an import) is created. */
export const HEADER_EPOCH = 'x-watchkeeper-epoch';
/** 1, 2, 3 … inside an epoch. */
export const HEADER_SEQ = 'x-watchkeeper-seq';
/** Unix milliseconds of the sender's clock when the request left, for the clock offset (P6). */
export const HEADER_SENT_AT = 'x-watchkeeper-sent-at';
/**
 * JSON list of `GapRecord`: what the agent had to drop. It travels with a batch and commits with
 * it, so a loss is never unknown (P3).
 */
export const HEADER_GAPS = 'x-watchkeeper-gaps';

/** On every answer of ours, also errors: without it a 2xx is not a receipt (captive portals). */
export const HEADER_RECEIPT = 'x-watchkeeper-receipt';

/** On every answer of ours: Unix milliseconds of the collector's clock, for the clock offset (P6). */
export const HEADER_TIME = 'x-watchkeeper-time';

export type GapReason =
  | 'quota'
  | 'too_old'
  | 'rejected'
  | 'cardinality'
  | 'disk_error'
  | 'corrupt'
  | 'oversize';

export interface GapRecord {
  readonly reason: GapReason;
  /** Unix milliseconds, first and last sample lost (estimates where the record was unreadable). */
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: number;
}

/** Body of every error answer: our marker is `error.code` being one of `FAILURES`. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly detail?: Readonly<Record<string, unknown>>;
  };
}
