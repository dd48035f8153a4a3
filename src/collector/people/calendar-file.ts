/**
 * The roster as an iCalendar file (RFC 5545) and back. An event's UID names its slot, its summary
 * ends with who holds it: that is what a person edits in a calendar program.
 */
import ICAL from 'ical.js';
import { Failure, messageOf } from '../../shared/errors.ts';
import { identify } from './identity.ts';
import type { Duty, PeoplePolicy, Slot } from './people.ts';

const TEXT_LONGEST = 1024 * 1024;
const EVENTS_MOST = 1_000;
const UID = /^([a-z0-9-]+)\/([a-z0-9-]+)\/(\d{4}-\d\d-\d\d)@watchkeeper$/;

export function writeCalendar(
  duties: readonly Duty[],
  { people, roles }: PeoplePolicy,
  nowMs: number,
): string {
  const calendar = new ICAL.Component('vcalendar');
  calendar.updatePropertyWithValue('version', '2.0');
  calendar.updatePropertyWithValue('prodid', '-//Watchkeeper//duty roster//EN');
  for (const { role, shift, date, person, fromMs, untilMs } of duties) {
    const event = new ICAL.Component('vevent');
    const name = people.get(person)?.name ?? person;
    event.updatePropertyWithValue('uid', `${role}/${shift}/${date}@watchkeeper`);
    event.updatePropertyWithValue('dtstamp', utc(nowMs));
    event.updatePropertyWithValue('dtstart', utc(fromMs));
    event.updatePropertyWithValue('dtend', utc(untilMs));
    const post = roles.get(role)?.name.zh ?? role;
    event.updatePropertyWithValue('summary', `${post} ${shift}: ${name}`);
    calendar.addSubcomponent(event);
  }
  return `${calendar.toString()}\r\n`;
}

function utc(ms: number): ICAL.Time {
  const at = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO('UTC');
  const { year, month, day, hour, minute, second } = at;
  const fields = { year, month, day, hour, minute, second, isDate: false };
  return new ICAL.Time(fields, ICAL.Timezone.utcTimezone);
}

/** The roster as it is asked while a calendar is read. */
export interface Shifts {
  /** Throws `not_found`. */
  dutyOf(slot: Slot): Duty;
  /** The stretches of any post that begin at this moment. */
  dutiesAt(fromMs: number): readonly Duty[];
}

type Taken = Slot & { readonly person: string };

/** Every event as an assignment, or `bad_request` with all that is wrong. */
export function readCalendar(text: string, policy: PeoplePolicy, shifts: Shifts): readonly Taken[] {
  const problems: string[] = [];
  const seen = new Map<string, number>();
  const made = eventsOf(text).flatMap((event, index) => {
    try {
      const taken = readEvent(event, policy, shifts);
      const key = `${taken.role}/${taken.shift} ${taken.date}`;
      const before = seen.get(key);
      if (before !== undefined) {
        throw new Failure('bad_request', `${key} is in event ${before} already`);
      }
      seen.set(key, index + 1);
      return [taken];
    } catch (error) {
      problems.push(`event ${index + 1}: ${messageOf(error)}`);
      return [];
    }
  });
  if (problems.length === 0) return made;
  throw new Failure('bad_request', problems.join('\n'), {
    hint: 'edit a file from: collector duty export; only who holds a shift can be changed',
    detail: { problems },
  });
}

function eventsOf(text: string): readonly ICAL.Component[] {
  const limit = `at most ${EVENTS_MOST} events and ${TEXT_LONGEST} characters`;
  if (text.length > TEXT_LONGEST) throw new Failure('too_large', `a calendar has ${limit}`);
  let events: readonly ICAL.Component[];
  try {
    // Programs on Windows begin a file with a byte order mark.
    const parsed = ICAL.parse(text.replace(/^\ufeff/, ''));
    events = new ICAL.Component(parsed).getAllSubcomponents('vevent');
  } catch (error) {
    throw new Failure('bad_request', `not an iCalendar file: ${messageOf(error)}`, {
      hint: 'edit a file from: collector duty export',
      cause: error,
    });
  }
  if (events.length > EVENTS_MOST) throw new Failure('too_large', `a calendar has ${limit}`);
  return events;
}

/** What would be taken for a single shift that stays as it is, and means something else. */
const UNTOLD: readonly (readonly [string, string])[] = [
  ['rrule', 'repeats: write each shift as an event of its own'],
  ['rdate', 'repeats: write each shift as an event of its own'],
  ['recurrence-id', 'is one of a series: write each shift as an event of its own'],
];

function readEvent(event: ICAL.Component, policy: PeoplePolicy, shifts: Shifts): Taken {
  for (const [property, reason] of UNTOLD) {
    if (event.hasProperty(property)) throw new Failure('bad_request', `it ${reason}`);
  }
  if (String(event.getFirstPropertyValue('status') ?? '').toUpperCase() === 'CANCELLED') {
    throw new Failure('bad_request', 'it was cancelled: name who holds the shift instead');
  }
  const { role, shift, date } = slotOf(event, policy, shifts);
  const summary = String(event.getFirstPropertyValue('summary') ?? '');
  return { role, shift, date, person: personOf(summary, policy) };
}

/** By its UID; an event that a person made has another, and is known by its times. */
function slotOf(event: ICAL.Component, { timezone }: PeoplePolicy, shifts: Shifts): Slot {
  const [fromMs, untilMs] = spanOf(event, timezone);
  const uid = String(event.getFirstPropertyValue('uid') ?? '');
  const [, role, shift, date] = UID.exec(uid) ?? [];
  if (role !== undefined && shift !== undefined && date !== undefined) {
    const duty = shifts.dutyOf({ role, shift, date });
    if (fromMs === duty.fromMs && untilMs === duty.untilMs) return duty;
    const name = `${role}/${shift} ${date}`;
    throw new Failure('bad_request', `${name} was moved: times are in duty.yaml`);
  }
  const same = shifts.dutiesAt(fromMs).filter((duty) => duty.untilMs === untilMs);
  const [one] = same;
  if (one !== undefined && same.length === 1) return one;
  const quoted = JSON.stringify(uid.slice(0, 80));
  const names = same.map((duty) => `${duty.role}/${duty.shift}`).join(', ');
  throw new Failure(
    'bad_request',
    names === ''
      ? `its UID ${quoted} names no shift, and none has its times`
      : `its UID ${quoted} names no shift, and several have its times: ${names}`,
  );
}

function spanOf(component: ICAL.Component, timezone: string): readonly [number, number] {
  const { startDate, endDate } = new ICAL.Event(component);
  const zone = component.getFirstProperty('dtstart')?.getFirstParameter('tzid') ?? timezone;
  return [momentOf(startDate, zone), momentOf(endDate, zone)];
}

/** A local time whose zone the file does not define is one of the IANA zone it names, or of ours. */
function momentOf(time: ICAL.Time | null, zone: string): number {
  if (!(time instanceof ICAL.Time) || time.isDate) return Number.NaN;
  if (time.zone !== ICAL.Timezone.localTimezone) return time.toUnixTime() * 1_000;
  const { year, month, day, hour, minute, second } = time;
  try {
    return Temporal.PlainDateTime.from({ year, month, day, hour, minute, second }).toZonedDateTime(
      zone,
    ).epochMilliseconds;
  } catch {
    throw new Failure('bad_request', `the file does not say what ${JSON.stringify(zone)} is`);
  }
}

/** What stands behind the last colon: an id, or a name that only one person has. */
function personOf(summary: string, policy: PeoplePolicy): string {
  const given = summary.slice(summary.search(/[^:：]*$/)).trim();
  const { id, unknown } = identify({ ...policy, example: false }, given);
  if (unknown === '') return id;
  throw new Failure('bad_request', unknown);
}
