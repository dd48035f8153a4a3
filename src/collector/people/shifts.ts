/** Roster arithmetic: which shifts run when and whose turn it is. Pure. */
import type { Duty, Role, Shift, Slot } from './people.ts';

/** Who was put on a slot instead of whose turn it is. */
export type Assigned = (slot: Slot) => string | undefined;

interface Roster {
  readonly timezone: string;
  readonly role: Role;
  readonly assigned: Assigned;
}

/** The stretches that overlap [fromMs, toMs), by beginning. */
export function dutiesBetween(roster: Roster, fromMs: number, toMs: number): readonly Duty[] {
  const { timezone, role } = roster;
  const duties: Duty[] = [];
  // A shift that passes midnight belongs to the day it begins.
  let date = localDate(fromMs, timezone).subtract({ days: 1 });
  const last = localDate(toMs, timezone);
  for (; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    for (const shift of role.shifts) {
      const duty = dutyOn(roster, shift, date);
      if (duty !== null && duty.untilMs > fromMs && duty.fromMs < toMs) duties.push(duty);
    }
  }
  return duties.sort((a, b) => a.fromMs - b.fromMs || (a.shift < b.shift ? -1 : 1));
}

function localDate(atMs: number, timezone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timezone).toPlainDate();
}

/** The stretch of a shift that begins on a day, or null when it does not. */
export function dutyOn(roster: Roster, shift: Shift, date: Temporal.PlainDate): Duty | null {
  if (!shift.days.includes(date.dayOfWeek)) return null;
  const { timezone, role, assigned } = roster;
  const slot = { role: role.id, shift: shift.name, date: date.toString() };
  const instead = assigned(slot);
  return {
    ...slot,
    person: instead ?? turnOf(shift, date),
    fromMs: instantOf(date, shift.fromMinute, timezone),
    untilMs: instantOf(date, shift.toMinute, timezone),
    by: shift.by,
    changed: instead !== undefined,
  };
}

/** The wall-clock minute of a day; one that daylight saving skips is the next that exists. */
export function instantOf(date: Temporal.PlainDate, minute: number, timezone: string): number {
  const day = date.add({ days: Math.floor(minute / 1_440) });
  const inDay = minute % 1_440;
  const time = Temporal.PlainTime.from({ hour: Math.floor(inDay / 60), minute: inDay % 60 });
  return day.toZonedDateTime({ timeZone: timezone, plainTime: time }).epochMilliseconds;
}

/** Also before the first turn: the roster is the same wheel in both directions. */
function turnOf({ people, turnDays, starts }: Shift, date: Temporal.PlainDate): string {
  const days = Temporal.PlainDate.from(starts).until(date, { largestUnit: 'days' }).days;
  const turn = Math.floor(days / turnDays);
  const index = ((turn % people.length) + people.length) % people.length;
  return people[index] ?? '';
}

/** The first time after `atMs` at which the clock on the wall shows `minute`. */
export function nextTimeOfDay(atMs: number, minute: number, timezone: string): number {
  const today = localDate(atMs, timezone);
  const due = instantOf(today, minute, timezone);
  return due > atMs ? due : instantOf(today.add({ days: 1 }), minute, timezone);
}
