/**
 * How far a list of holidays goes. The State Council announces a year in the November before it:
 * a year that is not in the list has no holidays, and a clock that walks into it would not know.
 */
import type { Calendars } from './calendars.ts';
import { formatDay } from './civil-day.ts';
import type { HolidayList } from './holidays.ts';

/** The end of the last year of which a day off is known; null for a list without any. */
export function knownUntilMs({ off }: HolidayList, zone: string): number | null {
  if (off.size === 0) return null;
  const year = Number(formatDay(Math.max(...off)).slice(0, 4));
  return Temporal.PlainDate.from({ year: year + 1, month: 1, day: 1 }).toZonedDateTime(zone)
    .epochMilliseconds;
}

/** One sentence for each calendar whose holidays are not known at `atMs`. */
export function unknownHolidays(calendars: Calendars, atMs: number): readonly string[] {
  return calendars.names.flatMap((name) => {
    const { zone = 'UTC', holidaysUntilMs = null } = calendars.get(name) ?? {};
    if (holidaysUntilMs === null || atMs < holidaysUntilMs) return [];
    const from = Temporal.Instant.fromEpochMilliseconds(holidaysUntilMs).toZonedDateTimeISO(zone);
    return [
      `the calendar ${name} knows no holidays from ${from.toPlainDate()} on: they count as plain ` +
        'days; update the collector, or name them in calendars.yaml (off, worked)',
    ];
  });
}
