/** Counting working days as notice periods do: the day of the announcement does not count. Pure. */
import type { Calendar } from '../calendars/calendars.ts';

/**
 * Days after that of `fromMs`, in the calendar's zone, on which the calendar opens before `toMs`:
 * announced on Monday, a release on Wednesday morning has had two.
 */
export function workingDaysBefore(
  calendar: Pick<Calendar, 'zone' | 'spans'>,
  fromMs: number,
  toMs: number,
): number {
  const day = (ms: number): string =>
    Temporal.Instant.fromEpochMilliseconds(ms)
      .toZonedDateTimeISO(calendar.zone)
      .toPlainDate()
      .toString();
  const nextDayMs = Temporal.Instant.fromEpochMilliseconds(fromMs)
    .toZonedDateTimeISO(calendar.zone)
    .add({ days: 1 })
    .startOfDay().epochMilliseconds;
  if (toMs <= nextDayMs) return 0;
  return new Set(calendar.spans(nextDayMs, toMs).map((span) => day(span.fromMs))).size;
}
