/** Dates without a zone as day numbers (0 is 1970-01-01), and times of day as milliseconds. */
import { DAY_MS } from '../../shared/units.ts';

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): Weekday {
  return WEEKDAYS[(((day + 3) % 7) + 7) % 7] ?? 'monday';
}

/** `2026-10-01` → its day number; null for what is no date, like 2026-02-30. */
export function parseDay(text: string): number | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (parts === null) return null;
  const [year, month, date] = parts.slice(1).map(Number) as [number, number, number];
  const ms = Date.UTC(year, month - 1, date);
  return formatDay(ms / DAY_MS) === text ? ms / DAY_MS : null;
}

export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** `08:30` → milliseconds since midnight; `24:00` is the end of the day. Null for anything else. */
export function parseTime(text: string): number | null {
  const parts = /^(\d\d):(\d\d)$/.exec(text);
  const minutes = Number(parts?.[1]) * 60 + Number(parts?.[2]);
  return parts !== null && Number(parts[2]) < 60 && minutes <= 1_440 ? minutes * 60_000 : null;
}
