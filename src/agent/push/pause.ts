/** How long to wait before the next attempt, in milliseconds. Pure; `random` is uniform in [0, 1). */
import type { Outcome } from './outcome.ts';

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** A wrong token is looked at again after this long. */
const UNAUTHORISED_MS = 60_000;

/** Doubles with each failure up to a minute, between half of that and all of it. */
export function backoffMs(failures: number, random: number): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return most * (0.5 + random / 2);
}

/** `failures` counts this outcome, if it is one. */
export function pauseMs(outcome: Outcome, failures: number, random: number): number {
  switch (outcome.kind) {
    case 'stored':
    case 'refused':
      return 0;
    case 'unauthorised':
      return UNAUTHORISED_MS;
    case 'wait':
      // ± 50 %, so that the agents that were told the same do not come back together.
      return Math.max(outcome.waitMs, FIRST_MS) * (0.5 + random);
    default:
      return backoffMs(failures, random);
  }
}
