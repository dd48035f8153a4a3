/** The known traps (`config/traps.yaml`): one strict schema, and the look-up made of it. */
import { dirname, join } from 'node:path';
import * as z from 'zod';
import {
  type ConfigProblem,
  checkConfig,
  configFailure,
  formatPath,
  jsonSchema,
  readYaml,
} from '../../shared/config.ts';
import { didYouMean } from '../../shared/config-problems.ts';
import type { EventFault } from '../../shared/device-event.ts';

export interface KnownTrap {
  readonly name: string;
  readonly oid: string;
  /** Names of variables → values one of which fits; all must. */
  readonly when: readonly Condition[];
  /** None may. */
  readonly unless: readonly Condition[];
  /** Names of variables; the first that came with the trap names the item. */
  readonly item: readonly string[];
  readonly text: { readonly en: string; readonly zh: string };
  readonly fault: EventFault | null;
  /** Comes all day from every port: unverified it opens nothing unless all are believed. */
  readonly onlyConfirms: boolean;
}

export interface Condition {
  readonly variable: string;
  readonly values: readonly string[];
}

export interface KnownTraps {
  /** By OID of the notification, in the order of the file. */
  readonly byOid: ReadonlyMap<string, readonly KnownTrap[]>;
  /** The name of a varbind's column, or null. */
  nameOf(oid: string): string | null;
}

const oid = z.string().regex(/^1\.\d{1,10}(\.\d{1,10}){2,100}$/, 'an OID looks like 1.3.6.1.4.1.9');
const name = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'a name has small letters, digits and _');
const variable = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/, 'a variable is named as in its MIB');
const words = z.string().min(1).max(300);
const values = z.array(z.union([z.int(), z.string().min(1)])).min(1);
const condition = z.record(variable, values);

const trap = z
  .strictObject({
    name,
    oid,
    mib: z.string().min(1).describe('Where it is defined'),
    when: condition.optional(),
    unless: condition.optional(),
    item: z.array(variable).min(1).optional(),
    opens: name.optional().describe('Rule of the fault it opens or confirms'),
    confirms: name.optional(),
    unverified: z.literal('confirms').optional().describe('An unverified one opens nothing'),
    clears: name.optional(),
    severity: z.enum(['warning', 'critical']).default('warning'),
    urgency: z.enum(['high', 'medium', 'low']).default('medium'),
    text: z.strictObject({ en: words, zh: words }),
  })
  .refine(({ opens, confirms, clears }) => [opens, confirms, clears].filter(Boolean).length <= 1, {
    error: 'a trap either opens, confirms or clears',
  });

export const knownTrapsSchema = z.strictObject({
  variables: z.record(variable, oid),
  traps: z.array(trap),
});

type Known = z.infer<typeof knownTrapsSchema>;

/** Throws `config` with every problem of the file. */
export function readKnownTraps(file: string): KnownTraps {
  const known = checkConfig(knownTrapsSchema, readYaml(file), file);
  const problems = unknownVariables(known, file);
  if (problems.length > 0) throw configFailure(problems);
  return lookUp(known);
}

export function knownTrapsJsonSchema(): unknown {
  return jsonSchema(knownTrapsSchema);
}

/** The file that ships with the program: beside the bundle, or in the checkout. */
export function shippedKnownTraps(moduleUrl: string): string {
  const here = dirname(new URL(moduleUrl).pathname);
  const root = here.endsWith(join('src', 'agent', 'traps')) ? join(here, '../../..') : here;
  return join(root, 'config', 'traps.yaml');
}

/** `{name}` in a text. */
export const PLACE = /\{([A-Za-z]+)\}/g;

function unknownVariables({ variables, traps }: Known, file: string): readonly ConfigProblem[] {
  const names = Object.keys(variables);
  const problems: ConfigProblem[] = [];
  const check = (used: string, path: readonly PropertyKey[]): void => {
    if (Object.hasOwn(variables, used)) return;
    const reason = `${JSON.stringify(used)} is not one of the variables${didYouMean(used, names)}`;
    problems.push({ file, path: formatPath(path), reason });
  };
  for (const [index, { when = {}, unless = {}, item = [], text }] of traps.entries()) {
    const at = ['traps', index];
    for (const used of Object.keys(when)) check(used, [...at, 'when', used]);
    for (const used of Object.keys(unless)) check(used, [...at, 'unless', used]);
    for (const [place, used] of item.entries()) check(used, [...at, 'item', place]);
    for (const language of ['en', 'zh'] as const) {
      for (const [, used = ''] of text[language].matchAll(PLACE)) {
        if (used !== 'item') check(used, [...at, 'text', language]);
      }
    }
  }
  return problems;
}

function lookUp({ variables, traps }: Known): KnownTraps {
  const byOid = new Map<string, KnownTrap[]>();
  for (const one of traps) {
    const sameOid = byOid.get(one.oid) ?? [];
    sameOid.push(knownTrap(one));
    byOid.set(one.oid, sameOid);
  }
  const names = new Map(Object.entries(variables).map(([name, oid]) => [oid, name]));
  return Object.freeze({ byOid, nameOf: (oid: string) => columnName(names, oid) });
}

/** The longest column that the OID begins with, on whole arcs. */
function columnName(names: ReadonlyMap<string, string>, oid: string): string | null {
  for (let end = oid.length; end > 0; end = oid.lastIndexOf('.', end - 1)) {
    const name = names.get(oid.slice(0, end));
    if (name !== undefined) return name;
  }
  return null;
}

function knownTrap(one: Known['traps'][number]): KnownTrap {
  const { name, oid, when, unless, item = [], text, unverified } = one;
  const conditions = { when: conditionsOf(when), unless: conditionsOf(unless) };
  const onlyConfirms = unverified !== undefined;
  return Object.freeze({ name, oid, ...conditions, item, text, fault: faultOf(one), onlyConfirms });
}

function conditionsOf(written: Readonly<Record<string, readonly unknown[]>> = {}): Condition[] {
  return Object.entries(written).map(([variable, values]) => ({
    variable,
    values: values.map(String),
  }));
}

function faultOf(one: Known['traps'][number]): EventFault | null {
  const { opens, confirms, clears, severity, urgency } = one;
  const rule = opens ?? confirms ?? clears;
  if (rule === undefined) return null;
  const action = opens !== undefined ? 'open' : confirms !== undefined ? 'confirm' : 'clear';
  return { action, rule, severity, urgency };
}
