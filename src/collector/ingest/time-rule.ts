/**
 * Which sample times are believed (P6, D18). Ours is the only clock that is known; a sender whose
 * clock is wrong must harm nobody, and our own agents never lose a sample for it.
 */
import type { TokenKind } from '../desk/desk.ts';

/** Prometheus allows the same for a scrape. */
export const AHEAD_MS = 600_000;

export interface TimeRule {
  readonly nowMs: number;
  /** Times in [pastMs, futureMs] are taken as they are. */
  readonly pastMs: number;
  readonly futureMs: number;
  /** What happens to the others: stamped anew, or refused. */
  readonly restamp: boolean;
}

/** Imports may bring any past; agents are restamped; other senders are refused the sample. */
export function timeRule(kind: TokenKind, nowMs: number, retentionMs: number): TimeRule {
  return {
    nowMs,
    pastMs: kind === 'import' ? 0 : Math.max(0, nowMs - retentionMs),
    futureMs: nowMs + AHEAD_MS,
    restamp: kind === 'agent',
  };
}

/**
 * Times that cannot be believed keep their distances to the newest of them, which is taken to be
 * now; none falls out of the retention.
 */
export function restamp(times: Float64Array, rows: readonly number[], rule: TimeRule): void {
  let newest = Number.NEGATIVE_INFINITY;
  for (const row of rows) newest = Math.max(newest, times[row] ?? newest);
  for (const row of rows) {
    const age = newest - (times[row] ?? newest);
    times[row] = Math.max(rule.nowMs - age, rule.pastMs);
  }
}
