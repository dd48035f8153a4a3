/**
 * Calendars against brute force: every question is answered once more minute by minute, from the
 * wall clock of the zone, without any of the code under test.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../../src/collector/calendars/calendars.ts';
import { checkCalendars } from '../../../src/collector/calendars/calendars-file.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function calendar(zone: string, hours: Record<string, string[]>): Calendar {
  const one = { name: { en: 'X', zh: 'X' }, zone, hours };
  return checkCalendars({ calendars: { x: one } }, 'x.yaml').get('x')!;
}

/** What the clock on the wall says: weekday and minutes since midnight. */
function wall(zone: string) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (atMs: number): { day: string; minutes: number } => {
    const parts = Object.fromEntries(
      format.formatToParts(atMs).map(({ type, value }) => [type, value]),
    );
    const minutes = Number(parts.hour) * 60 + Number(parts.minute);
    return { day: String(parts.weekday).toLowerCase(), minutes };
  };
}

const minutesOf = (time: string): number =>
  Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

function bruteOpen(zone: string, hours: Record<string, string[]>): (atMs: number) => boolean {
  const look = wall(zone);
  return (atMs) => {
    const { day, minutes } = look(atMs);
    return (hours[day] ?? []).some((span) => {
      const [from = '', to = ''] = span.split('-');
      return minutes >= minutesOf(from) && minutes < minutesOf(to);
    });
  };
}

const ZONES = ['Asia/Shanghai', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'UTC'];
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const clockTime = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** Up to three spans a day, apart or touching. */
const dayHours = fc
  .uniqueArray(fc.integer({ min: 0, max: 48 }), { minLength: 0, maxLength: 6 })
  .map((marks) => {
    const times = marks.sort((a, b) => a - b).map((mark) => clockTime(mark * 30));
    const spans: string[] = [];
    for (let i = 0; i + 1 < times.length; i += 2) spans.push(`${times[i]}-${times[i + 1]}`);
    return spans;
  });
const week = fc
  .tuple(...DAYS.map(() => dayHours))
  .map((all) => Object.fromEntries(DAYS.map((day, i) => [day, all[i] ?? []])))
  .filter((hours) => Object.values(hours).some((spans) => spans.length > 0));

/** Days around the changes of the clock in 2026, and plain ones. */
const nearChange = fc
  .constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01')
  .chain((date) =>
    fc
      .integer({ min: -24 * 60, max: 48 * 60 })
      .map((minutes) => Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE_MS),
  );

describe('a calendar', () => {
  it('says the same as the clock on the wall, minute by minute, also when that changes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        week,
        nearChange,
        fc.integer({ min: 1, max: 36 * 60 }),
        (zone, hours, fromMs, minutes) => {
          const real = calendar(zone, hours);
          const open = bruteOpen(zone, hours);
          const toMs = fromMs + minutes * MINUTE_MS;
          let sum = 0;
          for (let at = fromMs; at < toMs; at += MINUTE_MS) {
            const brute = open(at);
            if (real.isOpen(at) !== brute) expect(`${zone} ${new Date(at).toISOString()}`).toBe('');
            if (brute) sum += MINUTE_MS;
          }
          expect(real.openBetween(fromMs, toMs)).toBe(sum);
          const spans = real.spans(fromMs, toMs);
          expect(spans.reduce((all, span) => all + span.toMs - span.fromMs, 0)).toBe(sum);
          if (sum === 0) return;
          // The first minute by which so much was open.
          let [at, owed] = [fromMs, sum];
          for (; owed > 0; at += MINUTE_MS) if (open(at)) owed -= MINUTE_MS;
          expect(real.deadline(fromMs, sum)).toBe(at);
        },
      ),
      { numRuns: 120 },
    );
  });

  it('keeps its promises to itself anywhere in time', () => {
    const moment = fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2049, 0) });
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        week,
        moment,
        fc.integer({ min: 1, max: 90 * DAY_MS }),
        (zone, hours, fromMs, openMs) => {
          const one = calendar(zone, hours);
          const deadline = one.deadline(fromMs, openMs);
          if (deadline === null) {
            // Half an hour a week does not hold it within ten years, the one under way counted.
            expect(one.openBetween(fromMs, fromMs + 9 * 365 * DAY_MS)).toBeLessThan(openMs);
            return;
          }
          const end = deadline;
          expect(one.openBetween(fromMs, end)).toBe(openMs);
          expect(one.openBetween(fromMs, end - 1)).toBe(openMs - 1);
          const next = one.nextOpening(fromMs) ?? 0;
          expect(one.openBetween(fromMs, next)).toBe(0);
          expect(one.isOpen(next)).toBe(true);
          expect(one.openBetween(end, fromMs)).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a change of the clock', () => {
  const night = calendar('Europe/Berlin', { sunday: ['01:00-04:00'] });
  const open = (date: string): number =>
    night.openBetween(
      Date.parse(`${date}T00:00:00Z`) - DAY_MS / 2,
      Date.parse(`${date}T12:00:00Z`),
    );

  it('takes an hour in spring and gives one in autumn', () => {
    expect(open('2026-03-22') / HOUR_MS).toBe(3);
    expect(open('2026-03-29') / HOUR_MS).toBe(2);
    expect(open('2026-10-25') / HOUR_MS).toBe(4);
  });

  it('opens twice what happens twice, and never what is skipped', () => {
    const ambiguous = calendar('Europe/Berlin', { sunday: ['02:00-02:30'] });
    const spans = (date: string) =>
      ambiguous
        .spans(Date.parse(`${date}T00:00:00Z`) - 6 * HOUR_MS, Date.parse(`${date}T06:00:00Z`))
        .map(({ fromMs, toMs }) => [new Date(fromMs).toISOString(), (toMs - fromMs) / MINUTE_MS]);
    expect(spans('2026-10-25')).toEqual([
      ['2026-10-25T00:00:00.000Z', 30],
      ['2026-10-25T01:00:00.000Z', 30],
    ]);
    expect(spans('2026-03-29')).toEqual([]);
  });
});

describe('the edges', () => {
  const rare = calendar('UTC', { monday: ['00:00-00:01'] });
  const always = checkCalendars({ calendars: {} }, 'x.yaml').get('always')!;
  const AT = Date.UTC(2026, 0, 5);

  it('no time is owed: that is now', () => {
    expect(rare.deadline(AT + 7, 0)).toBe(AT + 7);
    expect(always.deadline(AT, 0)).toBe(AT);
  });

  it('more than ten years hold is never', () => {
    expect(rare.deadline(AT, 10 * 53 * MINUTE_MS)).toBeNull();
    expect(rare.deadline(AT, 500 * MINUTE_MS)).not.toBeNull();
  });

  it('around the clock every millisecond counts', () => {
    expect(always.deadline(AT, HOUR_MS)).toBe(AT + HOUR_MS);
    expect(always.openBetween(AT, AT + 5)).toBe(5);
    expect(always.openBetween(AT + 5, AT)).toBe(0);
    expect(always.spans(AT, AT + 5)).toEqual([{ fromMs: AT, toMs: AT + 5 }]);
    expect(always.spans(AT, AT)).toEqual([]);
    expect([always.isOpen(AT), always.nextOpening(AT)]).toEqual([true, AT]);
  });
});
