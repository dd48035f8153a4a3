/**
 * The three clocks, computed by walking calendars over a time sheet. A raise of the level never
 * loosens a deadline and never asks for what is already past: the new limit counts from the raise,
 * and the nearer of the two deadlines holds. After a lowering the new limit counts from the start.
 */
import type { Calendar, Calendars } from '../calendars/calendars.ts';
import type { ClockName, FaultClock, Pause, Share } from './fault.ts';
import type { Limit, Terms } from './limits.ts';
import { openPause, type TimeSheet } from './time-sheet.ts';

export const CLOCKS: readonly ClockName[] = ['respond', 'arrive', 'repair'];
const SHARES: readonly Share[] = [0.5, 0.8, 1];

/** A limit and the moment it counts from. */
interface Demand {
  readonly fromMs: number;
  readonly withinMs: number;
  readonly calendar: Calendar;
}

/** The terms a time sheet is held to, and the calendars they name. */
export interface Book {
  readonly terms: Terms;
  readonly calendars: Calendars;
}

export function clocksOf(sheet: TimeSheet, book: Book): readonly FaultClock[] {
  return CLOCKS.map((clock) => clockOf(clock, sheet, book));
}

function clockOf(clock: ClockName, sheet: TimeSheet, book: Book): FaultClock {
  const level = sheet.levels.at(-1)?.level ?? null;
  const stoppedMs = stopOf(clock, sheet);
  const all = demandsOf(clock, sheet, book);
  const { startMs } = sheet;
  // A later raise did not judge it; the start does, also where people were faster than we.
  const judgedMs = stoppedMs === null ? null : Math.max(stoppedMs, startMs ?? stoppedMs);
  const demands = all.filter(({ fromMs }) => judgedMs === null || fromMs <= judgedMs);
  const rule = level === null ? null : book.terms.limits[level][clock];
  const start = sheet.levels[0]?.sinceMs ?? 0;
  const judged = rule === null || demands.length < all.length;
  const limitMs = judged ? (demands.at(-1)?.withinMs ?? null) : limitAt(rule, start, book);
  const deadlineMs = reached(demands, 1, sheet.pauses);
  const told = sheet.told[clock];
  const known = { clock, limitMs, startMs, deadlineMs, stoppedMs, told };
  if (startMs === null) return { ...known, state: 'waiting' };
  if (demands.length === 0) return { ...known, state: 'none' };
  if (stoppedMs !== null) {
    return { ...known, state: deadlineMs !== null && stoppedMs > deadlineMs ? 'missed' : 'met' };
  }
  if (told === 1) return { ...known, state: 'missed' };
  return { ...known, state: openPause(sheet) === null ? 'running' : 'paused' };
}

/** The step, a later step that includes it, or the end of the fault. */
function stopOf(clock: ClockName, { steps, endMs }: TimeSheet): number | null {
  const later = CLOCKS.slice(CLOCKS.indexOf(clock)).map((step) => steps[step]);
  const moments = [...later, endMs].filter((moment) => moment !== null);
  return moments.length === 0 ? null : Math.min(...moments);
}

function demandsOf(clock: ClockName, sheet: TimeSheet, book: Book): readonly Demand[] {
  const { startMs, levels } = sheet;
  if (startMs === null) return [];
  let demands: Demand[] = [];
  for (const [i, { level, sinceMs }] of levels.entries()) {
    const before = levels[i - 1];
    const raised = before !== undefined && level < before.level;
    if (!raised) demands = [];
    const limit = book.terms.limits[level][clock];
    if (limit !== null) demands.push(demandFrom(limit, raised ? sinceMs : startMs, book));
  }
  return demands;
}

function demandFrom(limit: Limit, fromMs: number, book: Book): Demand {
  return {
    fromMs,
    withinMs: limitAt(limit, fromMs, book),
    calendar: calendarOf(book, limit.calendar),
  };
}

/** R14: what begins outside working hours may have another limit. */
function limitAt({ withinMs, outside }: Limit, fromMs: number, book: Book): number {
  if (outside === null || calendarOf(book, outside.hours).isOpen(fromMs)) return withinMs;
  return outside.withinMs;
}

/** A calendar that was taken out of the file is 7×24: stricter, and never without a clock. */
function calendarOf({ calendars }: Book, name: string): Calendar {
  return (calendars.get(name) ?? calendars.get('always')) as Calendar;
}

/** When the first of the demands has used up `share` of its limit; null: never, or paused. */
function reached(
  demands: readonly Demand[],
  share: Share,
  pauses: readonly Pause[],
): number | null {
  let nearest: number | null = null;
  for (const { fromMs, withinMs, calendar } of demands) {
    const at = walk(calendar, { fromMs, openMs: Math.round(withinMs * share) }, pauses);
    if (at !== null && (nearest === null || at < nearest)) nearest = at;
  }
  return nearest;
}

/** The calendar's deadline with the pauses left out. */
function walk(
  calendar: Calendar,
  { fromMs, openMs }: { readonly fromMs: number; readonly openMs: number },
  pauses: readonly Pause[],
): number | null {
  let [at, owed] = [fromMs, openMs];
  const inOrder = pauses.length < 2 ? pauses : [...pauses].sort((a, b) => a.fromMs - b.fromMs);
  for (const pause of inOrder) {
    if (pause.toMs !== null && pause.toMs <= at) continue;
    const counted = calendar.openBetween(at, pause.fromMs);
    if (counted >= owed) break;
    owed -= counted;
    if (pause.toMs === null) return null;
    at = pause.toMs;
  }
  return calendar.deadline(at, owed);
}

export interface Due {
  readonly clock: ClockName;
  readonly share: Share;
  readonly dueMs: number;
  readonly deadlineMs: number | null;
}

/** The next share that is owed to the ledger; null when nothing will fall due as things are. */
export function nextDue(sheet: TimeSheet, book: Book): Due | null {
  let next: Due | null = null;
  for (const clock of CLOCKS) {
    const share = SHARES.find((one) => one > sheet.told[clock]);
    if (share === undefined) continue;
    const demands = demandsOf(clock, sheet, book);
    const dueMs = reached(demands, share, sheet.pauses);
    const stop = stopOf(clock, sheet);
    if (dueMs === null || (stop !== null && stop <= dueMs)) continue;
    if (next !== null && next.dueMs <= dueMs) continue;
    next = { clock, share, dueMs, deadlineMs: reached(demands, 1, sheet.pauses) };
  }
  return next;
}
