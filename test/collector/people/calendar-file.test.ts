/** The roster as an iCalendar file and back, as calendar programs write it. */

import fc from 'fast-check';
import ICAL from 'ical.js';
import { expect, test } from 'vitest';
import { readCalendar, writeCalendar } from '../../../src/collector/people/calendar-file.ts';
import type { Duty, Role, Slot } from '../../../src/collector/people/people.ts';
import { dutiesBetween, dutyOn } from '../../../src/collector/people/shifts.ts';
import { PEOPLE, policy } from './policies.ts';

const shipped = policy();
const role = shipped.roles.get('duty') as Role;
const roster = { timezone: shipped.timezone, role, assigned: () => undefined };
const FROM = Date.parse('2026-01-05T00:00:00+08:00');
const week = dutiesBetween(roster, FROM, FROM + 7 * 86_400_000);
const text = writeCalendar(week, shipped, FROM);

function dutyOf({ shift, date }: Slot): Duty {
  const found = role.shifts.find(({ name }) => name === shift);
  const duty = found && dutyOn(roster, found, Temporal.PlainDate.from(date));
  if (!duty) throw new Error(`there is no shift ${shift}`);
  return duty;
}
const read = (calendar: string, from = shipped) => readCalendar(calendar, from, dutyOf);

test('every line is at most 75 bytes and ends as RFC 5545 asks', () => {
  expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(76);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
});

test('another reader sees the same stretches', () => {
  const events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
  expect(events).toHaveLength(week.length);
  const first = new ICAL.Event(events[1] as ICAL.Component);
  expect(first.startDate.toJSDate().toISOString()).toBe('2026-01-04T23:30:00.000Z');
  expect(first.endDate.toJSDate().toISOString()).toBe('2026-01-05T10:30:00.000Z');
  expect(first.summary).toBe('值班 day: 王工');
});

test('what was written is read back, each stretch with its holder', () => {
  expect(read(text)).toEqual(
    week.map(({ role: id, shift, date, person }) => ({ role: id, shift, date, person })),
  );
});

test.each([
  ['li', 'li'],
  ['李工', 'li'],
  ['  李工 ', 'li'],
  ['Night phone', 'night'],
])('a holder may be written as %j', (written, person) => {
  const edited = text.replace('SUMMARY:值班 day: 王工', `SUMMARY:值班 day:${written}`);
  expect(read(edited)[1]?.person).toBe(person);
});

test('a full-width colon, as Chinese keyboards write it, is a colon', () => {
  expect(read(text.replace('SUMMARY:值班 day: 王工', 'SUMMARY:值班 day：李工'))[1]?.person).toBe(
    'li',
  );
});

test('a name that two people share is refused: write the id', () => {
  const twins = policy(PEOPLE.replace('name: 李工', 'name: 王工'));
  expect(() => read(text, twins)).toThrow(/"王工" is the name of several people/);
});

test('folded lines and local times with a zone are the same moment', () => {
  const zone = [
    ...['BEGIN:VTIMEZONE', 'TZID:Asia/Shanghai', 'BEGIN:STANDARD', 'DTSTART:19700101T000000'],
    ...['TZOFFSETFROM:+0800', 'TZOFFSETTO:+0800', 'END:STANDARD', 'END:VTIMEZONE'],
  ].join('\r\n');
  const local = text
    .replace('BEGIN:VEVENT', `${zone}\r\nBEGIN:VEVENT`)
    .replace('DTSTART:20260104T233000Z', 'DTSTART;TZID=Asia/Shanghai:20260105T073000');
  expect(read(local)).toHaveLength(week.length);
});

test.each([
  [
    'an event of somebody else',
    'UID:duty/day/2026-01-05@watchkeeper',
    'UID:lunch@example.com',
    /names no shift/,
  ],
  ['an event that was moved', 'DTEND:20260105T103000Z', 'DTEND:20260105T113000Z', /was moved/],
  ['a day that is none', 'duty/day/2026-01-05@', 'duty/day/2026-02-30@', /./],
  ['a shift that is none', 'duty/day/2026-01-05@', 'duty/noon/2026-01-05@', /no shift noon/],
  ['nobody', 'SUMMARY:值班 day: 王工', 'SUMMARY:', /no person ""/],
])('%s is refused with the number of the event', (_what, from, to, reason) => {
  const edited = text.replace(from, to);
  expect(edited).not.toBe(text);
  expect(() => read(edited)).toThrow(reason);
  expect(() => read(edited)).toThrow(/^event 2: /);
});

test('a calendar of too many events is refused before it is looked at', () => {
  const event = /BEGIN:VEVENT[\s\S]*?END:VEVENT\r\n/.exec(text)?.[0] ?? '';
  const many = text.replace(event, event.repeat(1_001));
  expect(() => read(many)).toThrow(/at most 1000 events/);
});

test('whatever is in the file, it is read or refused', () => {
  const noise = fc.array(
    fc.constantFrom(...text.slice(0, 400), '\r\n', ':', ';', '\\', 'END:VEVENT'),
  );
  fc.assert(
    fc.property(fc.nat(text.length), noise, (at, pieces) => {
      try {
        expect(read(text.slice(0, at) + pieces.join('') + text.slice(at)).length).toBeLessThan(100);
      } catch (error) {
        expect((error as { code?: string }).code).toMatch(/bad_request|too_large/);
      }
    }),
    { numRuns: 300 },
  );
});
