/** Settings as written in one layer → limits to judge by, every mistake reported with its place. */
import { z } from 'zod';
import { Failure } from '../../shared/errors.ts';
import type { Unit } from '../../shared/indicator.ts';
import { parseDuration } from '../../shared/units.ts';
import { type Bound, disjoint, opposite, parseBound } from './bound.ts';
import type { Severity, Urgency } from './evaluate.ts';

/** `hits` of the newest `of` values; `1 of 1` judges each value alone. */
export interface Quorum {
  readonly hits: number;
  readonly of: number;
}

/** How one severity opens and clears. */
export interface Limit {
  readonly severity: Severity;
  readonly urgency: Urgency;
  readonly open: Bound;
  readonly clear: Bound;
  readonly forMs: number;
  readonly samples: Quorum;
  readonly clearForMs: number;
  readonly clearSamples: Quorum;
}

/** Reports a mistake at a path below the settings in hand. */
export type Report = (path: readonly PropertyKey[], reason: string) => void;

/** The same report for a place further down. */
export function below(report: Report, ...place: readonly PropertyKey[]): Report {
  return (path, reason) => report([...place, ...path], reason);
}

/** What `parse` makes of it; its refusal is reported at `path` and answered with null. */
export function attempt<T>(parse: () => T, report: Report, ...path: PropertyKey[]): T | null {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    report(path, `${error.message}: ${error.hint}`);
    return null;
  }
}

const urgency = z.enum(['high', 'medium', 'low']);

const limitFields = {
  /** `> 90%`: from here on it is bad. */
  open: z.string().optional(),
  /** `< 80%`: from here on it is good again; without it, as soon as `open` no longer holds. */
  clear: z.string().optional(),
  for: z.string().optional(),
  /** `3 of 5`: so many of the newest values must be bad. */
  samples: z.string().optional(),
  clear_for: z.string().optional(),
  clear_samples: z.string().optional(),
  urgency: urgency.optional(),
};

/** What a layer may set: the rule itself, a label group, one device. */
export const layerFields = {
  enabled: z.boolean().optional(),
  severity: z.enum(['warning', 'critical']).optional(),
  ...limitFields,
  /** A second, worse limit; what it leaves out is taken from the first. `none` drops it. */
  critical: z.union([z.literal('none'), z.strictObject(limitFields)]).optional(),
};

export const layerSchema = z.strictObject(layerFields);
export type Settings = z.infer<typeof layerSchema>;
type LimitSettings = Omit<Settings, 'enabled' | 'severity' | 'critical'>;

const NO_QUORUM: Quorum = Object.freeze({ hits: 1, of: 1 });
const QUORUM_MOST = 32;

/** A layer over another. `open` and `clear` are one statement: a new `open` never keeps an old `clear`. */
export function mergeSettings(lower: Settings, upper: Settings): Settings {
  const merged: Settings = { ...lower, ...upper };
  if (upper.open !== undefined && upper.clear === undefined) delete merged.clear;
  if (typeof lower.critical === 'object' && typeof upper.critical === 'object') {
    merged.critical = mergeSettings(lower.critical, upper.critical);
  }
  return merged;
}

/** Ascending severity. Reports every mistake; null when there was one. */
export function compileLimits(
  settings: Settings,
  unit: Unit,
  report: Report,
): readonly Limit[] | null {
  const severity = settings.severity ?? 'warning';
  const first = compileLimit(settings, { unit, severity, report });
  if (settings.critical === undefined || settings.critical === 'none') return first && [first];
  const inherited: LimitSettings = { ...settings };
  delete inherited.open;
  delete inherited.clear;
  const second = compileLimit(
    { ...inherited, ...settings.critical },
    { unit, severity: 'critical', report: below(report, 'critical') },
  );
  if (first === null || second === null) return null;
  return worse(first, second, report) ? [first, second] : null;
}

/** Two severities make sense only if the second is reached after the first. */
function worse(first: Limit, second: Limit, report: Report): boolean {
  const step = second.open.value - first.open.value;
  if (first.severity === 'critical') {
    report(['critical'], 'the first limit is critical already: leave out severity or this block');
  } else if (first.open.above !== second.open.above) {
    report(['critical', 'open'], 'points the other way than the first open');
  } else if (first.open.above ? step <= 0 : step >= 0) {
    report(['critical', 'open'], 'is reached before the first open: write a limit that is worse');
  } else {
    return true;
  }
  return false;
}

interface LimitContext {
  readonly unit: Unit;
  readonly severity: Severity;
  readonly report: Report;
}

function compileLimit(settings: LimitSettings, { unit, severity, report }: LimitContext) {
  /** Null is "refused and reported"; undefined is "not written". */
  const read = <T>(key: keyof LimitSettings, parse: (text: string) => T): T | null | undefined => {
    const text = settings[key];
    return text === undefined ? undefined : attempt(() => parse(text), report, key);
  };
  const open = read('open', (text) => parseBound(text, unit));
  const clear = read('clear', (text) => parseBound(text, unit));
  const forMs = read('for', parseDuration);
  const clearForMs = read('clear_for', parseDuration);
  const samples = read('samples', parseQuorum);
  const clearSamples = read('clear_samples', parseQuorum);
  if (open === undefined)
    report(['open'], 'is missing: write where it begins, for example "> 90%"');
  if (open && clear && !disjoint(open, clear)) {
    report(['clear'], 'is not on the good side of open: both could hold at once, so it would flap');
    return null;
  }
  if (!open || [clear, forMs, clearForMs, samples, clearSamples].includes(null)) return null;
  return Object.freeze<Limit>({
    severity,
    urgency: settings.urgency ?? 'medium',
    open,
    clear: clear ?? opposite(open),
    forMs: forMs ?? 0,
    samples: samples ?? NO_QUORUM,
    clearForMs: clearForMs ?? 0,
    clearSamples: clearSamples ?? NO_QUORUM,
  });
}

function parseQuorum(text: string): Quorum {
  const match = /^(\d+)\s+of\s+(\d+)$/.exec(text.trim());
  const hits = Number(match?.[1]);
  const of = Number(match?.[2]);
  if (match !== null && hits >= 1 && hits <= of && of <= QUORUM_MOST) return { hits, of };
  throw new Failure('config', `"${text}" is not a number of samples`, {
    hint: `write "m of n" with 1 ≤ m ≤ n ≤ ${QUORUM_MOST}, for example "3 of 5"`,
  });
}
