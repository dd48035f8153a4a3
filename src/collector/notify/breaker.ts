/** A circuit breaker per channel (S38), and the pause before a failed notice is tried again. Pure. */
const FAILURES_TO_OPEN = 3;
const OPEN_FIRST_MS = 30_000;
const OPEN_MOST_MS = 15 * 60_000;
const RETRY_FIRST_MS = 5_000;
const RETRY_MOST_MS = 5 * 60_000;

export interface Breaker {
  /** Failures since the last message that was accepted. */
  readonly failures: number;
  /** Until then nothing is sent; null: closed. One message tries it again afterwards. */
  readonly openUntilMs: number | null;
}

export const CLOSED: Breaker = Object.freeze({ failures: 0, openUntilMs: null });

export function afterFailure({ failures }: Breaker, nowMs: number): Breaker {
  const count = failures + 1;
  if (count < FAILURES_TO_OPEN) return { failures: count, openUntilMs: null };
  const pauseMs = Math.min(OPEN_MOST_MS, OPEN_FIRST_MS * 2 ** (count - FAILURES_TO_OPEN));
  return { failures: count, openUntilMs: nowMs + pauseMs };
}

/** Open also while it is being tried again: it is dead until a message was accepted. */
export function isDead({ failures }: Breaker): boolean {
  return failures >= FAILURES_TO_OPEN;
}

export function mayTry({ openUntilMs }: Breaker, nowMs: number): boolean {
  return openUntilMs === null || nowMs >= openUntilMs;
}

/** Doubling, with up to a half taken off by chance, so that many do not return at once. */
export function retryPauseMs(attempts: number, random: number): number {
  const full = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(attempts, 20));
  return Math.round(full * (1 - random / 2));
}
