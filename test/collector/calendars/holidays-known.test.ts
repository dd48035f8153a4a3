/** How far lists of holidays go, and what is said of calendars that walk beyond them. */
import { expect, test } from 'vitest';
import {
  type Calendars,
  holidayWarnings,
  loadCalendars,
} from '../../../src/collector/calendars/calendars.ts';
import { checkCalendars } from '../../../src/collector/calendars/calendars-file.ts';
import { projectFile } from '../../support/parts.ts';

const name = { en: 'x', zh: 'x' };
const hours = { workdays: ['08:00-16:00'] };

function calendarsOf(holidays: Record<string, object>, zone = 'Asia/Shanghai'): Calendars {
  const calendars = Object.fromEntries(
    Object.keys(holidays).map((list) => [list, { name, zone, hours, holidays: list }]),
  );
  return checkCalendars({ holidays, calendars }, 'calendars.yaml');
}
const until = (calendars: Calendars, which: string): string | null => {
  const ms = calendars.get(which)?.holidaysUntilMs ?? null;
  return ms === null ? null : new Date(ms).toISOString();
};

test('the shipped holidays are known to the end of their last year, in the zone of the calendar', () => {
  const calendars = loadCalendars(projectFile('config/calendars.yaml'));
  expect(until(calendars, 'office')).toBe('2026-12-31T16:00:00.000Z');
  expect(until(calendars, 'inspection')).toBe('2026-12-31T16:00:00.000Z');
  // Without a list nothing runs out.
  expect(until(calendars, 'day_desk')).toBeNull();
  expect(until(calendars, 'always')).toBeNull();
});

test('days off of the file itself make their year known', () => {
  const calendars = calendarsOf({
    china: { shipped: 'china', off: ['2027-01-01..2027-01-03', '2027-02-05..2027-02-11'] },
    own: { off: ['2026-12-24'] },
    none: {},
  });
  expect(until(calendars, 'china')).toBe('2027-12-31T16:00:00.000Z');
  expect(until(calendars, 'own')).toBe('2026-12-31T16:00:00.000Z');
  expect(until(calendars, 'none')).toBeNull();
});

test('days that are taken out of the list or worked are no holidays of a year', () => {
  const calendars = calendarsOf({ own: { off: ['2026-01-01'], worked: ['2027-01-02'] } }, 'UTC');
  expect(until(calendars, 'own')).toBe('2027-01-01T00:00:00.000Z');
});

test('is told a month ahead, for each calendar that has such a list', () => {
  const calendars = loadCalendars(projectFile('config/calendars.yaml'));
  const at = (text: string) => holidayWarnings(calendars, Date.parse(text));
  expect(at('2026-06-01T00:00:00Z')).toEqual([]);
  expect(at('2026-11-30T15:59:59.999Z')).toEqual([]);
  const told = at('2026-11-30T16:00:00Z');
  expect(told.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    'the calendar office',
    'the calendar inspection',
  ]);
  expect(told[0]).toBe(
    'the calendar office knows no holidays from 2027-01-01 on: they count as plain days; ' +
      'update the collector, or name them in calendars.yaml (off, worked)',
  );
  expect(at('2027-05-01T00:00:00Z')).toEqual(told);
});
