/**
 * What is wrong with a configuration, in words an operator can act on: zod's issues with the path
 * of the place, the reason, and the name that was probably meant.
 */
import * as z from 'zod';

/** One mistake: where, as keys from the top, and why. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly reason: string;
}

/** Every mistake `schema` finds in `data`; none means it fits. */
export function problemsOf(schema: z.ZodType, data: unknown): readonly Problem[] {
  const result = schema.safeParse(data);
  if (result.success) return [];
  const placed = plainIssues(result.error.issues, []);
  // What is of another type altogether is not too small as well.
  const foreign = new Set(placed.filter(({ issue }) => issue.code === 'invalid_type').map(placeOf));
  return placed
    .filter((one) => one.issue.code !== 'too_small' || !foreign.has(placeOf(one)))
    .map(({ issue, path }) => ({ path, reason: reasonOf(issue, path, { schema, data }) }));
}

const placeOf = ({ path }: PlacedIssue): string => JSON.stringify(path.map(String));

interface Checked {
  readonly schema: z.ZodType;
  readonly data: unknown;
}

interface PlacedIssue {
  readonly issue: z.core.$ZodIssue;
  readonly path: readonly PropertyKey[];
}

/** What is said of a value that is not of a union's branch at all. */
const MISMATCHES: readonly string[] = ['invalid_type', 'invalid_value'];

/** A union says only "invalid input": what helps is what is wrong with the branch that was meant. */
function plainIssues(
  issues: readonly z.core.$ZodIssue[],
  above: readonly PropertyKey[],
): readonly PlacedIssue[] {
  return issues.flatMap((issue): readonly PlacedIssue[] => {
    const path = [...above, ...issue.path];
    if (issue.code !== 'invalid_union') return [{ issue, path }];
    const meant = issue.errors
      .filter((branch) =>
        branch.every(({ path: deeper, code }) => deeper.length > 0 || !MISMATCHES.includes(code)),
      )
      .toSorted((a, b) => mistakesIn(a) - mistakesIn(b))[0];
    return meant === undefined ? [{ issue, path }] : plainIssues(meant, path);
  });
}

/** Of several branches that may be meant, the one with the fewest mistakes is. */
function mistakesIn(branch: readonly z.core.$ZodIssue[]): number {
  return branch.reduce(
    (sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1),
    0,
  );
}

function reasonOf(
  issue: z.core.$ZodIssue,
  path: readonly PropertyKey[],
  { schema, data }: Checked,
): string {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path, data);
    return issue.keys
      .map((key) =>
        known.includes(key)
          ? `${JSON.stringify(key)} does not go with the other keys`
          : `unknown key ${JSON.stringify(key)}${didYouMean(key, known)}`,
      )
      .join(', ');
  }
  const found = valueAt(data, path);
  if (found === undefined) return 'is missing';
  const allowed = allowedOf(issue);
  if (allowed !== null) {
    const names = allowed.map(String);
    return `${JSON.stringify(found)} is not one of ${names.join(', ')}${didYouMean(found, names)}`;
  }
  if (issue.code === 'invalid_type') {
    const expected = TYPES[issue.expected] ?? issue.expected;
    const shown = JSON.stringify(found)?.slice(0, 40);
    const mend = issue.message.startsWith('Invalid input') ? '' : `: ${issue.message}`;
    return `must be ${expected}, not ${shown}${mend}`;
  }
  return sizeOf(issue) ?? keyOf(issue, path) ?? issue.message;
}

/** Limits that have no words of their own. */
function sizeOf(issue: z.core.$ZodIssue): string | null {
  if (issue.code !== 'too_small' && issue.code !== 'too_big') return null;
  if (!/^Too (small|big)/.test(issue.message)) return null;
  const isLeast = issue.code === 'too_small';
  const limit = String(isLeast ? issue.minimum : issue.maximum);
  if (isLeast && limit === '1' && issue.origin !== 'number') return 'must not be empty';
  const unit = UNITS[issue.origin] ?? '';
  if (issue.inclusive === false) return `must be ${isLeast ? 'more' : 'less'} than ${limit}${unit}`;
  return `must ${unit === '' ? 'be' : 'have'} at ${isLeast ? 'least' : 'most'} ${limit}${unit}`;
}

const UNITS: Readonly<Record<string, string>> = Object.freeze({
  string: ' characters',
  array: ' entries',
  set: ' entries',
});

/** The key of a record that is refused: as written, and why. */
function keyOf(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): string | null {
  if (issue.code !== 'invalid_key') return null;
  const reasons = issue.issues.map(({ message }) => message);
  return `the name ${JSON.stringify(String(path.at(-1)))} is not allowed: ${reasons.join(', ')}`;
}

/** zod's types as an operator calls them. */
const TYPES: Readonly<Record<string, string>> = Object.freeze({
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
});

/** The list of values to choose from; null where the issue is another one. */
function allowedOf(issue: z.core.$ZodIssue): readonly unknown[] | null {
  if (issue.code === 'invalid_value') return issue.values;
  const options: unknown = issue.code === 'invalid_union' && 'options' in issue && issue.options;
  return Array.isArray(options) ? options : null;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let at = data;
  for (const key of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return at;
}

/** The keys a schema knows at `path`, so that a typing mistake gets its suggestion. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], data: unknown): readonly string[] {
  let shapes = branchesOf(schema);
  let at = data;
  for (const key of path) {
    at = valueAt(at, [key]);
    shapes = shapes.flatMap((shape) => childrenOf(shape, key)).filter((shape) => fits(shape, at));
  }
  return shapes.flatMap((shape) => (shape instanceof z.ZodObject ? Object.keys(shape.shape) : []));
}

export function branchesOf(schema: unknown): readonly z.ZodType[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(branchesOf);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  ) {
    return branchesOf(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return branchesOf(schema.in);
  return schema instanceof z.ZodType ? [schema] : [];
}

function childrenOf(schema: z.ZodType, key: PropertyKey): readonly z.ZodType[] {
  if (schema instanceof z.ZodObject) return branchesOf(schema.shape[String(key)]);
  if (schema instanceof z.ZodRecord) return branchesOf(schema.valueType);
  return schema instanceof z.ZodArray ? branchesOf(schema.element) : [];
}

/** False when a literal of the object (its `kind`) says that another branch of a union is meant. */
export function fits(schema: z.ZodType, data: unknown): boolean {
  if (!(schema instanceof z.ZodObject)) return true;
  return Object.entries(schema.shape).every(
    ([key, part]) =>
      !(part instanceof z.ZodLiteral) || part.safeParse(valueAt(data, [key])).success,
  );
}

/** ` (did you mean "open"?)`, or nothing when no name is near enough to be meant. */
export function didYouMean(written: unknown, names: readonly string[]): string {
  const text = String(written).slice(0, 64);
  const most = Math.min(text.length - 1, Math.max(2, Math.floor(text.length / 3)));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    // Half a name is as good as one with a slip of the finger.
    const begun = text.length >= 4 && name.startsWith(text);
    const distance = begun ? 1 : editDistance(text, name);
    if (distance <= most && distance < (best?.distance ?? most + 1)) best = { name, distance };
  }
  return best === undefined ? '' : ` (did you mean ${JSON.stringify(best.name)}?)`;
}

/** Levenshtein: the fewest single-character edits from `a` to `b`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
