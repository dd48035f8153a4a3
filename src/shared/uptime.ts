/**
 * Time since a start as SNMP tells it (sysUpTime, RFC 3418): hundredths of a second in 32 bits,
 * which begin again after 497 days.
 */
export const UPTIME_WRAPS_AT = 2 ** 32;
export const TICK_MS = 10;

/** Clocks of devices are not ours, and some answer with a value that is seconds old. */
const SLACK_MS = 60_000;
const SLACK_RATIO = 0.1;

/** Whether a device that said `before`, and `elapsedMs` later says `now`, started in between. */
export function hasRestarted(before: number, now: number, elapsedMs: number): boolean {
  if (!(now < before)) return false;
  const wrapped = before + elapsedMs / TICK_MS - UPTIME_WRAPS_AT;
  return Math.abs(wrapped - now) * TICK_MS > SLACK_MS + elapsedMs * SLACK_RATIO;
}
