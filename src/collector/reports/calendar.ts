/**
 * Months, days and hours of an IANA time zone, with `Temporal`. Daylight saving needs no special
 * case: a zone is a list of stretches of constant offset, and an hour is 60 minutes that really
 * passed, so the repeated hour of autumn is two hours.
 */
import { Failure } from '../../shared/errors.ts';
import { DAY_MS, HOUR_MS } from '../../shared/units.ts';

/** Half open, Unix ms. */
export interface Period {
  /** `2013-08`, or what a caller calls a period that is no month. */
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stretch of constant UTC offset. */
export interface ZoneStretch {
  readonly toMs: number;
  readonly offsetMs: number;
}

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** Throws `usage` for a month not written `YYYY-MM` or an unknown zone. */
export function monthPeriod(month: string, timezone: string): Period {
  if (!MONTH.test(month)) {
    throw new Failure('usage', `"${month}" is not a month`, {
      hint: 'write the month as YYYY-MM, for example 2013-08',
    });
  }
  const first = Temporal.PlainYearMonth.from(month);
  return {
    name: month,
    fromMs: startOf(first, timezone),
    toMs: startOf(first.add({ months: 1 }), timezone),
  };
}

function startOf(month: Temporal.PlainYearMonth, timezone: string): number {
  try {
    return month.toPlainDate({ day: 1 }).toZonedDateTime(timezone).epochMilliseconds;
  } catch (error) {
    throw new Failure('usage', `"${timezone}" is not a time zone`, {
      hint: 'give an IANA name such as Asia/Shanghai or UTC',
      cause: error,
    });
  }
}

/** `count` months that end with `month`, oldest first. Throws as `monthPeriod` does. */
export function monthsUntil(month: string, count: number, timezone: string): readonly Period[] {
  const last = Temporal.PlainYearMonth.from(monthPeriod(month, timezone).name);
  return Array.from({ length: count }, (_, i) =>
    monthPeriod(last.subtract({ months: count - 1 - i }).toString(), timezone),
  );
}

/** The offsets in force over [fromMs, toMs), ascending; the last stretch ends at `toMs`. */
export function zoneStretches(
  timezone: string,
  fromMs: number,
  toMs: number,
): readonly ZoneStretch[] {
  const stretches: ZoneStretch[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(timezone);
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    const offsetMs = at.offsetNanoseconds / 1e6;
    if (next === null || next.epochMilliseconds >= toMs) return [...stretches, { toMs, offsetMs }];
    stretches.push({ toMs: next.epochMilliseconds, offsetMs });
    at = next;
  }
}

/** Days since 1970-01-01 of the local date, and hours since the epoch at local hour boundaries. */
export interface LocalClock {
  day(ms: number): number;
  hour(ms: number): number;
}

/** For instants of [fromMs, toMs), asked in any order; fastest when asked in ascending order. */
export function localClock(timezone: string, fromMs: number, toMs: number): LocalClock {
  const stretches = zoneStretches(timezone, fromMs, toMs);
  let current = 0;
  const offsetAt = (ms: number): number => {
    const before = stretches[current - 1]?.toMs ?? Number.NEGATIVE_INFINITY;
    if (ms < before) current = 0;
    while (current < stretches.length - 1 && ms >= (stretches[current]?.toMs ?? 0)) current++;
    return stretches[current]?.offsetMs ?? 0;
  };
  return {
    day: (ms) => Math.floor((ms + offsetAt(ms)) / DAY_MS),
    // Only the offset's part inside an hour moves the boundary, so repeated hours stay distinct.
    hour: (ms) => Math.floor((ms + (offsetAt(ms) % HOUR_MS)) / HOUR_MS),
  };
}

/** `2013-08-22`: the local date of a day number of `LocalClock`. */
export function dateOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** `2013-08-31 23:55` in the zone. */
export function formatInstant(ms: number, timezone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone);
  return local.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ');
}

/** The date `days` after a date, both `YYYY-MM-DD`. */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}
