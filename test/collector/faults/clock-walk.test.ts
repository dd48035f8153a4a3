/**
 * Ten thousand random lives of a fault against a walker that knows nothing of calendars, ledgers or
 * years: it goes from minute to minute and counts. Deadlines and warnings are equal to the second,
 * whatever was paused, raised, lowered, corrected, excluded or restarted on the way.
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { CLOCKS, clocksOf, nextDue } from '../../../src/collector/faults/clocks.ts';
import type { LedgerEntry, Level } from '../../../src/collector/faults/faults.ts';
import { type Case, fold } from '../../../src/collector/faults/life.ts';
import type { Limit, Terms } from '../../../src/collector/faults/limits.ts';
import { caseOf, entryOf, LEVELS, openedEntry } from './ledger-entries.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const SHANGHAI_MINUTES = 8 * 60;

// ---- The walker: the hours of the office and the autumn of 2026, once more, by hand.

const date = (text: string): number => Date.parse(`${text}T00:00:00Z`) / (DAY_MINUTES * MINUTE_MS);
const OFF = new Set(
  ['09-25', '09-26', '09-27', '10-01', '10-02', '10-03', '10-04', '10-05', '10-06', '10-07'].map(
    (day) => date(`2026-${day}`),
  ),
);
const WORKED = new Set(['2026-09-20', '2026-10-10'].map(date));

function officeOpen(atMs: number): boolean {
  const local = Math.floor(atMs / MINUTE_MS) + SHANGHAI_MINUTES;
  const day = Math.floor(local / DAY_MINUTES);
  const minute = local % DAY_MINUTES;
  const weekend = (day + 4) % 7 === 0 || (day + 4) % 7 === 6;
  if (OFF.has(day) || (weekend && !WORKED.has(day))) return false;
  return (minute >= 510 && minute < 720) || (minute >= 810 && minute < 1_050);
}

interface Interval {
  readonly fromMs: number;
  toMs: number;
}

/** Walks until `openMs` have been counted; null when a pause without an end comes first. */
function walk(limit: Limit, fromMs: number, share: number, pauses: readonly Interval[]) {
  const outside = limit.outside !== null && !officeOpen(fromMs);
  let owed = (outside ? (limit.outside?.withinMs ?? 0) : limit.withinMs) * share;
  let at = fromMs;
  while (owed > 0) {
    const pause = pauses.find((one) => at >= one.fromMs && at < one.toMs);
    if (pause !== undefined) {
      if (pause.toMs === Number.POSITIVE_INFINITY) return null;
      at = pause.toMs;
      continue;
    }
    let step = MINUTE_MS - (at % MINUTE_MS);
    for (const one of pauses) if (one.fromMs > at) step = Math.min(step, one.fromMs - at);
    if (limit.calendar === 'always' || officeOpen(at)) {
      step = Math.min(step, owed);
      owed -= step;
    }
    at += step;
  }
  return at;
}

/** What happened, in the fewest words. */
interface Facts {
  startMs: number;
  levels: { level: Level; sinceMs: number }[];
  pauses: Interval[];
}

/** Raised: the nearer of the old demand and the new one from now. Lowered: the new from the start. */
function walkAll({ startMs, levels, pauses }: Facts, limits: Limits, share: number) {
  let demands: [Limit, number][] = [];
  for (const [i, { level, sinceMs }] of levels.entries()) {
    const raised = i > 0 && level < levels[i - 1]!.level;
    if (!raised) demands = [];
    const limit = limits[level];
    if (limit !== null) demands.push([limit, raised ? sinceMs : startMs]);
  }
  const ends = demands.map(([limit, from]) => walk(limit, from, share, pauses));
  const known = ends.filter((end) => end !== null);
  return known.length === 0 ? null : Math.min(...known);
}

// ---- Random rules and random lives.

type Limits = Readonly<Record<Level, Limit | null>>;
const TENS_MS = 10 * MINUTE_MS;
const duration = fc.integer({ min: 1, max: 72 }).map((tens) => tens * TENS_MS);
const limit: fc.Arbitrary<Limit | null> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 6,
    arbitrary: fc.record({
      withinMs: duration,
      calendar: fc.constantFrom('always', 'office', 'office'),
      outside: fc.option(fc.record({ withinMs: duration, hours: fc.constant('office') })),
    }),
  },
);
const level = fc.constantFrom<Level>(1, 2, 3, 4);

type Act =
  | { readonly do: 'level'; readonly level: Level }
  | { readonly do: 'pause' | 'restart' }
  | { readonly do: 'exclude'; readonly agoMs: number; readonly lastsMs: number }
  | { readonly do: 'start'; readonly byMs: number };

const span = fc.integer({ min: 1, max: 3 * 24 * 3_600 }).map((seconds) => seconds * SECOND_MS);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: level.map((one) => ({ do: 'level', level: one }) as const) },
  { weight: 5, arbitrary: fc.constant({ do: 'pause' } as const) },
  { weight: 2, arbitrary: fc.constant({ do: 'restart' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('exclude' as const), agoMs: span, lastsMs: span }),
  },
  { weight: 1, arbitrary: span.map((byMs) => ({ do: 'start', byMs }) as const) },
);
const schedule = fc.record({
  limits: fc.tuple(...CLOCKS.map(() => fc.tuple(limit, limit, limit, limit))),
  first: level,
  /** Seconds into the four weeks around National Day. */
  start: fc.integer({ min: 0, max: 28 * 24 * 3_600 }),
  acts: fc.array(fc.tuple(fc.integer({ min: 1, max: 30 * 3_600 }), act), { maxLength: 8 }),
});
type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

const FIRST_MS = Date.parse('2026-09-14T00:00:00+08:00');

/** The same life twice: as ledger entries for the room, as facts for the walker. */
function live({ first, start, acts }: Schedule): {
  one: Case;
  facts: Facts;
  entries: LedgerEntry[];
} {
  const startMs = FIRST_MS + start * SECOND_MS;
  const facts: Facts = { startMs, levels: [{ level: first, sinceMs: startMs }], pauses: [] };
  const entries = [openedEntry(first, startMs)];
  let one = caseOf(...entries);
  let now = startMs;
  const write = (kind: LedgerEntry['kind'], detail: Record<string, unknown>): void => {
    const entry = entryOf(entries.length + 1, kind, { atMs: now, by: '王芳', detail });
    entries.push(entry);
    one = fold(one, entry);
  };
  for (const [seconds, next] of acts) {
    now += seconds * SECOND_MS;
    const paused = facts.pauses.find(({ toMs }) => toMs === Number.POSITIVE_INFINITY);
    if (next.do === 'restart') {
      one = JSON.parse(JSON.stringify(one)) as Case;
    } else if (next.do === 'level') {
      if (facts.levels.at(-1)?.level === next.level) continue;
      facts.levels.push({ level: next.level, sinceMs: now });
      write('levelled', { level: next.level });
    } else if (next.do === 'pause' && paused === undefined) {
      facts.pauses.push({ fromMs: now, toMs: Number.POSITIVE_INFINITY });
      write('paused', { reason: 'force_majeure' });
    } else if (next.do === 'pause' && paused !== undefined) {
      paused.toMs = now;
      write('resumed', {});
    } else if (next.do === 'exclude') {
      const excluded = { fromMs: now - next.agoMs, toMs: now - next.agoMs + next.lastsMs };
      if (excluded.toMs > now) continue;
      facts.pauses.push({ ...excluded });
      write('corrected', { correction: { excluded: { ...excluded, reason: 'force_majeure' } } });
    } else if (next.do === 'start') {
      facts.startMs -= next.byMs;
      facts.levels[0]!.sinceMs = facts.startMs;
      write('corrected', { correction: { startMs: facts.startMs } });
    }
  }
  return { one, facts, entries };
}

function termsFrom(limits: Schedule['limits']): Terms {
  const of = (i: number) => ({
    respond: limits[0]![i] ?? null,
    arrive: limits[1]![i] ?? null,
    repair: limits[2]![i] ?? null,
  });
  const all = { 1: of(0), 2: of(1), 3: of(2), 4: of(3) };
  return { policy: 'random', from: 'known', limits: all, promote: [], pauses: ['force_majeure'] };
}

it('is equal to the second in ten thousand random lives, restarts included', () => {
  let deadlines = 0;
  fc.assert(
    fc.property(schedule, (plan) => {
      const terms = termsFrom(plan.limits);
      const book = { terms, calendars: LEVELS.calendars };
      const { one, facts, entries } = live(plan);
      const firsts: number[] = [];
      for (const [i, clock] of clocksOf(one.sheet, book).entries()) {
        const [l1, l2, l3, l4] = plan.limits[i]!;
        const limits: Limits = { 1: l1, 2: l2, 3: l3, 4: l4 };
        const expected = walkAll(facts, limits, 1);
        if (clock.deadlineMs !== expected) expect([clock, facts]).toEqual([expected, facts]);
        if (expected !== null) deadlines++;
        const half = walkAll(facts, limits, 0.5);
        if (half !== null) firsts.push(half);
      }
      // The first warning of all clocks, and the same again from nothing but the ledger.
      const due = nextDue(one.sheet, book)?.dueMs ?? null;
      expect(due).toBe(firsts.length === 0 ? null : Math.min(...firsts));
      const again = caseOf(...(JSON.parse(JSON.stringify(entries)) as LedgerEntry[]));
      expect(clocksOf(again.sheet, book)).toEqual(clocksOf(one.sheet, book));
    }),
    { numRuns: 10_000 },
  );
  // A test that finds no deadlines would find no mistakes either.
  expect(deadlines).toBeGreaterThan(10_000);
}, 240_000);
