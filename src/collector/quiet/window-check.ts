/** What a window must be before it is taken, and what is said of one that is. Pure. */
import { Failure } from '../../shared/errors.ts';
import { DAY_MS } from '../../shared/units.ts';
import type { Span } from '../calendars/calendars.ts';
import { type Identity, isOneOf } from '../people/people.ts';
import type { QuietPolicy } from './policy.ts';
import type { WindowRequest } from './quiet.ts';
import {
  type CalendarSchedule,
  type CronSchedule,
  cronOf,
  type FindCalendar,
  occurrences,
  type Walk,
  walkOf,
  wholeSpan,
} from './schedule.ts';

/** Runs of a recurring window that are compared with each other: a year of weeks. */
const RUNS_LOOKED_AT = 53;
/** Openings of a calendar whose length is looked at: several a day, for more than a year. */
const OPENINGS_LOOKED_AT = 2_500;

export interface Mistake {
  readonly field: string;
  readonly reason: string;
}

export interface Circumstances {
  readonly policy: QuietPolicy['windows'];
  readonly nowMs: number;
  /** Who registers it. */
  readonly by: string;
  readonly find: FindCalendar;
  readonly identify?: ((name: string) => Identity) | undefined;
}

/** Throws `bad_request` with every mistake. */
export function checkWindow(request: WindowRequest, around: Circumstances): void {
  const mistakes = windowMistakes(request, around);
  if (mistakes.length === 0) return;
  const text = mistakes.map(({ field, reason }) => `${field}: ${reason}`).join('; ');
  throw new Failure('bad_request', text, {
    hint: 'correct the named fields; a preview shows what a window covers and when',
    detail: { mistakes },
  });
}

export function windowMistakes(
  { schedule, reason, approver, origin = '' }: WindowRequest,
  around: Circumstances,
): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const refuse = (wrong: boolean, field: string, why: string): void => {
    if (wrong) mistakes.push({ field, reason: why });
  };
  refuse(reason.trim() === '', 'reason', 'is missing: whoever finds the quiet must learn why');
  // A change has its own approval.
  const approval = origin === '' ? approvalMistakes(approver, around) : [];
  return [...mistakes, ...approval, ...scheduleMistakes(schedule, around)];
}

/** Somebody who is there, who may, and who is not whoever registers it. */
function approvalMistakes(
  approver: string,
  { policy, by, identify }: Circumstances,
): readonly Mistake[] {
  const refusal = (reason: string): readonly Mistake[] => [{ field: 'approver', reason }];
  if (approver.trim() === '') return refusal('is missing');
  const who = identify?.(approver);
  if (who !== undefined && who.unknown !== '') return refusal(who.unknown);
  const same = (name: string): string => identify?.(name).id ?? name.trim();
  if (policy.four_eyes && same(approver) === same(by)) {
    return refusal(`is ${by}, who registers it: somebody else must approve (windows.four_eyes)`);
  }
  const may = policy.approved_by;
  if (may === undefined || isOneOf(who ?? { id: approver, groups: [], unknown: '' }, may))
    return [];
  return refusal(`${approver} may not: windows are approved by ${may.join(', ')}`);
}

function scheduleMistakes(
  schedule: WindowRequest['schedule'],
  { policy, nowMs, find }: Circumstances,
): readonly Mistake[] {
  if (schedule.kind === 'once') return onceMistakes(schedule, policy, nowMs);
  if (schedule.untilMs !== null && schedule.untilMs <= nowMs) {
    return [{ field: 'until', reason: 'is in the past' }];
  }
  return schedule.kind === 'cron'
    ? cronMistakes(schedule, policy, nowMs)
    : calendarMistakes(schedule, { policy, nowMs, find });
}

function onceMistakes(
  { fromMs, toMs }: Span,
  { longest, ahead }: QuietPolicy['windows'],
  nowMs: number,
): readonly Mistake[] {
  if (toMs <= fromMs) return [{ field: 'to', reason: 'is not after from' }];
  if (toMs <= nowMs)
    return [{ field: 'to', reason: 'is in the past: nothing is left to be quiet' }];
  if (toMs - fromMs > longest) {
    return [{ field: 'to', reason: `makes it longer than ${hours(longest)} (windows.longest)` }];
  }
  if (fromMs - nowMs <= ahead) return [];
  const days = Math.round(ahead / DAY_MS);
  return [{ field: 'from', reason: `is more than ${days} days ahead (windows.ahead)` }];
}

function cronMistakes(
  schedule: CronSchedule,
  { longest }: QuietPolicy['windows'],
  nowMs: number,
): readonly Mistake[] {
  const { durationMs, untilMs } = schedule;
  if (durationMs <= 0) return [{ field: 'duration', reason: 'must be longer than nothing' }];
  if (durationMs > longest) {
    return [{ field: 'duration', reason: `is longer than ${hours(longest)} (windows.longest)` }];
  }
  try {
    cronOf(schedule);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ field: 'cron', reason: `${error.message}; ${error.hint}` }];
  }
  if (walkOf(schedule, () => undefined)(nowMs) === null) {
    const before = untilMs === null ? '' : ' before until';
    return [{ field: 'cron', reason: `${JSON.stringify(schedule.cron)} never comes${before}` }];
  }
  return overlapsItself(schedule, nowMs)
    ? [{ field: 'duration', reason: 'is longer than from one occurrence to the next' }]
    : [];
}

function calendarMistakes(
  schedule: CalendarSchedule,
  { policy, nowMs, find }: Omit<Circumstances, 'by'>,
): readonly Mistake[] {
  const { calendar } = schedule;
  const { longest, ahead } = policy;
  const found = find(calendar);
  if (found === undefined) {
    return [{ field: 'calendar', reason: `${JSON.stringify(calendar)} is not in calendars.yaml` }];
  }
  const limit = `longer than ${hours(longest)} (windows.longest)`;
  if (found.always) return [{ field: 'calendar', reason: `is always open, ${limit}` }];
  const openMs = found.nextOpening(nowMs);
  if (openMs !== null && wholeSpan(found, openMs) === null) {
    return [{ field: 'calendar', reason: `is open for months without a break, ${limit}` }];
  }
  const year = { fromMs: nowMs, toMs: nowMs + ahead };
  const long = occurrences(walkOf(schedule, find), year, OPENINGS_LOOKED_AT).find(
    ({ fromMs, toMs }) => toMs - fromMs > longest,
  );
  if (long === undefined) return [];
  const open = `is open for ${hours(long.toMs - long.fromMs)}`;
  const from = new Date(long.fromMs).toISOString();
  return [{ field: 'calendar', reason: `${open} without a break from ${from}, ${limit}` }];
}

function overlapsItself(schedule: CronSchedule, nowMs: number): boolean {
  const runs = cronOf(schedule).nextRuns(RUNS_LOOKED_AT, new Date(nowMs));
  return runs.some((run, index) => {
    const before = runs[index - 1];
    return before !== undefined && run.getTime() - before.getTime() < schedule.durationMs;
  });
}

function hours(ms: number): string {
  return `${Math.round(ms / 36_000) / 100} h`;
}

/** Registered before it began (R22). */
export function isPlanned(walk: Walk, nowMs: number): boolean {
  const first = walk(nowMs);
  return first !== null && nowMs < first.fromMs;
}

/** The occurrence of `other` that meets one of the next of `walk`, for a warning or a refusal. */
export function firstOverlap(walk: Walk, other: Walk, nowMs: number): Span | null {
  const horizon = { fromMs: nowMs, toMs: nowMs + 400 * DAY_MS };
  for (const span of occurrences(walk, horizon, RUNS_LOOKED_AT)) {
    const met = occurrences(other, span, 1)[0];
    if (met !== undefined) return met;
  }
  return null;
}
