/** Lists of days off and of days worked in exchange: shipped ones, changed by the file. */
import { z } from 'zod';
import type { Holed } from '../../shared/config-parts.ts';
import type { Report } from './calendars-file.ts';
import { chinaDays } from './china.ts';
import { formatDay, parseDay } from './civil-day.ts';

const days = z.array(z.string()).describe('Dates or ranges: 2026-10-01, 2026-10-01..2026-10-07');

export const holidaysSchema = z.strictObject({
  shipped: z.literal('china').optional().describe('Public holidays that come with the collector'),
  off: days.optional().describe('More days off; of the shipped list: instead of working there'),
  worked: days.optional().describe('Weekends that are worked; wins over the shipped list'),
  plain: days.optional().describe('Days of the shipped list that do not hold here'),
});

/** Day numbers. */
export interface HolidayList {
  readonly off: ReadonlySet<number>;
  readonly worked: ReadonlySet<number>;
}

export const NO_HOLIDAYS: HolidayList = { off: new Set(), worked: new Set() };

/** A range that is longer is a slip of the finger. */
const RANGE_MOST = 62;

export function readHolidays(
  raw: Holed<z.infer<typeof holidaysSchema>>,
  report: Report,
): HolidayList {
  const shipped = raw.shipped === 'china' ? chinaDays() : null;
  const off = new Set(shipped === null ? [] : numbersOf(shipped.off));
  const worked = new Set(shipped === null ? [] : numbersOf(shipped.worked));
  const own = { off: new Set<number>(), worked: new Set<number>() };
  const each = (key: 'off' | 'worked' | 'plain', take: (day: number) => void): void => {
    for (const [i, text] of (raw[key] ?? []).entries()) {
      if (text === undefined) continue;
      for (const day of readDays(text, (reason) => report([key, i], reason))) take(day);
    }
  };
  each('plain', (day) => {
    off.delete(day);
    worked.delete(day);
  });
  each('off', (day) => {
    worked.delete(day);
    off.add(day);
    own.off.add(day);
  });
  each('worked', (day) => {
    off.delete(day);
    worked.add(day);
    own.worked.add(day);
  });
  const both = [...own.off].filter((day) => own.worked.has(day));
  if (both.length > 0) {
    report(['worked'], `${both.map(formatDay).join(', ')} cannot be a day off and worked at once`);
  }
  return { off, worked };
}

function numbersOf(dates: ReadonlyMap<string, string>): readonly number[] {
  return [...dates.keys()].flatMap((date) => parseDay(date) ?? []);
}

function readDays(text: string, refuse: (reason: string) => void): readonly number[] {
  const [from, to = from, ...rest] = text.split('..').map((part) => parseDay(part.trim()));
  if (from === undefined || from === null || to === undefined || to === null || rest.length > 0) {
    refuse(`${JSON.stringify(text)} is not a date: write 2026-10-01 or 2026-10-01..2026-10-07`);
    return [];
  }
  if (to < from || to - from >= RANGE_MOST) {
    refuse(`${text} is not a range of at most ${RANGE_MOST} days, the first one first`);
    return [];
  }
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
