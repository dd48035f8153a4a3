/** What faults are held to: the terms of every policy, kept under a key made of their content. */
import { hash as digest } from 'node:crypto';
import { bug } from '../../shared/errors.ts';
import type { Circumstances } from './decide.ts';
import type { FaultContext } from './faults.ts';
import { type LevelPolicy, policyNamed } from './levels.ts';
import { type Terms, termsOf } from './limits.ts';
import type { FaultTables } from './tables.ts';

/** As many digits as make two policies never meet by chance. */
const KEY_DIGITS = 16;

interface KeyedTerms {
  readonly key: string;
  readonly terms: Terms;
}

const byPolicy = new WeakMap<LevelPolicy, ReadonlyMap<string, KeyedTerms>>();

function keyedTerms(levels: LevelPolicy): ReadonlyMap<string, KeyedTerms> {
  let keyed = byPolicy.get(levels);
  if (keyed === undefined) {
    keyed = new Map(
      Object.entries(levels.policies).map(([name, policy]) => {
        const terms = termsOf(name, policy);
        const key = digest('sha256', JSON.stringify(terms), 'hex').slice(0, KEY_DIGITS);
        return [name, { key, terms }];
      }),
    );
    byPolicy.set(levels, keyed);
  }
  return keyed;
}

/** Keeps the terms of these policies; gives all that faults were ever held to. */
export function termsBook(tables: FaultTables, levels: LevelPolicy): ReadonlyMap<string, Terms> {
  for (const { key, terms } of keyedTerms(levels).values()) tables.keepTerms(key, terms);
  return tables.terms();
}

/** What a fault of the device that begins now is judged by. */
export function circumstancesOf(
  levels: LevelPolicy,
  asked: { readonly device: string; readonly context: FaultContext; readonly nowMs: number },
): Circumstances {
  const { device, context, nowMs } = asked;
  const named = policyNamed(levels, context.policyOf(device));
  const { key, terms } = keyedTerms(levels).get(named) ?? bug(`no terms of policy ${named}`);
  const systems = context.systemsOf?.(device) ?? [];
  return { levels, impact: context.impactOf(device), systems, terms, termsKey: key, nowMs };
}
