/** Push in figures: what was sent, what became of it, and how far our clock is off. */
import type { Clock } from '../../shared/clock.ts';
import { HEADER_RECEIPT, HEADER_TIME } from '../../shared/protocol.ts';
import type { PushAnswer, PushStats } from './push.ts';

/** An answer that took longer says too little about the time. */
const ROUND_TRIP_MAX_MS = 5_000;

/**
 * Collector's clock minus ours, in seconds, from an answer of the collector; NaN when it does not
 * tell. It was written half a round trip ago; a `Date` is cut to the second, so half of one more.
 */
export function offsetSeconds(answer: PushAnswer, sentMs: number, roundTripMs: number): number {
  const { headers } = answer;
  if (roundTripMs > ROUND_TRIP_MAX_MS) return Number.NaN;
  const precise = Number(headers[HEADER_TIME] ?? Number.NaN);
  const date = headers[HEADER_RECEIPT] === undefined ? Number.NaN : Date.parse(headers.date ?? '');
  const theirMs = Number.isNaN(precise) ? date + 500 : precise;
  return (theirMs - sentMs - roundTripMs / 2) / 1000;
}

export class Tally {
  readonly #clock: Clock;
  readonly #rejected: Record<string, number> = {};
  #sent = 0;
  #acked = 0;
  #duplicates = 0;
  #retries = 0;
  #conflicts = 0;
  #lastReceiptMs = 0;
  #offset = Number.NaN;
  #lastError = '';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sending(): { answered(answer: PushAnswer): void } {
    const sentMs = this.#clock.now();
    const started = this.#clock.monotonic();
    this.#sent++;
    return {
      answered: (answer) => {
        const offset = offsetSeconds(answer, sentMs, this.#clock.monotonic() - started);
        if (!Number.isNaN(offset)) this.#offset = offset;
      },
    };
  }

  acked(duplicate: boolean): void {
    this.#acked++;
    if (duplicate) this.#duplicates++;
    this.#lastReceiptMs = this.#clock.now();
  }

  refused(code: string): void {
    this.#rejected[code] = (this.#rejected[code] ?? 0) + 1;
  }

  conflict(): void {
    this.#conflicts++;
  }

  /** `error` is '' when the attempt was a success. */
  settled(error: string): void {
    this.#lastError = error;
    if (error !== '') this.#retries++;
  }

  stats(): PushStats {
    return {
      sent: this.#sent,
      acked: this.#acked,
      duplicates: this.#duplicates,
      retries: this.#retries,
      rejected: { ...this.#rejected },
      identityConflicts: this.#conflicts,
      lastReceiptMs: this.#lastReceiptMs,
      clockOffsetSeconds: this.#offset,
      lastError: this.#lastError,
    };
  }
}
