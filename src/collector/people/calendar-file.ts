/**
 * The roster as an iCalendar file (RFC 5545) and back. An event's UID names its slot, its summary
 * ends with who holds it: that is what a person edits in a calendar program.
 */
import ICAL from 'ical.js';
import { Failure, messageOf } from '../../shared/errors.ts';
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

/** Every event as an assignment, or `bad_request` with all that is wrong. */
export function readCalendar(
  text: string,
  policy: PeoplePolicy,
  dutyOf: (slot: Slot) => Duty,
): readonly (Slot & { readonly person: string })[] {
  const events = eventsOf(text);
  const problems: string[] = [];
  const made = events.flatMap((event, index) => {
    try {
      return [readEvent(event, policy, dutyOf)];
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
    events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
  } catch (error) {
    throw new Failure('bad_request', `not an iCalendar file: ${messageOf(error)}`, {
      hint: 'edit a file from: collector duty export',
      cause: error,
    });
  }
  if (events.length > EVENTS_MOST) throw new Failure('too_large', `a calendar has ${limit}`);
  return events;
}

function readEvent(
  event: ICAL.Component,
  policy: PeoplePolicy,
  dutyOf: (slot: Slot) => Duty,
): Slot & { readonly person: string } {
  const uid = String(event.getFirstPropertyValue('uid') ?? '');
  const [, role, shift, date] = UID.exec(uid) ?? [];
  if (role === undefined || shift === undefined || date === undefined) {
    throw new Failure('bad_request', `its UID ${JSON.stringify(uid.slice(0, 80))} names no shift`);
  }
  const duty = dutyOf({ role, shift, date });
  if (timeOf(event, 'dtstart') !== duty.fromMs || timeOf(event, 'dtend') !== duty.untilMs) {
    throw new Failure('bad_request', `${role}/${shift} ${date} was moved: times are in duty.yaml`);
  }
  const summary = String(event.getFirstPropertyValue('summary') ?? '');
  return { role, shift, date, person: personOf(summary, policy) };
}

function timeOf(event: ICAL.Component, name: 'dtstart' | 'dtend'): number {
  const value = event.getFirstPropertyValue(name);
  return value instanceof ICAL.Time ? value.toUnixTime() * 1_000 : Number.NaN;
}

/** What stands behind the last colon: an id, or a name that only one person has. */
function personOf(summary: string, { people }: PeoplePolicy): string {
  const given = summary.slice(summary.search(/[^:：]*$/)).trim();
  if (people.has(given)) return given;
  const named = [...people.values()].filter(({ name }) => name === given);
  const [one] = named;
  if (one !== undefined && named.length === 1) return one.id;
  const quoted = JSON.stringify(given.slice(0, 80));
  throw new Failure(
    'bad_request',
    named.length === 0 ? `there is no person ${quoted}` : `${quoted} is the name of several people`,
  );
}
