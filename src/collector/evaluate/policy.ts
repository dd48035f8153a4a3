/**
 * The thresholds file: rules and layered overrides, checked as a whole before anything is used.
 * Every mistake is reported in one run with file, path, reason and the mend.
 */
import { z } from 'zod';
import { type ConfigProblem, configFailure, formatPath, readYaml } from '../../shared/config.ts';
import { problemsOf } from '../../shared/config-problems.ts';
import { INDICATORS } from '../../shared/indicator.ts';
import { parseDuration } from '../../shared/units.ts';
import type { Text } from './figure-text.ts';
import { anyOf, type Matches } from './glob.ts';
import type { Measure } from './kind.ts';
import { KINDS, ruleSchema } from './kinds.ts';
import {
  checkOverride,
  type Layer,
  layersInOrder,
  overrideSchema,
  type RawOverride,
} from './layer.ts';
import { attempt, below, compileLimits, layerFields, type Report, type Settings } from './limit.ts';

export interface Rule {
  readonly name: string;
  readonly summary: Text;
  readonly measure: Measure;
  readonly covers: Matches;
  /** The default layer. */
  readonly settings: Settings;
  /** Equal for equal rules: a reload keeps the timers of what did not change. */
  readonly signature: string;
}

export interface ThresholdPolicy {
  /** Values older than this (plus their interval) change no verdict. */
  readonly lateMs: number;
  readonly rules: readonly Rule[];
  /** In rising precedence. */
  readonly layers: readonly Layer[];
}

export const thresholdsSchema = z.strictObject({
  late: z.string().optional(),
  rules: z.record(z.string(), ruleSchema),
  overrides: z.array(overrideSchema).optional(),
});

type RawRule = z.infer<typeof ruleSchema>;

const RULE_NAME = /^[a-z][a-z0-9_]*$/;
const DEFAULT_LATE_MS = 120_000;

export function readThresholdPolicy(file: string): ThresholdPolicy {
  return checkThresholds(readYaml(file), file);
}

/** Checks parsed YAML. Parts that are well formed are checked further even when others are not. */
export function checkThresholds(data: unknown, file: string): ThresholdPolicy {
  const shape = problemsOf(thresholdsSchema, data);
  const problems: ConfigProblem[] = [];
  const report: Report = (path, reason) => {
    problems.push({ file, path: formatPath(path), reason });
  };
  for (const { path, reason } of shape) report(path, reason);
  const sound = (...place: PropertyKey[]): boolean =>
    !shape.some(
      ({ path }) => path.length >= place.length && place.every((key, i) => path[i] === key),
    );

  const raw = data as z.infer<typeof thresholdsSchema>;
  const rules = new Map<string, Rule>();
  for (const [name, rule] of entriesOf(raw, 'rules')) {
    const compiled = sound('rules', name) ? compileRule(name, rule as RawRule, report) : null;
    if (compiled !== null) rules.set(name, compiled);
  }
  const names = entriesOf(raw, 'rules').map(([name]) => name);
  const overrides = entriesOf(raw, 'overrides').flatMap(([, override], i) => {
    if (!sound('overrides', i)) return [];
    checkOverride(override as RawOverride, { names, rules }, below(report, 'overrides', i));
    return [{ override: override as RawOverride, index: i }];
  });
  const lateMs = readLate(raw, report);
  if (problems.length > 0) throw configFailure(problems);
  const layers = layersInOrder(overrides);
  return Object.freeze({ lateMs, rules: Object.freeze([...rules.values()]), layers });
}

function entriesOf(raw: unknown, key: string): readonly (readonly [string, unknown])[] {
  const part: unknown = (raw as Record<string, unknown> | null)?.[key];
  return typeof part === 'object' && part !== null ? Object.entries(part) : [];
}

function readLate(raw: { readonly late?: unknown } | null, report: Report): number {
  const late = raw?.late;
  if (typeof late !== 'string') return DEFAULT_LATE_MS;
  return attempt(() => parseDuration(late), report, 'late') ?? DEFAULT_LATE_MS;
}

function compileRule(name: string, raw: RawRule, outer: Report): Rule | null {
  const report = below(outer, 'rules', name);
  if (!RULE_NAME.test(name)) {
    report([], 'is not a rule name: write lower-case letters, digits and _, a letter first');
  }
  const measure = KINDS[raw.kind]?.compile(raw, report) ?? null;
  if (measure === null) return null;
  const itemless =
    measure.indicator === 'agent_silent' || INDICATORS[measure.indicator].item === null;
  if (raw.items !== undefined && itemless) {
    report(['items'], `${measure.indicator} has no items to choose from`);
  }
  const settings = settingsOf(raw);
  if (compileLimits(settings, measure.unit, report) === null) return null;
  const include = anyOf(raw.items?.include ?? ['*']);
  const exclude = anyOf(raw.items?.exclude ?? []);
  return Object.freeze({
    name,
    summary: raw.summary,
    measure,
    covers: (item: string) => include(item) && !exclude(item),
    settings,
    signature: JSON.stringify(raw),
  });
}

function settingsOf(raw: RawRule): Settings {
  const keys = Object.keys(layerFields);
  return Object.fromEntries(Object.entries(raw).filter(([key]) => keys.includes(key))) as Settings;
}
