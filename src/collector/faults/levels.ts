/**
 * Levels as data: R12's matrix of urgency and impact, the policies with their limits (R12, R13,
 * R14), and what follows a recovery or a missed limit.
 */
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type ConfigProblem, duration, readYaml } from '../../shared/config.ts';
import { flawless, type Holed, readParts } from '../../shared/config-parts.ts';
import { type Calendars, loadCalendars } from '../calendars/calendars.ts';
import type { Urgency } from '../evaluate/evaluate.ts';
import type { ClockName, Impact, Level } from './fault.ts';
import { limitProblems, policySchema } from './limits.ts';

const level = z.literal([1, 2, 3, 4]);
const row = z.strictObject({ high: level, medium: level, low: level });
const text = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) });
const entry = z.strictObject({
  name: text,
  /** How long after recovery it closes by itself; `person`: never. */
  close_after_recovery: z.union([z.literal('person'), duration]),
  /** How long a breach may outlive its repair before everything is to be done again. */
  reopen_if_still_failing_after: duration.optional().describe('30m where it is not named'),
});

export const levelsSchema = z.strictObject({
  matrix: z.strictObject({ high: row, medium: row, low: row }),
  levels: z.strictObject({
    1: entry.optional(),
    2: entry.optional(),
    3: entry.optional(),
    4: entry.optional(),
  }),
  reopen_within: duration,
  default_policy: z.string().describe('For devices without the label level_policy'),
  policies: z.record(z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, 'is not a name'), policySchema),
  cause_classes: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'is not a name'), text),
});

/** As read; `calendars` are those its limits name. */
export type LevelPolicy = z.infer<typeof levelsSchema> & { readonly calendars: Calendars };

const STILL_FAILING_MS = 30 * 60_000;
export const LEVELS: readonly Level[] = [1, 2, 3, 4];
export const CLOCKS: readonly ClockName[] = ['respond', 'arrive', 'repair'];

export function readLevelPolicy(file: string, calendars?: Calendars): LevelPolicy {
  const data = readYaml(file);
  return checkLevels(data, file, calendars ?? loadCalendars(join(dirname(file), 'calendars.yaml')));
}

/** Checks parsed YAML. Throws `config` with every problem. */
export function checkLevels(data: unknown, file: string, calendars: Calendars): LevelPolicy {
  const { value: policy, problems: shape } = readParts(levelsSchema, data, file);
  const problems = [
    ...shape,
    ...missingLevels(policy, file),
    ...earlyCloses(policy, file),
    ...defaultProblems(policy, file),
    ...limitProblems(policy.policies ?? {}, { file, calendars }),
  ];
  const value = { ...(policy as z.infer<typeof levelsSchema>), calendars };
  return flawless({ value, problems });
}

type Parts = Holed<z.infer<typeof levelsSchema>>;

function missingLevels({ matrix, levels }: Parts, file: string): readonly ConfigProblem[] {
  return Object.entries(matrix ?? {}).flatMap(([urgency, byImpact]) =>
    Object.entries(byImpact ?? {}).flatMap(([impact, named]) =>
      named !== undefined && levels !== undefined && !Object.hasOwn(levels, named)
        ? {
            file,
            path: `matrix.${urgency}.${impact}`,
            reason: `level ${named} has no entry: write levels.${named}, or another level here`,
          }
        : [],
    ),
  );
}

function earlyCloses(policy: Parts, file: string): readonly ConfigProblem[] {
  const reopens = policy.reopen_within ?? 0;
  return Object.entries(policy.levels ?? {}).flatMap(([name, level]) =>
    typeof level?.close_after_recovery === 'number' && level.close_after_recovery < reopens
      ? {
          file,
          path: `levels.${name}.close_after_recovery`,
          reason: 'is shorter than reopen_within: a closed fault cannot reopen',
        }
      : [],
  );
}

function defaultProblems(policy: Parts, file: string): readonly ConfigProblem[] {
  const { default_policy: named, policies } = policy;
  if (named === undefined || policies === undefined) return [];
  if (Object.hasOwn(policies, named)) return [];
  const known = Object.keys(policies).join(', ') || 'none';
  return [
    {
      file,
      path: 'default_policy',
      reason: `there is no policy ${JSON.stringify(named)} (there are: ${known})`,
    },
  ];
}

export function levelOf(policy: LevelPolicy, urgency: Urgency, impact: Impact): Level {
  return policy.matrix[urgency][impact];
}

/** Milliseconds after recovery, or null where only a person closes it. */
export function closesAfterMs(policy: LevelPolicy, named: Level): number | null {
  const after = policy.levels[named]?.close_after_recovery ?? 'person';
  return after === 'person' ? null : after;
}

/** Milliseconds after a repair that its breach outlives. */
export function relapsesAfterMs(policy: LevelPolicy, named: Level): number {
  return policy.levels[named]?.reopen_if_still_failing_after ?? STILL_FAILING_MS;
}

/** The policy a device asks for; the default for one that is not configured. */
export function policyNamed(policy: LevelPolicy, asked: string): string {
  return Object.hasOwn(policy.policies, asked) ? asked : policy.default_policy;
}
