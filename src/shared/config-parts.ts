/**
 * What a configuration holds besides its mistakes: a place that does not fit is left as a hole, so
 * that everything around it is still checked in the same run.
 */
import * as z from 'zod';
import { type ConfigProblem, configFailure, schemaProblems } from './config.ts';
import { branchesOf, fits } from './config-problems.ts';

/** `T` with `undefined` wherever something does not fit or is missing. */
export type Holed<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer E)[]
    ? readonly (Holed<E> | undefined)[]
    : { readonly [K in keyof T]?: Holed<T[K]> | undefined };

/** As far as it could be read, and everything that is wrong; whole only without a problem. */
export interface Checked<T> {
  readonly value: T;
  readonly problems: readonly ConfigProblem[];
}

/** Throws `config` with every problem. */
export function flawless<T>({ value, problems }: Checked<T>): T {
  if (problems.length > 0) throw configFailure(problems);
  return value;
}

/** Reads parsed YAML as far as it fits; the value is without holes when there is no problem. */
export function readParts<T extends z.ZodType>(
  schema: T,
  data: unknown,
  file: string,
): Checked<Holed<z.infer<T>>> {
  const problems = schemaProblems(schema, data, file);
  return { value: (partsOf(schema, data) ?? {}) as Holed<z.infer<T>>, problems };
}

/** Null for a hole or with one below: only of the whole can be said that something is missing. */
export function wholeOf<T>(parts: Holed<T> | undefined): T | null {
  return isWhole(parts) ? (parts as T) : null;
}

function isWhole(part: unknown): boolean {
  if (part === undefined) return false;
  return typeof part !== 'object' || part === null || Object.values(part).every(isWhole);
}

function partsOf(schema: z.ZodType, data: unknown): unknown {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  if (typeof data !== 'object' || data === null) return undefined;
  const shape = meantBy(schema, data);
  if (Array.isArray(data)) {
    if (!(shape instanceof z.ZodArray)) return undefined;
    return data.map((one) => partsOf(shape.element as z.ZodType, one));
  }
  if (shape instanceof z.ZodRecord) {
    const entries = Object.entries(data);
    return Object.fromEntries(
      entries.map(([key, one]) => [key, partsOf(shape.valueType as z.ZodType, one)]),
    );
  }
  return shape instanceof z.ZodObject ? fieldsOf(shape, data as Fields) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** What may be left out and is, is no hole. */
function fieldsOf(shape: z.ZodObject, data: Fields): Fields {
  const fields = Object.entries(shape.shape).flatMap(([key, schema]) => {
    const part = partsOf(schema as z.ZodType, data[key]);
    const optional =
      !Object.hasOwn(data, key) && (schema as z.ZodType).safeParse(undefined).success;
    return part === undefined && optional ? [] : [[key, part] as const];
  });
  return Object.fromEntries(fields);
}

/** The branch of a union that has most of the keys; the schema itself where it is none. */
function meantBy(schema: z.ZodType, data: object): z.ZodType | undefined {
  const known = (branch: z.ZodType): number =>
    branch instanceof z.ZodObject
      ? Object.keys(data).filter((key) => Object.hasOwn(branch.shape, key)).length
      : 0;
  return branchesOf(schema)
    .filter((branch) => fits(branch, data) && Array.isArray(data) === branch instanceof z.ZodArray)
    .toSorted((a, b) => known(b) - known(a))[0];
}
