/**
 * The open spans of one UTC year, as instants. Within a stretch of constant offset local time is
 * UTC plus a number, so spans need no arithmetic of zones; a change of the clock only begins the
 * next stretch. Local hours that occur twice are open twice, those that are skipped never.
 */
import { DAY_MS } from '../../shared/units.ts';

/** [start, end) in milliseconds since local midnight. */
export type DaySpan = readonly [start: number, end: number];

export interface Plan {
  readonly zone: string;
  /** The hours of a local day, by its day number. */
  hoursOf(day: number): readonly DaySpan[];
  /** From then on its holidays are not known; null: it has none. */
  readonly holidaysUntilMs?: number | null;
}

export interface OpenYear {
  /** Ascending, without overlap; spans that touch are one. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Open milliseconds of the year before each span. */
  readonly before: readonly number[];
  readonly totalMs: number;
}

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly offsetMs: number;
}

export const yearStartMs = (year: number): number => Date.UTC(year, 0, 1);

export function openYear(plan: Plan, year: number): OpenYear {
  const starts: number[] = [];
  const ends: number[] = [];
  const add = (fromMs: number, toMs: number): void => {
    if (toMs <= fromMs) return;
    if (ends.at(-1) === fromMs) ends[ends.length - 1] = toMs;
    else {
      starts.push(fromMs);
      ends.push(toMs);
    }
  };
  for (const stretch of stretches(plan.zone, year)) addStretch(plan, stretch, add);
  const before: number[] = [];
  let totalMs = 0;
  for (const [i, start] of starts.entries()) {
    before.push(totalMs);
    totalMs += (ends[i] ?? start) - start;
  }
  return { starts, ends, before, totalMs };
}

function addStretch(
  plan: Plan,
  { fromMs, toMs, offsetMs }: Stretch,
  add: (fromMs: number, toMs: number) => void,
): void {
  const last = Math.floor((toMs - 1 + offsetMs) / DAY_MS);
  for (let day = Math.floor((fromMs + offsetMs) / DAY_MS); day <= last; day++) {
    const midnight = day * DAY_MS - offsetMs;
    for (const [start, end] of plan.hoursOf(day)) {
      add(Math.max(fromMs, midnight + start), Math.min(toMs, midnight + end));
    }
  }
}

function stretches(zone: string, year: number): readonly Stretch[] {
  const endMs = yearStartMs(year + 1);
  const found: Stretch[] = [];
  let fromMs = yearStartMs(year);
  while (fromMs < endMs) {
    const at = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(zone);
    const change = at.getTimeZoneTransition('next')?.epochMilliseconds ?? endMs;
    const toMs = Math.min(endMs, change);
    found.push({ fromMs, toMs, offsetMs: at.offsetNanoseconds / 1e6 });
    fromMs = toMs;
  }
  return found;
}
