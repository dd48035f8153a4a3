/** Says once a day when a calendar walks into a year whose holidays nobody has told the collector. */
import type { Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import { DAY_MS } from '../shared/units.ts';
import { type Calendars, holidayWarnings } from './calendars/calendars.ts';

/** `calendars` is asked each time: a reload swaps them. Never has more to do. */
export function makeHolidayWatch(
  clock: Clock,
  log: Log,
  calendars: () => Calendars,
): () => Promise<boolean> {
  let saidMs = Number.NEGATIVE_INFINITY;
  let seen: Calendars | null = null;
  return async () => {
    const now = calendars();
    if (now === seen && clock.monotonic() - saidMs < DAY_MS) return false;
    seen = now;
    saidMs = clock.monotonic();
    for (const warning of holidayWarnings(now, clock.now())) log.warn(warning);
    return false;
  };
}
