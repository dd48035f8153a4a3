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

/** How far around a moment the span that is open then is looked for. */
const REACH_FIRST_MS = 2 * DAY_MS;
const REACH_MOST_MS = 64 * DAY_MS;

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
    return found === undefined || openMs === null ? null : wholeSpan(found, openMs);
  };
}

/**
 * The span that is open at `atMs` from its real beginning to its real end, whenever one looks; null
 * when it is longer than the reach. Days that touch are one span: a weekend, a week of holidays.
 */
export function wholeSpan(calendar: Calendar, atMs: number): Span | null {
  for (let reachMs = REACH_FIRST_MS; reachMs <= REACH_MOST_MS; reachMs *= 2) {
    const [fromMs, toMs] = [atMs - reachMs, atMs + reachMs];
    const span = joined(calendar.spans(fromMs, toMs)).find((one) => one.toMs > atMs);
    if (span === undefined) return null;
    if (span.fromMs > fromMs && span.toMs < toMs) return span;
  }
  return null;
}

/** Calendars cut their spans at the turn of the year. */
function joined(spans: readonly Span[]): readonly Span[] {
  const made: Span[] = [];
  for (const span of spans) {
    const before = made.at(-1);
    if (before?.toMs === span.fromMs) made[made.length - 1] = { ...before, toMs: span.toMs };
    else made.push(span);
  }
  return made;
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
