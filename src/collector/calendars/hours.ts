/** The hours of a day as people write them: `["08:30-12:00", "13:30-17:30"]`. */
import { z } from 'zod';
import type { Report } from './calendars-file.ts';
import { parseTime } from './civil-day.ts';
import type { DaySpan } from './open-year.ts';

export const hoursSchema = z.array(z.string()).max(24).describe('["08:30-12:00", "13:30-17:30"]');

/** In order, without overlap. */
export type Hours = readonly DaySpan[];

export function readHours(raw: readonly (string | undefined)[], report: Report): Hours {
  const read = raw.flatMap((text, i) => {
    if (text === undefined) return [];
    const span = readSpan(text, (reason) => report([i], reason));
    return span === null ? [] : [{ text, i, span }];
  });
  read.sort((a, b) => a.span[0] - b.span[0]);
  for (const [n, { text, i, span }] of read.entries()) {
    const earlier = read[n - 1];
    if (earlier !== undefined && span[0] < earlier.span[1]) {
      report([i], `${text} overlaps ${earlier.text}`);
    }
  }
  return read.map(({ span }) => span);
}

function readSpan(text: string, refuse: (reason: string) => void): DaySpan | null {
  const [from, to, ...rest] = text.split('-').map((part) => parseTime(part.trim()));
  if (from === undefined || from === null || to === undefined || to === null || rest.length > 0) {
    refuse(`${JSON.stringify(text)} is not a span of hours, for example 08:30-12:00`);
    return null;
  }
  if (to <= from) {
    refuse(`${text} ends before it begins: write a night as 18:30-24:00 and 00:00-07:30`);
    return null;
  }
  return [from, to];
}
