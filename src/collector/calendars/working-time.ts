/** Walking over working time: a plan of hours → the questions a calendar answers. */
import type { Calendar, Span } from './calendars.ts';
import { type OpenYear, openYear, type Plan, yearStartMs } from './open-year.ts';

/** Nobody waits longer; a calendar that never opens must not be searched for ever. */
const YEARS_MOST = 10;

type Named = Pick<Calendar, 'name' | 'label' | 'zone'>;

/** 7×24 needs no walking. */
export function alwaysOpen(named: Named): Calendar {
  return Object.freeze({
    ...named,
    always: true,
    holidaysUntilMs: null,
    isOpen: () => true,
    openBetween: (fromMs: number, toMs: number) => Math.max(0, toMs - fromMs),
    deadline: (fromMs: number, openMs: number) => fromMs + openMs,
    nextOpening: (fromMs: number) => fromMs,
    spans: (fromMs: number, toMs: number) => (toMs > fromMs ? [{ fromMs, toMs }] : []),
  });
}

export function workingTime(named: Named, plan: Plan): Calendar {
  const years = new Map<number, OpenYear>();
  const yearOf = (year: number): OpenYear => {
    let open = years.get(year);
    if (open === undefined) {
      open = openYear(plan, year);
      years.set(year, open);
    }
    return open;
  };
  return Object.freeze({
    ...named,
    always: false,
    holidaysUntilMs: plan.holidaysUntilMs ?? null,
    isOpen: (atMs: number) => isOpen(yearOf(utcYear(atMs)), atMs),
    openBetween: (fromMs: number, toMs: number) => openBetween(yearOf, fromMs, toMs),
    deadline: (fromMs: number, openMs: number) => deadline(yearOf, fromMs, openMs),
    nextOpening: (fromMs: number) => nextOpening(yearOf, fromMs),
    spans: (fromMs: number, toMs: number) => spans(yearOf, fromMs, toMs),
  });
}

type YearOf = (year: number) => OpenYear;

function utcYear(atMs: number): number {
  return new Date(atMs).getUTCFullYear();
}

/** Index of the last number that is not above `value`; -1 when all are. */
function lastNotAbove(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function isOpen({ starts, ends }: OpenYear, atMs: number): boolean {
  return atMs < (ends[lastNotAbove(starts, atMs)] ?? Number.NEGATIVE_INFINITY);
}

/** Open milliseconds of the year before `atMs`. */
function openBefore({ starts, ends, before }: OpenYear, atMs: number): number {
  const i = lastNotAbove(starts, atMs);
  const start = starts[i];
  if (start === undefined) return 0;
  return (before[i] ?? 0) + Math.min(atMs, ends[i] ?? start) - start;
}

function openBetween(yearOf: YearOf, fromMs: number, toMs: number): number {
  if (toMs <= fromMs) return 0;
  const [first, last] = [utcYear(fromMs), utcYear(toMs)];
  let sum = openBefore(yearOf(last), toMs) - openBefore(yearOf(first), fromMs);
  for (let year = first; year < last; year++) sum += yearOf(year).totalMs;
  return sum;
}

function deadline(yearOf: YearOf, fromMs: number, openMs: number): number | null {
  if (openMs <= 0) return fromMs;
  const first = utcYear(fromMs);
  let owed = openMs + openBefore(yearOf(first), fromMs);
  for (let year = first; year < first + YEARS_MOST; year++) {
    const open = yearOf(year);
    if (owed <= open.totalMs) {
      // The span in which the last millisecond passes: its end belongs to it, not to the next.
      const i = lastNotAbove(open.before, owed - 1);
      return (open.starts[i] ?? yearStartMs(year)) + owed - (open.before[i] ?? 0);
    }
    owed -= open.totalMs;
  }
  return null;
}

function nextOpening(yearOf: YearOf, fromMs: number): number | null {
  const first = utcYear(fromMs);
  if (isOpen(yearOf(first), fromMs)) return fromMs;
  for (let year = first; year < first + YEARS_MOST; year++) {
    const { starts } = yearOf(year);
    const next = starts[lastNotAbove(starts, fromMs) + 1];
    if (next !== undefined) return next;
  }
  return null;
}

function spans(yearOf: YearOf, fromMs: number, toMs: number): readonly Span[] {
  const found: Span[] = [];
  for (let year = utcYear(fromMs); year <= utcYear(toMs); year++) {
    const { starts, ends } = yearOf(year);
    for (let i = Math.max(0, lastNotAbove(starts, fromMs)); i < starts.length; i++) {
      const start = Math.max(fromMs, starts[i] ?? toMs);
      const end = Math.min(toMs, ends[i] ?? toMs);
      if (start >= toMs) return found;
      if (end > start) found.push({ fromMs: start, toMs: end });
    }
  }
  return found;
}
