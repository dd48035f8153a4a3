import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Role, Shift } from '../../../src/collector/people/people.ts';
import { dutiesBetween, nextTimeOfDay } from '../../../src/collector/people/shifts.ts';
import { policy } from './policies.ts';

const role = policy().roles.get('duty') as Role;
const china = { timezone: 'Asia/Shanghai', role, assigned: () => undefined };
const at = (local: string): number => Date.parse(`${local}+08:00`);
const holders = (roster: typeof china, ms: number): string[] =>
  dutiesBetween(roster, ms, ms + 1).map(({ person }) => person);

test.each([
  ['2026-01-05T07:29:59', ['night']],
  ['2026-01-05T07:30:00', ['wang']],
  ['2026-01-05T18:29:59', ['wang']],
  ['2026-01-05T18:30:00', ['night']],
  ['2026-01-06T02:10:00', ['night']],
  ['2026-01-06T12:00:00', ['li']],
  ['2026-01-04T12:00:00', ['li']],
  ['2025-12-31T12:00:00', ['li']],
])('at %s local time the post is held by %j', (local, people) => {
  expect(holders(china, at(local))).toEqual(people);
});

test('the night belongs to the day it begins: that day decides whose turn it is', () => {
  const night = { ...(role.shifts[1] as Shift), people: ['a', 'b'], starts: '2026-01-05' };
  const roster = { ...china, role: { ...role, shifts: [night] } };
  expect(holders(roster, at('2026-01-06T02:00:00'))).toEqual(['a']);
  expect(holders(roster, at('2026-01-06T19:00:00'))).toEqual(['b']);
  expect(holders(roster, at('2026-01-07T07:00:00'))).toEqual(['b']);
});

test('a turn of a week changes on its day and goes round', () => {
  const week = { ...(role.shifts[0] as Shift), people: ['a', 'b', 'c'], turnDays: 7 };
  const roster = { ...china, role: { ...role, shifts: [week] } };
  const noon = (day: string) => holders(roster, at(`${day}T12:00:00`));
  expect(noon('2026-01-11')).toEqual(['a']);
  expect(noon('2026-01-12')).toEqual(['b']);
  expect(noon('2026-01-19')).toEqual(['c']);
  expect(noon('2026-01-26')).toEqual(['a']);
  expect(noon('2026-01-04')).toEqual(['c']);
});

test('an assignment wins over the turn, and says so', () => {
  const assigned = (slot: { date: string; shift: string }) =>
    slot.date === '2026-01-05' && slot.shift === 'day' ? 'second' : undefined;
  const [duty] = dutiesBetween(
    { ...china, assigned },
    at('2026-01-05T09:00'),
    at('2026-01-05T10:00'),
  );
  expect(duty).toMatchObject({ person: 'second', changed: true, shift: 'day', date: '2026-01-05' });
});

const anyMinute = fc.integer({ min: 0, max: 1439 });
const anyTime = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });

test('two shifts that share the day hold the post at every moment, through both clock changes', () => {
  fc.assert(
    fc.property(anyMinute, anyMinute, anyTime, (first, second, ms) => {
      fc.pre(first !== second);
      const [from, to] = first < second ? [first, second] : [second, first];
      const base = { ...(role.shifts[0] as Shift), people: ['a'] };
      const shifts = [
        { ...base, name: 'one', fromMinute: from, toMinute: to },
        { ...base, name: 'two', fromMinute: to, toMinute: from + 1440 },
      ];
      const roster = { ...china, timezone: 'Europe/Berlin', role: { ...role, shifts } };
      expect(holders(roster, ms)).toEqual(['a']);
    }),
  );
});

test('stretches of a month follow each other without hole or overlap', () => {
  const duties = dutiesBetween(china, at('2026-02-01T00:00'), at('2026-03-01T00:00'));
  expect(duties).toHaveLength(57);
  for (const [i, duty] of duties.slice(1).entries()) expect(duty.fromMs).toBe(duties[i]?.untilMs);
});

test('the next eight in the morning is today before eight, tomorrow after it', () => {
  expect(nextTimeOfDay(at('2026-01-05T07:59:59'), 480, 'Asia/Shanghai')).toBe(
    at('2026-01-05T08:00'),
  );
  expect(nextTimeOfDay(at('2026-01-05T08:00:00'), 480, 'Asia/Shanghai')).toBe(
    at('2026-01-06T08:00'),
  );
});

test('the nights of the clock changes are an hour shorter and longer, without hole or overlap', () => {
  const berlin = { ...china, timezone: 'Europe/Berlin' };
  const nightOf = (day: string): number => {
    const noon = Temporal.ZonedDateTime.from(`${day}T12:00[Europe/Berlin]`).epochMilliseconds;
    const duties = dutiesBetween(berlin, noon, noon + 86_400_000);
    for (const [i, duty] of duties.slice(1).entries()) {
      expect(duty.fromMs).toBe(duties[i]?.untilMs);
    }
    const night = duties.find(({ shift, date }) => shift === 'night' && date === day);
    return ((night?.untilMs ?? 0) - (night?.fromMs ?? 0)) / 3_600_000;
  };
  expect(nightOf('2026-03-27')).toBe(13);
  expect(nightOf('2026-03-28')).toBe(12);
  expect(nightOf('2026-10-24')).toBe(14);
});

test.each([
  // 02:30 does not exist on 2026-03-29 in Berlin, and is there twice on 2026-10-25.
  ['2026-03-29', '2026-03-29T01:30:00Z'],
  ['2026-10-25', '2026-10-25T00:30:00Z'],
])('a shift that begins at 02:30 on %s begins at %s', (day, begins) => {
  const [day1, night1] = role.shifts as [Shift, Shift];
  const shifts = [
    { ...day1, fromMinute: 150, toMinute: 1_110 },
    { ...night1, fromMinute: 1_110, toMinute: 1_590 },
  ];
  const berlin = { ...china, timezone: 'Europe/Berlin', role: { ...role, shifts } };
  const from = Temporal.PlainDate.from(day).toZonedDateTime('Europe/Berlin').epochMilliseconds;
  const duties = dutiesBetween(berlin, from, from + 86_400_000);
  expect(duties.map(({ shift }) => shift).slice(0, 2)).toEqual(['night', 'day']);
  expect(new Date(duties[1]?.fromMs ?? 0).toISOString()).toBe(begins.replace('Z', '.000Z'));
  expect(duties[0]?.untilMs).toBe(duties[1]?.fromMs);
});
