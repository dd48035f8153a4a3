/** When a window is open: once, by cron in a time zone, or while a calendar is open. Pure. */
import { Cron } from 'croner';
import { Failure, messageOf } from '../../shared/errors.ts';
import { DAY_MS } from '../../shared/units.ts';
import type { Calendar, Span } from '../calendars/calendars.ts';

export interface OnceSchedule extends Span {
  readonly kind: 'once';
}

export interface CronSchedule {
  readonly kind: 'cron';
  /** Five fields, or a nickname such as `@weekly`. */
  readonly cron: string;
  /** IANA name. A time that the clocks skip begins when they have jumped, a doubled one once. */
  readonly timezone: string;
  readonly durationMs: number;
  /** No occurrence begins at or after this; null: until somebody ends it. */
  readonly untilMs: number | null;
}

/** Whenever the calendar of that name is open, such as the nights of working days. */
export interface CalendarSchedule {
  readonly kind: 'calendar';
  readonly calendar: string;
  readonly untilMs: number | null;
}

export type Schedule = OnceSchedule | CronSchedule | CalendarSchedule;
export type FindCalendar = (name: string) => Calendar | undefined;

/** The first occurrence that is open at a time or begins later; null when there is none. */
export type Walk = (atMs: number) => Span | null;

/** Compiled patterns; windows are few and theirs do not change. */
const patterns = new Map<string, Cron>();
const PATTERNS_MOST = 1_000;

/** Throws `bad_request`. */
export function cronOf({ cron, timezone }: CronSchedule): Cron {
  const key = `${timezone}\n${cron}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  try {
    const made = new Cron(cron, { timezone, paused: true, mode: '5-part' });
    // The pattern alone is not enough: an unknown time zone shows when a run is looked for.
    made.nextRun(new Date(0));
    if (patterns.size >= PATTERNS_MOST) patterns.clear();
    patterns.set(key, made);
    return made;
  } catch (error) {
    throw new Failure('bad_request', `cron ${JSON.stringify(cron)}: ${messageOf(error)}`, {
      hint: 'write five fields, for example "30 2 * * 6" (Saturday 02:30), and an IANA time zone',
    });
  }
}

export function walkOf(schedule: Schedule, find: FindCalendar): Walk {
  if (schedule.kind === 'once') {
    const { fromMs, toMs } = schedule;
    return (atMs) => (toMs > atMs ? { fromMs, toMs } : null);
  }
  const next = schedule.kind === 'cron' ? cronWalk(schedule) : calendarWalk(schedule, find);
  const untilMs = schedule.untilMs ?? Number.POSITIVE_INFINITY;
  return (atMs) => {
    const span = next(atMs);
    return span === null || span.fromMs >= untilMs ? null : span;
  };
}

function cronWalk(schedule: CronSchedule): Walk {
  const { durationMs } = schedule;
  const cron = cronOf(schedule);
  return (atMs) => {
    const fromMs = cron.nextRun(new Date(atMs - durationMs))?.getTime();
    return fromMs === undefined ? null : { fromMs, toMs: fromMs + durationMs };
  };
}

/** A calendar that was taken out of the configuration has no occurrences any more. */
function calendarWalk({ calendar }: CalendarSchedule, find: FindCalendar): Walk {
  return (atMs) => {
    const found = find(calendar);
    const openMs = found?.nextOpening(atMs) ?? null;
    if (found === undefined || openMs === null) return null;
    // Looked at from two days before, so that one that is open now has its beginning.
    const around = found.spans(atMs - 2 * DAY_MS, openMs + 2 * DAY_MS);
    return around.find(({ toMs }) => toMs > atMs) ?? null;
  };
}

/** Occurrences that overlap [fromMs, toMs), at most `limit`, ascending. */
export function occurrences(walk: Walk, { fromMs, toMs }: Span, limit: number): Span[] {
  const found: Span[] = [];
  let at = fromMs;
  while (found.length < limit) {
    const next = walk(at);
    if (next === null || next.fromMs >= toMs) break;
    found.push(next);
    at = next.toMs;
  }
  return found;
}
