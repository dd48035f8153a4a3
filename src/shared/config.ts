/**
 * Configuration is data with one schema: unknown keys refused, every mistake named with file, path
 * and reason, all of them in one run; published as JSON Schema for editors.
 */
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { problemsOf } from './config-problems.ts';
import { Failure, messageOf } from './errors.ts';
import { parseBytes, parseDuration } from './units.ts';

function refined(parse: (text: string) => number, error: string) {
  return z.string({ error }).transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: describe(error) });
      return z.NEVER;
    }
  });
}

function describe(error: unknown): string {
  return error instanceof Failure ? `${error.message}: ${error.hint}` : messageOf(error);
}

/** `15s` in the file, milliseconds in the program. */
export const duration = refined(parseDuration, 'write its unit, for example 15s or 1h30m');
/** `1GiB` in the file, bytes in the program. */
export const bytes = refined(parseBytes, 'write its unit, for example 1GiB');

export interface ConfigProblem {
  readonly file: string;
  /** `thresholds[2].open`; empty for the whole file. */
  readonly path: string;
  readonly reason: string;
}

export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

export function configFailure(problems: readonly ConfigProblem[]): Failure {
  const lines = problems.map(({ file, path, reason }) => `${file}: ${path || '(file)'}: ${reason}`);
  return new Failure('config', lines.join('\n'), {
    hint: 'correct the named places; check-config shows every problem at once',
    detail: { problems },
  });
}

/**
 * The problems inside a failure of one file, so that those of several are told in one run. Throws
 * what is not about configuration.
 */
export function problemsIn(error: unknown, file: string): readonly ConfigProblem[] {
  if (!(error instanceof Failure)) throw error;
  const listed = error.detail.problems as readonly ConfigProblem[] | undefined;
  const reason = error.hint === '' ? error.message : `${error.message}: ${error.hint}`;
  return listed ?? [{ file, path: '', reason }];
}

/** Checks `data` (already parsed) against `schema`. Throws `config` with every problem. */
export function checkConfig<T extends z.ZodType>(
  schema: T,
  data: unknown,
  file: string,
): z.infer<T> {
  const result = schema.safeParse(data);
  if (result.success) return result.data as z.infer<T>;
  throw configFailure(schemaProblems(schema, data, file));
}

/** Every problem `schema` has with `data`, for callers that go on to check more of the same file. */
export function schemaProblems(
  schema: z.ZodType,
  data: unknown,
  file: string,
): readonly ConfigProblem[] {
  return problemsOf(schema, data).map(({ path, reason }) => ({
    file,
    path: formatPath(path),
    reason,
  }));
}

/** Parses YAML text; syntax errors and duplicate keys are `config` failures with their line. */
export function parseYaml(text: string, file: string): unknown {
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) {
    throw configFailure(
      document.errors.map((error) => ({
        file,
        path: `line ${error.linePos?.[0].line ?? '?'}`,
        reason: error.message.split(/ at line \d+|\n/)[0] ?? 'not valid YAML',
      })),
    );
  }
  try {
    return document.toJS() ?? {};
  } catch (error) {
    // Aliases that multiply without end, or that name nothing.
    throw configFailure([{ file, path: '', reason: messageOf(error) }]);
  }
}

/** Reads one YAML file, unchecked. Throws `config` when it cannot be read or is not YAML. */
export function readYaml(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure('config', `cannot read ${file}: ${messageOf(error)}`, {
      hint: 'name a YAML file that is there and that this user can read',
      cause: error,
    });
  }
  return parseYaml(text, file);
}

/** Reads and checks one YAML file. Schemas use `z.strictObject`, so unknown keys are refused. */
export function loadConfig<T extends z.ZodType>(schema: T, file: string): z.infer<T> {
  return checkConfig(schema, readYaml(file), file);
}

/** The schema as JSON Schema (input side: what a person writes). */
export function jsonSchema(schema: z.ZodType): unknown {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
