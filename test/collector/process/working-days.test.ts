/** Notice in working days, over weekends and the Chinese holidays. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { workingDaysBefore } from '../../../src/collector/process/working-days.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { CALENDARS } from './rig.ts';

const office = CALENDARS.get('office')!;
const china = (text: string): number => Date.parse(`${text}+08:00`);
const between = (from: string, to: string): number =>
  workingDaysBefore(office, china(from), china(to));

test.each([
  ['Monday morning to Wednesday morning', '2026-05-11T09:00', '2026-05-13T10:00', 2],
  ['Monday night to Wednesday morning', '2026-05-11T23:00', '2026-05-13T10:00', 2],
  ['Wednesday before the office opens is no day', '2026-05-11T09:00', '2026-05-13T07:00', 1],
  ['Monday to Tuesday night', '2026-05-11T09:00', '2026-05-12T22:00', 1],
  ['the same day', '2026-05-11T08:00', '2026-05-11T20:00', 0],
  ['backwards', '2026-05-13T08:00', '2026-05-11T20:00', 0],
  ['Friday to Sunday', '2026-05-15T09:00', '2026-05-17T20:00', 0],
  ['Friday to Monday night', '2026-05-15T09:00', '2026-05-18T20:00', 1],
  ['over the whole of the October holidays', '2026-09-30T09:00', '2026-10-08T09:00', 1],
  ['a Saturday that is worked counts', '2026-10-09T09:00', '2026-10-11T00:00', 1],
])('%s', (_name, from, to, days) => {
  expect(between(from, to)).toBe(days);
});

test('it is the number of local dates with office hours, counted hour by hour', () => {
  const start = china('2026-01-01T00:00');
  const time = fc.record({
    hour: fc.integer({ min: 0, max: 360 * 24 }),
    hours: fc.integer({ min: 0, max: 24 * 20 }),
  });
  fc.assert(
    fc.property(time, ({ hour, hours }) => {
      const fromMs = start + hour * HOUR_MS;
      const toMs = fromMs + hours * HOUR_MS;
      const date = (ms: number) => new Date(ms + 8 * HOUR_MS).toISOString().slice(0, 10);
      const dates = new Set<string>();
      for (let at = fromMs; at < toMs; at += HOUR_MS / 2) {
        if (date(at) !== date(fromMs) && office.isOpen(at)) dates.add(date(at));
      }
      expect(workingDaysBefore(office, fromMs, toMs)).toBe(dates.size);
    }),
    { numRuns: 150 },
  );
});

test('a change of the clock moves no date', () => {
  const zone = 'Europe/Berlin';
  const always = { zone, spans: (fromMs: number, toMs: number) => [{ fromMs, toMs }] };
  const saturday = Date.parse('2026-03-28T12:00:00+01:00');
  expect(workingDaysBefore(always, saturday, saturday + DAY_MS)).toBe(1);
  expect(workingDaysBefore(always, saturday, Date.parse('2026-03-29T00:00:00+01:00'))).toBe(0);
});
