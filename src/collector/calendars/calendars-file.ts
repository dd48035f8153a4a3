/** The calendars file: checked as a whole, every mistake with file, path and reason in one run. */
import { z } from 'zod';
import { type ConfigProblem, formatPath, problemsIn, readYaml } from '../../shared/config.ts';
import {
  type Checked,
  flawless,
  type Holed,
  readParts,
  wholeOf,
} from '../../shared/config-parts.ts';
import type { Calendar, Calendars } from './calendars.ts';
import { WEEKDAYS, type Weekday, weekdayOf } from './civil-day.ts';
import { type HolidayList, holidaysSchema, NO_HOLIDAYS, readHolidays } from './holidays.ts';
import { knownUntilMs } from './holidays-known.ts';
import { type Hours, hoursSchema, readHours } from './hours.ts';
import type { DaySpan } from './open-year.ts';
import { alwaysOpen, workingTime } from './working-time.ts';

const calendarName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'is not a name: a-z, 0-9, _ and -');
const label = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) });
const WEEK = [...WEEKDAYS, 'workdays', 'weekend', 'every_day'] as const;
type WeekKey = (typeof WEEK)[number];

const calendarSchema = z.union([
  z.strictObject({
    name: label,
    zone: z.string().describe('IANA time zone'),
    hours: z.partialRecord(z.enum(WEEK), hoursSchema),
    holidays: z.string().optional().describe('A list under holidays:'),
    holiday_hours: hoursSchema.optional().describe('Default: closed'),
    make_up_hours: hoursSchema.optional().describe('Default: those of a Monday'),
  }),
  z.strictObject({ name: label, always: z.literal(true) }),
]);

export const calendarsSchema = z.strictObject({
  holidays: z.record(calendarName, holidaysSchema).optional(),
  calendars: z.record(calendarName, calendarSchema),
});

type Label = z.infer<typeof label>;
type RawCalendar = z.infer<typeof calendarSchema>;
type RawWorking = Exclude<RawCalendar, { always: true }>;
/** A mistake at a place below the one that is being read. */
export type Report = (path: readonly PropertyKey[], reason: string) => void;

export const ALWAYS: Calendar = alwaysOpen({
  name: 'always',
  label: { en: 'Around the clock', zh: '7×24 小时' },
  zone: 'UTC',
});

/** Null where the file cannot be read at all; otherwise every name is there, mistaken or not. */
export function readCalendars(file: string): Checked<Calendars | null> {
  try {
    return calendarsIn(readYaml(file), file);
  } catch (error) {
    return { value: null, problems: problemsIn(error, file) };
  }
}

/** Checks parsed YAML. Throws `config` with every problem. */
export function checkCalendars(data: unknown, file: string): Calendars {
  return flawless(calendarsIn(data, file));
}

function calendarsIn(data: unknown, file: string): Checked<Calendars> {
  const { value: raw, problems: shape } = readParts(calendarsSchema, data, file);
  const problems: ConfigProblem[] = [...shape];
  const report: Report = (path, reason) => {
    problems.push({ file, path: formatPath(path), reason });
  };
  const lists = new Map<string, HolidayList>();
  for (const [name, list] of Object.entries(raw.holidays ?? {})) {
    lists.set(name, readHolidays(list ?? {}, below(report, 'holidays', name)));
  }
  const calendars = new Map<string, Calendar>([['always', ALWAYS]]);
  for (const [name, one] of Object.entries(raw.calendars ?? {})) {
    calendars.set(
      name,
      readCalendar(name, one, { lists, report: below(report, 'calendars', name) }),
    );
  }
  return { value: calendarsOf(calendars), problems };
}

/** Calendars by name; what the door gives. */
export function calendarsOf(calendars: ReadonlyMap<string, Calendar>): Calendars {
  return Object.freeze({
    names: Object.freeze([...calendars.keys()]),
    get: (name: string) => calendars.get(name),
  });
}

function below(report: Report, ...place: readonly PropertyKey[]): Report {
  return (path, reason) => report([...place, ...path], reason);
}

interface Reading {
  readonly lists: ReadonlyMap<string, HolidayList>;
  readonly report: Report;
}

function readCalendar(
  name: string,
  given: Holed<RawCalendar> | undefined,
  { lists, report }: Reading,
): Calendar {
  const label = wholeOf<Label>(given?.name) ?? { en: name, zh: name };
  if (given === undefined || 'always' in given) return alwaysOpen({ name, label, zone: 'UTC' });
  const raw = given as Holed<RawWorking>;
  const zone = checkZone(raw.zone ?? 'UTC', report);
  const week = readWeek(raw, report);
  const listed = raw.holidays === undefined ? NO_HOLIDAYS : lists.get(raw.holidays);
  if (listed === undefined) {
    report(['holidays'], `there is no list ${JSON.stringify(raw.holidays)} under holidays:`);
  }
  const days = listed ?? NO_HOLIDAYS;
  const off = readHours(raw.holiday_hours ?? [], below(report, 'holiday_hours'));
  const makeUp =
    raw.make_up_hours === undefined
      ? week.monday
      : readHours(raw.make_up_hours, below(report, 'make_up_hours'));
  const hoursOf = (day: number): readonly DaySpan[] => {
    if (days.off.has(day)) return off;
    return days.worked.has(day) ? makeUp : week[weekdayOf(day)];
  };
  const holidaysUntilMs = knownUntilMs(days, zone);
  return workingTime({ name, label, zone }, { zone, hoursOf, holidaysUntilMs });
}

function checkZone(zone: string, report: Report): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    report(['zone'], `${JSON.stringify(zone)} is not an IANA time zone, e.g. Asia/Shanghai`);
    return 'UTC';
  }
}

/** A weekday by its own name wins over a group of days. */
function readWeek(raw: Holed<RawWorking>, outer: Report): Readonly<Record<Weekday, Hours>> {
  const report = below(outer, 'hours');
  const read = new Map<WeekKey, Hours>();
  for (const key of WEEK) {
    const given = raw.hours?.[key];
    if (given !== undefined) read.set(key, readHours(given, below(report, key)));
  }
  if (raw.hours && Object.values(raw.hours).every((hours) => hours?.length === 0)) {
    report([], 'is never open: a clock over it would never end');
  }
  const of = (day: Weekday): Hours => {
    const group = day === 'saturday' || day === 'sunday' ? 'weekend' : 'workdays';
    return read.get(day) ?? read.get(group) ?? read.get('every_day') ?? [];
  };
  return Object.fromEntries(WEEKDAYS.map((day) => [day, of(day)])) as Record<Weekday, Hours>;
}
