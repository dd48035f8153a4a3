/** What an answer means (P7). Pure. A proxy's answer is never taken for the collector's. */
import { FAILURES } from '../../shared/errors.ts';
import { HEADER_RECEIPT, HEADER_TIME } from '../../shared/protocol.ts';
import type { PushAnswer } from './push.ts';

export type Outcome =
  | { readonly kind: 'stored'; readonly duplicate: boolean }
  /** The collector wants an older number first. */
  | { readonly kind: 'rewind'; readonly expected: number; readonly reason: string }
  /** For good: sending it again cannot help. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }
  | { readonly kind: 'unauthorised'; readonly reason: string }
  /** `waitMs` as asked for, before jitter. */
  | { readonly kind: 'wait'; readonly waitMs: number; readonly reason: string }
  | { readonly kind: 'retry'; readonly reason: string };

export interface Sent {
  readonly epoch: string;
  readonly seq: number;
  /** Unix ms of our clock, for a Retry-After that is a date. */
  readonly nowMs: number;
}

/** Statuses that are final when the collector itself gave them. */
const FINAL = new Set([400, 413, 415, 422]);
const RETRY_AFTER_MAX_MS = 300_000;

interface OurError {
  readonly code: string;
  readonly message: string;
  readonly expected: unknown;
}

/** The error of an answer that carries our mark: our header, and one of our codes. */
function ourError({ headers, body }: PushAnswer): OurError | null {
  if (headers[HEADER_TIME] === undefined && headers[HEADER_RECEIPT] === undefined) return null;
  try {
    const { error } = JSON.parse(body);
    if (!Object.hasOwn(FAILURES, error.code)) return null;
    return { code: error.code, message: String(error.message), expected: error.detail?.expected };
  } catch {
    return null;
  }
}

/** Milliseconds from seconds or an HTTP date, 0 … 300,000; null when it is neither. */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  const value = text.trim();
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  const isDate = /^[A-Za-z]{3},? /.test(value);
  if (Number.isNaN(ms) || !(isDate || /^\d+$/.test(value))) return null;
  return Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS);
}

export function decideOutcome(answer: PushAnswer, { epoch, seq, nowMs }: Sent): Outcome {
  const { status, headers, body } = answer;
  if (status >= 200 && status < 300) {
    if (headers[HEADER_RECEIPT] === `${epoch}/${seq}`) {
      return { kind: 'stored', duplicate: body.trim() === 'duplicate' };
    }
    return { kind: 'retry', reason: `${status} without our receipt: not from the collector` };
  }
  const error = ourError(answer);
  const reason = error ? `${status} ${error.code}: ${error.message}` : `${status} from elsewhere`;
  if (FINAL.has(status) && error) return { kind: 'refused', code: error.code, reason };
  if (status === 401 || status === 403) return { kind: 'unauthorised', reason };
  if (status === 409 && error?.code === 'sequence_gap' && Number.isSafeInteger(error.expected)) {
    return { kind: 'rewind', expected: Number(error.expected), reason };
  }
  if (status === 429 || status === 503) {
    const waitMs = parseRetryAfter(headers['retry-after'], nowMs);
    if (waitMs !== null) return { kind: 'wait', waitMs, reason };
  }
  return { kind: 'retry', reason };
}
