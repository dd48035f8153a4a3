/** Vendor, model, version and serial number of a device, from what its profile names. */
import { textOf } from './cell.ts';
import { compareOids } from './oid.ts';
import { allHold, extracted } from './pick.ts';
import { type Needs, needsOfFact } from './places.ts';
import type { Fact, Facts, Profile } from './profile-schema.ts';
import { cellAt, columnOid, type Reading } from './reading.ts';

/** The system group (RFC 3418); '' where the device does not say. */
export interface SystemGroup {
  readonly sysDescr: string;
  readonly sysObjectID: string;
  readonly sysName: string;
}

export type FactName = keyof Facts;

const FACT_NAMES: readonly FactName[] = Object.freeze(['vendor', 'model', 'version', 'serial']);

function factsOf(facts: Fact | readonly Fact[] | undefined): readonly Fact[] {
  if (facts === undefined) return [];
  return Array.isArray(facts) ? facts : [facts as Fact];
}

function shaped(raw: string, fact: Exclude<Fact, string>): string {
  const text = extracted(raw, fact.regex);
  return fact.enum === undefined ? text : (fact.enum[text] ?? '');
}

/** '' where the device does not say. */
export function pickFact(fact: Fact, reading: Reading, system: SystemGroup): string {
  if (typeof fact === 'string') return fact;
  if ('of' in fact) return shaped(system[fact.of], fact);
  if (fact.column === undefined) {
    return shaped(textOf(cellAt(fact, { reading, table: '', index: '' })), fact);
  }
  const table = fact.table ?? '';
  const cells = reading.columns.get(columnOid(fact.column, table));
  for (const index of [...(cells?.keys() ?? [])].sort(compareOids)) {
    const row = { reading, table, index };
    const text = allHold(fact.where, row) ? shaped(textOf(cells?.get(index)), fact) : '';
    if (text !== '') return text;
  }
  return '';
}

interface FactSource {
  readonly reading: Reading;
  ensure(needs: Needs): Promise<void>;
}

/** Of profile and parts the first that says something. */
export async function readFacts(
  family: readonly Profile[],
  { reading, ensure }: FactSource,
  system: SystemGroup,
): Promise<Partial<Record<FactName, string>>> {
  const found: Partial<Record<FactName, string>> = {};
  for (const name of FACT_NAMES) {
    for (const fact of family.flatMap(({ facts }) => factsOf(facts?.[name]))) {
      await ensure(needsOfFact(fact));
      const text = pickFact(fact, reading, system);
      if (text !== '') {
        found[name] = text;
        break;
      }
    }
  }
  return found;
}
