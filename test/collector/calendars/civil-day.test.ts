import { describe, expect, it } from 'vitest';
import { chinaDays } from '../../../src/collector/calendars/china.ts';
import {
  formatDay,
  parseDay,
  parseTime,
  weekdayOf,
} from '../../../src/collector/calendars/civil-day.ts';

describe('days', () => {
  it('are numbered from 1970 and named by weekday', () => {
    expect([parseDay('1970-01-01'), weekdayOf(0), weekdayOf(-1)]).toEqual([
      0,
      'thursday',
      'wednesday',
    ]);
    expect(weekdayOf(parseDay('2026-11-22') ?? 0)).toBe('sunday');
    expect(formatDay(parseDay('2024-02-29') ?? 0)).toBe('2024-02-29');
  });

  it.each(['2026-02-30', '2025-02-29', '2026-13-01', '2026-1-1', '', '2026-01-01x'])(
    '%j is none',
    (text) => expect(parseDay(text)).toBeNull(),
  );
});

it.each<[string, number | null]>([
  ['00:00', 0],
  ['08:30', 510 * 60_000],
  ['24:00', 1_440 * 60_000],
  ['24:01', null],
  ['12:60', null],
  ['8:30', null],
  ['noon', null],
])('the time of day %j', (text, ms) => {
  expect(parseTime(text)).toBe(ms);
});

describe('the holidays of China', () => {
  const { off, worked } = chinaDays();

  it('come with their names, for every year since 2004', () => {
    expect(off.get('2026-10-01')).toBe('国庆节');
    expect(worked.get('2026-10-10')).toBe('国庆节');
    for (let year = 2004; year <= 2026; year++) expect(off.has(`${year}-10-01`)).toBe(true);
  });

  it('are worked on weekends only, and never both', () => {
    for (const date of worked.keys()) {
      expect(weekdayOf(parseDay(date) ?? 0), date).toMatch(/saturday|sunday/);
      expect(off.has(date), date).toBe(false);
    }
  });
});
