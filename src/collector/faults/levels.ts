/** Levels as data: R12's matrix of urgency and impact, and what follows a recovery. */
import { z } from 'zod';
import {
  type ConfigProblem,
  checkConfig,
  configFailure,
  duration,
  readYaml,
  schemaProblems,
} from '../../shared/config.ts';
import type { Urgency } from '../evaluate/evaluate.ts';
import type { Impact, Level } from './faults.ts';

const level = z.literal([1, 2, 3, 4]);
const row = z.strictObject({ high: level, medium: level, low: level });
const entry = z.strictObject({
  name: z.strictObject({ en: z.string().min(1), zh: z.string().min(1) }),
  /** How long after recovery it closes by itself; `person`: never. */
  close_after_recovery: z.union([z.literal('person'), duration]),
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
});

export type LevelPolicy = z.infer<typeof levelsSchema>;

export function readLevelPolicy(file: string): LevelPolicy {
  return checkLevels(readYaml(file), file);
}

/** Checks parsed YAML. Throws `config` with every problem. */
export function checkLevels(data: unknown, file: string): LevelPolicy {
  const shape = schemaProblems(levelsSchema, data, file);
  if (shape.length > 0) throw configFailure(shape);
  const policy = checkConfig(levelsSchema, data, file);
  const problems = [...missingLevels(policy, file), ...earlyCloses(policy, file)];
  if (problems.length > 0) throw configFailure(problems);
  return policy;
}

function missingLevels({ matrix, levels }: LevelPolicy, file: string): readonly ConfigProblem[] {
  return Object.entries(matrix).flatMap(([urgency, byImpact]) =>
    Object.entries(byImpact).flatMap(([impact, named]) =>
      levels[named] === undefined
        ? {
            file,
            path: `matrix.${urgency}.${impact}`,
            reason: `level ${named} has no entry: write levels.${named}, or another level here`,
          }
        : [],
    ),
  );
}

function earlyCloses(policy: LevelPolicy, file: string): readonly ConfigProblem[] {
  return Object.entries(policy.levels).flatMap(([name, { close_after_recovery: after }]) =>
    after !== 'person' && after < policy.reopen_within
      ? {
          file,
          path: `levels.${name}.close_after_recovery`,
          reason: 'is shorter than reopen_within: a closed fault cannot reopen',
        }
      : [],
  );
}

export function levelOf(policy: LevelPolicy, urgency: Urgency, impact: Impact): Level {
  return policy.matrix[urgency][impact];
}

/** Milliseconds after recovery, or null where only a person closes it. */
export function closesAfterMs(policy: LevelPolicy, named: Level): number | null {
  const after = policy.levels[named]?.close_after_recovery ?? 'person';
  return after === 'person' ? null : after;
}
