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
/** Every stretch that begins at a moment. */
const dutiesAt = (fromMs: number): readonly Duty[] =>
  dutiesBetween(roster, fromMs, fromMs + 1).filter((duty) => duty.fromMs === fromMs);
const read = (calendar: string, from = shipped) =>
  readCalendar(calendar, from, { dutyOf, dutiesAt });

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
    /UID:duty.day.2026-01-05@watchkeeper([\s\S]*?)DTEND:20260105T103000Z/,
    'UID:lunch@example.com$1DTEND:20260105T100000Z',
    /"lunch@example.com" names no shift, and none has its times/,
  ],
  ['a series', 'DTEND:20260105T103000Z', 'DTEND:20260105T103000Z\r\nRRULE:FREQ=DAILY', /repeats/],
  ['a cancelled event', 'DTEND:20260105T103000Z', '$&\r\nSTATUS:CANCELLED', /was cancelled/],
  ['a day as a whole', 'DTSTART:20260104T233000Z', 'DTSTART;VALUE=DATE:20260105', /was moved/],
  [
    'a zone that is none',
    'DTSTART:20260104T233000Z',
    'DTSTART;TZID=China Standard Time:20260105T073000',
    /does not say what "China Standard Time" is/,
  ],
  ['an event that was moved', 'DTEND:20260105T103000Z', 'DTEND:20260105T113000Z', /was moved/],
  ['a day that is none', 'duty/day/2026-01-05@', 'duty/day/2026-02-30@', /./],
  ['a shift that is none', 'duty/day/2026-01-05@', 'duty/noon/2026-01-05@', /no shift noon/],
  ['nobody', 'SUMMARY:值班 day: 王工', 'SUMMARY:', /no person ""/],
] as [string, string | RegExp, string, RegExp][])(
  '%s is refused with the number of the event',
  (_what, from, to, reason) => {
    const edited = text.replace(from, to);
    expect(edited).not.toBe(text);
    expect(() => read(edited)).toThrow(reason);
    expect(() => read(edited)).toThrow(/^event [23]: /);
  },
);

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

/** What a program makes of an exported event: same UID, its own lines around it. */
function eventAs(duty: Duty, lines: readonly string[]): string {
  const uid = `UID:${duty.role}/${duty.shift}/${duty.date}@watchkeeper`;
  return ['BEGIN:VEVENT', uid, ...lines, 'END:VEVENT'].join('\r\n');
}
const local = (ms: number): string =>
  Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO('Asia/Shanghai')
    .toPlainDateTime()
    .toString({ smallestUnit: 'second' })
    .replace(/[-:]/g, '');
const utc = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');

/** With a byte order mark, zones under Windows names, and properties of its own. */
function asOutlook(duties: readonly Duty[], summary: (duty: Duty) => string): string {
  const zone = 'TZID="China Standard Time"';
  return `\ufeff${[
    'BEGIN:VCALENDAR',
    'PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN',
    'VERSION:2.0',
    'METHOD:PUBLISH',
    'X-CALSTART:20260104T233000Z',
    'X-WR-RELCALID:{0000002E-76D7-4E60-B1B2-51AF1AF3F9C2}',
    'BEGIN:VTIMEZONE',
    'TZID:China Standard Time',
    ...['BEGIN:STANDARD', 'DTSTART:16010101T000000', 'TZOFFSETFROM:+0800'],
    ...['TZOFFSETTO:+0800', 'END:STANDARD', 'END:VTIMEZONE'],
    ...duties.map((duty) =>
      eventAs(duty, [
        'CLASS:PUBLIC',
        `DTEND;${zone}:${local(duty.untilMs)}`,
        `DTSTAMP:${utc(FROM)}`,
        `DTSTART;${zone}:${local(duty.fromMs)}`,
        'PRIORITY:5',
        'SEQUENCE:1',
        `SUMMARY;LANGUAGE=zh-cn:${summary(duty).slice(0, 6)}`,
        ` ${summary(duty).slice(6)}`,
        'TRANSP:OPAQUE',
        'X-ALT-DESC;FMTTYPE=text/html:<html><body>\\n</body></html>',
        'X-MICROSOFT-CDO-BUSYSTATUS:BUSY',
        ...['BEGIN:VALARM', 'TRIGGER:-PT15M', 'ACTION:DISPLAY', 'DESCRIPTION:Reminder'],
        'END:VALARM',
      ]),
    ),
    'END:VCALENDAR',
    '',
  ].join('\r\n')}`;
}

/** With lines that end as on Unix, times of Greenwich, and commas escaped. */
function asGoogle(duties: readonly Duty[], summary: (duty: Duty) => string): string {
  return [
    ...['BEGIN:VCALENDAR', 'PRODID:-//Google Inc//Google Calendar 70.9054//EN', 'VERSION:2.0'],
    ...['CALSCALE:GREGORIAN', 'METHOD:PUBLISH', 'X-WR-CALNAME:值班', 'X-WR-TIMEZONE:Asia/Shanghai'],
    ...duties.map((duty) =>
      eventAs(duty, [
        `DTSTART:${utc(duty.fromMs)}`,
        `DTEND:${utc(duty.untilMs)}`,
        `DTSTAMP:${utc(FROM)}`,
        ...['CREATED:20260101T010101Z', 'DESCRIPTION:', 'LAST-MODIFIED:20260102T010101Z'],
        ...['LOCATION:机房\\, 二楼', 'SEQUENCE:0', 'STATUS:CONFIRMED'],
        `SUMMARY:${summary(duty)}`,
        'TRANSP:OPAQUE',
      ]),
    ),
    'END:VCALENDAR',
  ]
    .join('\r\n')
    .replaceAll('\r\n', '\n');
}

const PROGRAMS = [
  ['Outlook', asOutlook],
  ['Google Calendar', asGoogle],
] as const;

test.each(PROGRAMS)('what %s makes of an export is read back', (_name, as) => {
  const nameOf = ({ person, shift }: Duty): string =>
    `值班 ${shift}: ${shipped.people.get(person)?.name}`;
  expect(read(as(week, nameOf))).toEqual(read(text));
  const edited = as(week, (duty) => (duty.date === '2026-01-06' ? '值班 : 二线' : nameOf(duty)));
  const moved = read(edited).filter(({ person }) => person === 'second');
  expect(moved.map(({ shift, date }) => `${shift} ${date}`)).toEqual([
    'day 2026-01-06',
    'night 2026-01-06',
  ]);
});

test.each(PROGRAMS)('a shift entered in %s by hand is known by its times', (_name, as) => {
  const made = as(week, ({ person }) => person).replace(
    /UID:duty\/night\/2026-01-05@watchkeeper/,
    'UID:040000008200E00074C5B7101A82E0080000@example.com',
  );
  expect(read(made)).toEqual(read(text));
});

test('a time without a zone is one of the roster', () => {
  const floating = text
    .replace('DTSTART:20260104T233000Z', 'DTSTART:20260105T073000')
    .replace('DTEND:20260105T103000Z', 'DTEND;TZID=Asia/Shanghai:20260105T183000');
  expect(read(floating)).toEqual(read(text));
});

test('a shift by hand that is the time of two posts is refused: keep the UID', () => {
  const made = text.replace('duty/night/2026-01-05@watchkeeper', 'x@example.com');
  const both = (fromMs: number): readonly Duty[] =>
    dutiesAt(fromMs).flatMap((duty) => [duty, { ...duty, role: 'field' }]);
  expect(() => readCalendar(made, shipped, { dutyOf, dutiesAt: both })).toThrow(
    /several have its times: duty\/night, field\/night/,
  );
});

test('a shift that is there twice is refused', () => {
  const event = /BEGIN:VEVENT[\s\S]*?END:VEVENT\r\n/.exec(text)?.[0] ?? '';
  expect(() => read(text.replace(event, event + event))).toThrow(
    /^event 2: .* is in event 1 already/,
  );
});
