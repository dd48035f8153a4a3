/**
 * A policy's limits: for every level and clock a duration of working time, or in words that there
 * is none. A level that leaves a clock out is refused: nothing is forgotten by forgetting a line.
 */
import { z } from 'zod';
import { type ConfigProblem, duration } from '../../shared/config.ts';
import type { Holed } from '../../shared/config-parts.ts';
import type { Calendars } from '../calendars/calendars.ts';
import type { ClockName, Level, PauseReason } from './fault.ts';

export const PAUSE_REASONS = [
  'force_majeure',
  'waiting_for_user',
  'waiting_for_parts',
  'agreed',
] as const satisfies readonly PauseReason[];

const limitSchema = z.union([
  /** No limit by rule: daily routine, or all hands until it is done. */
  z.literal(['none', 'as_soon_as_possible']),
  duration,
  z.strictObject({ within: duration, calendar: z.string().optional() }),
  /** Another limit for what begins outside working hours (R14). */
  z.strictObject({
    within: duration,
    outside: duration,
    hours: z.string().describe('Calendar of the working hours'),
    calendar: z.string().optional(),
  }),
]);

const clocks = z.strictObject({ respond: limitSchema, arrive: limitSchema, repair: limitSchema });

export const policySchema = z.strictObject({
  name: z.strictObject({ en: z.string().min(1), zh: z.string().min(1) }),
  calendar: z.string().default('always').describe('Of limits that name none'),
  /** From when we knew, or from the first bad sample. */
  clocks_from: z.enum(['known', 'began']).default('known'),
  levels: z.strictObject({ 1: clocks, 2: clocks, 3: clocks, 4: clocks }),
  /** Missing a limit of these raises the level by one (R10). */
  promote_when_missed: z.array(z.enum(['respond', 'arrive', 'repair'])),
  /** What may stop the clocks; anything else is refused. */
  pauses: z.array(z.enum(PAUSE_REASONS)),
});

type RawPolicy = z.infer<typeof policySchema>;
type RawLimit = z.infer<typeof limitSchema>;

/** What a clock is held to, by the calendars' names. */
export interface Limit {
  readonly withinMs: number;
  readonly calendar: string;
  /** For what begins while the calendar `hours` is closed. */
  readonly outside: { readonly withinMs: number; readonly hours: string } | null;
}

/** A policy as it is kept with its faults: what they were opened under holds for them. */
export interface Terms {
  readonly policy: string;
  readonly from: 'known' | 'began';
  readonly limits: Readonly<Record<Level, Readonly<Record<ClockName, Limit | null>>>>;
  readonly promote: readonly ClockName[];
  readonly pauses: readonly PauseReason[];
}

export function termsOf(name: string, policy: RawPolicy): Terms {
  const of = (level: Level): Readonly<Record<ClockName, Limit | null>> => {
    const raw = policy.levels[level];
    const limit = (clock: ClockName): Limit | null => limitOf(raw[clock], policy.calendar);
    return { respond: limit('respond'), arrive: limit('arrive'), repair: limit('repair') };
  };
  return {
    policy: name,
    from: policy.clocks_from,
    limits: { 1: of(1), 2: of(2), 3: of(3), 4: of(4) },
    promote: policy.promote_when_missed,
    pauses: policy.pauses,
  };
}

function limitOf(raw: RawLimit, calendar: string): Limit | null {
  if (typeof raw === 'string') return null;
  if (typeof raw === 'number') return { withinMs: raw, calendar, outside: null };
  const outside = 'outside' in raw ? { withinMs: raw.outside, hours: raw.hours } : null;
  return { withinMs: raw.within, calendar: raw.calendar ?? calendar, outside };
}

interface Surroundings {
  readonly file: string;
  readonly calendars: Calendars;
}

/** Calendars that are not there, and limits that contradict each other. */
export function limitProblems(
  policies: Holed<Readonly<Record<string, RawPolicy>>>,
  { file, calendars }: Surroundings,
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const check = (path: string, name: string | undefined): void => {
    if (name === undefined || calendars.get(name) !== undefined) return;
    const known = calendars.names.join(', ');
    const reason = `there is no calendar ${JSON.stringify(name)} (there are: ${known})`;
    problems.push({ file, path, reason });
  };
  for (const [policy, raw] of Object.entries(policies)) {
    check(`policies.${policy}.calendar`, raw?.calendar);
    for (const [level, limits] of Object.entries(raw?.levels ?? {})) {
      for (const [clock, limit] of Object.entries(limits ?? {})) {
        const path = `policies.${policy}.levels.${level}.${clock}`;
        if (typeof limit === 'object') check(`${path}.calendar`, limit.calendar);
        if (typeof limit === 'object' && 'hours' in limit) check(`${path}.hours`, limit.hours);
        if (limit === 0) problems.push({ file, path, reason: 'no time at all: write none' });
      }
    }
  }
  return problems;
}
