/** Occurrences: once, by cron through the changes of the clock, by a calendar. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadCalendars } from '../../../src/collector/calendars/calendars.ts';
import { checkCalendars } from '../../../src/collector/calendars/calendars-file.ts';
import {
  type CronSchedule,
  cronOf,
  type Schedule,
  occurrences as walkedOccurrences,
  walkOf,
} from '../../../src/collector/quiet/schedule.ts';
import { parseYaml } from '../../../src/shared/config.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { projectFile } from '../../support/parts.ts';

const none = () => undefined;
const occurrenceFrom = (schedule: Schedule, atMs: number) => walkOf(schedule, none)(atMs);
const occurrences = (schedule: Schedule, span: { fromMs: number; toMs: number }, limit: number) =>
  walkedOccurrences(walkOf(schedule, none), span, limit);
const at = (text: string): number => Date.parse(text);
const cron = (pattern: string, rest: Partial<CronSchedule> = {}): CronSchedule => ({
  kind: 'cron',
  cron: pattern,
  timezone: 'UTC',
  durationMs: HOUR_MS,
  untilMs: null,
  ...rest,
});
const begins = (schedule: CronSchedule, from: string, days: number): string[] =>
  occurrences(schedule, { fromMs: at(from), toMs: at(from) + days * DAY_MS }, 100).map((span) =>
    new Date(span.fromMs).toISOString(),
  );

test('a window that is once is there until it ends', () => {
  const once = { kind: 'once' as const, fromMs: 1_000, toMs: 2_000 };
  expect(occurrenceFrom(once, 0)).toEqual({ fromMs: 1_000, toMs: 2_000 });
  expect(occurrenceFrom(once, 1_999)).toEqual({ fromMs: 1_000, toMs: 2_000 });
  expect(occurrenceFrom(once, 2_000)).toBeNull();
});

test('an occurrence that is open is found from inside, to its last millisecond', () => {
  const nightly = cron('30 2 * * *');
  const span = { fromMs: at('2026-05-01T02:30:00Z'), toMs: at('2026-05-01T03:30:00Z') };
  expect(occurrenceFrom(nightly, span.fromMs - 1)).toEqual(span);
  expect(occurrenceFrom(nightly, span.fromMs)).toEqual(span);
  expect(occurrenceFrom(nightly, span.toMs - 1)).toEqual(span);
  expect(occurrenceFrom(nightly, span.toMs)?.fromMs).toBe(span.fromMs + DAY_MS);
});

test('nothing begins at or after until', () => {
  const until = at('2026-05-03T02:30:00Z');
  const days = begins(cron('30 2 * * *', { untilMs: until }), '2026-05-01T00:00:00Z', 10);
  expect(days).toEqual(['2026-05-01T02:30:00.000Z', '2026-05-02T02:30:00.000Z']);
});

test('the time zone is that of the place, without changes in Shanghai', () => {
  const saturday = cron('0 2 * * 6', { timezone: 'Asia/Shanghai' });
  expect(begins(saturday, '2026-05-01T00:00:00Z', 10)).toEqual([
    '2026-05-01T18:00:00.000Z',
    '2026-05-08T18:00:00.000Z',
  ]);
});

test('in the night whose 02:30 does not exist it begins when the clocks have jumped', () => {
  const nightly = cron('30 2 * * *', { timezone: 'Europe/Berlin' });
  expect(begins(nightly, '2026-03-28T00:00:00Z', 3)).toEqual([
    '2026-03-28T01:30:00.000Z',
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:30:00.000Z',
  ]);
});

test('in the night whose 02:30 comes twice it begins once and lasts as long as always', () => {
  const nightly = cron('30 2 * * *', { timezone: 'Europe/Berlin', durationMs: 2 * HOUR_MS });
  const spans = occurrences(
    nightly,
    { fromMs: at('2026-10-24T22:00:00Z'), toMs: at('2026-10-25T22:00:00Z') },
    10,
  );
  expect(spans).toEqual([{ fromMs: at('2026-10-25T00:30Z'), toMs: at('2026-10-25T02:30Z') }]);
});

test.each(['nonsense', '61 * * * *', '* * *', '', '* * * * * *', '0 0 0 * *'])(
  'the pattern %j is refused with the mend',
  (pattern) => {
    expect(() => cronOf(cron(pattern))).toThrow(/^cron /);
    expect(() => cronOf(cron(pattern))).toThrow(
      expect.objectContaining({ code: 'bad_request', hint: expect.stringContaining('five') }),
    );
  },
);

test('an unknown time zone is refused', () => {
  expect(() => cronOf(cron('0 2 * * *', { timezone: 'Mars/North' }))).toThrow(/^cron /);
});

const ZONES = ['UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];
const START = at('2026-01-01T00:00:00Z');

test('every day has one occurrence of the same length, whatever the clocks do', () => {
  const shape = fc.record({
    hour: fc.integer({ min: 0, max: 23 }),
    minute: fc.integer({ min: 0, max: 59 }),
    zone: fc.constantFrom(...ZONES),
    hours: fc.integer({ min: 1, max: 20 }),
    day: fc.integer({ min: 0, max: 340 }),
  });
  fc.assert(
    fc.property(shape, ({ hour, minute, zone, hours, day }) => {
      const daily = cron(`${minute} ${hour} * * *`, {
        timezone: zone,
        durationMs: hours * HOUR_MS,
      });
      const fromMs = START + day * DAY_MS;
      const spans = occurrences(daily, { fromMs, toMs: fromMs + 20 * DAY_MS }, 50);
      const days = spans.map(({ fromMs: begin }) =>
        new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(begin),
      );
      expect(new Set(days).size).toBe(days.length);
      expect(days.length).toBeGreaterThanOrEqual(20);
      for (const [index, span] of spans.entries()) {
        expect(span.toMs - span.fromMs).toBe(hours * HOUR_MS);
        const before = spans[index - 1];
        const gapHours = before === undefined ? 24 : (span.fromMs - before.fromMs) / HOUR_MS;
        expect(
          [22.5, 23, 23.5, 24, 24.5, 25, 25.5].some((h) => Math.abs(h - gapHours) <= 0.5),
        ).toBe(true);
        expect(occurrenceFrom(daily, span.fromMs)).toEqual(span);
        expect(occurrenceFrom(daily, span.toMs - 1)).toEqual(span);
      }
    }),
    { numRuns: 60 },
  );
});

test('a calendar’s openings are its occurrences; one that is gone has none', () => {
  const calendars = loadCalendars(projectFile('config/calendars.yaml'));
  const byOffice: Schedule = { kind: 'calendar', calendar: 'office', untilMs: null };
  const office = walkOf(byOffice, (name) => calendars.get(name));
  // Friday 2026-05-08, 08:30 to 12:00 in Shanghai; the next opening after noon is 13:30.
  const morning = { fromMs: at('2026-05-08T00:30Z'), toMs: at('2026-05-08T04:00Z') };
  expect(office(at('2026-05-08T02:00Z'))).toEqual(morning);
  expect(office(morning.fromMs - 1)).toEqual(morning);
  expect(office(morning.toMs)).toEqual({
    fromMs: at('2026-05-08T05:30Z'),
    toMs: at('2026-05-08T09:30Z'),
  });
  expect(walkOf(byOffice, none)(0)).toBeNull();
  const until = walkOf({ ...byOffice, untilMs: morning.toMs }, (name) => calendars.get(name));
  expect(until(morning.toMs)).toBeNull();
});

const long = checkCalendars(
  parseYaml(
    `calendars:
  winter:
    name: { en: x, zh: x }
    zone: UTC
    hours: { monday: ["08:00-09:00"] }
    holidays: winter
    holiday_hours: ["00:00-24:00"]
holidays: { winter: { off: ["2026-12-28..2027-01-06"] } }
`,
    'calendars.yaml',
  ),
  'calendars.yaml',
);

test('a calendar’s opening has one beginning and one end, whenever one looks', () => {
  const walk = walkOf({ kind: 'calendar', calendar: 'winter', untilMs: null }, long.get);
  // Ten days that touch, over the turn of the year.
  const whole = { fromMs: at('2026-12-28T00:00Z'), toMs: at('2027-01-07T00:00Z') };
  for (let atMs = whole.fromMs - HOUR_MS; atMs < whole.toMs; atMs += HOUR_MS) {
    expect(walk(atMs), new Date(atMs).toISOString()).toEqual(whole);
  }
  expect(walk(whole.toMs)?.fromMs).toBe(at('2027-01-11T08:00Z'));
});
