/**
 * Which cells a block needs, so that nothing else is asked: figures every round, names, filters and
 * units (`slow`) now and then.
 */
import { valuesOf } from './pick.ts';
import type { Conditions, Label, Value } from './profile-cells.ts';
import type {
  CpuBlock,
  Fact,
  MemoryBlock,
  SeriesBlock,
  StorageBlock,
  TemperatureBlock,
} from './profile-schema.ts';
import { columnOid, type Place, type Reading } from './reading.ts';

/** OIDs of scalars and of columns. */
export class Needs {
  readonly scalars = new Set<string>();
  readonly columns = new Set<string>();

  add(place: Place, table: string): void {
    if (place.oid !== undefined) this.scalars.add(place.oid);
    if (place.column !== undefined) this.columns.add(columnOid(place.column, table));
    if (place.via !== undefined) this.columns.add(columnOid(place.via.column, table));
  }

  addAll(other: Needs): void {
    for (const oid of other.scalars) this.scalars.add(oid);
    for (const column of other.columns) this.columns.add(column);
  }
}

export interface BlockNeeds {
  readonly fast: Needs;
  readonly slow: Needs;
}

function addConditions(conditions: Conditions | undefined, table: string, needs: Needs): void {
  for (const condition of conditions ?? []) {
    for (const one of 'any_of' in condition ? condition.any_of : [condition]) {
      needs.add(one, table);
    }
  }
}

function addLabel(label: Label | undefined, table: string, needs: Needs): void {
  if (label === undefined || typeof label === 'string') return;
  if ('first' in label) for (const one of label.first) addLabel(one, table, needs);
  else if ('join' in label) for (const one of label.join) addLabel(one, table, needs);
  else if ('column' in label || 'oid' in label) needs.add(label as Place, table);
}

function addValues(values: readonly Value[], table: string, { fast, slow }: BlockNeeds): void {
  for (const value of values) {
    fast.add(value, table);
    if (value.via !== undefined) slow.add({ column: value.via.column }, table);
    if (value.unit_column !== undefined) slow.add({ column: value.unit_column }, table);
    if (value.exponent === undefined) continue;
    slow.add({ column: value.exponent.scale }, table);
    slow.add({ column: value.exponent.precision }, table);
  }
}

type AnyBlock = CpuBlock | MemoryBlock | StorageBlock | TemperatureBlock | SeriesBlock;

function valuesIn(block: AnyBlock): readonly Value[] {
  const all: (Value | readonly Value[] | undefined)[] = [];
  if ('celsius' in block) all.push(block.celsius);
  if ('value' in block) all.push(block.value);
  if ('percent' in block) all.push(block.percent);
  if ('total' in block) all.push(block.total);
  if ('used' in block) all.push(block.used);
  if ('free' in block) all.push(block.free);
  if ('minus' in block) all.push(block.minus);
  return all.flatMap(valuesOf);
}

export function needsOf(block: AnyBlock): BlockNeeds {
  const needs = { fast: new Needs(), slow: new Needs() };
  const table = block.table ?? '';
  addValues(valuesIn(block), table, needs);
  addConditions(block.where, table, needs.slow);
  addLabel(block.label, table, needs.slow);
  if ('ticks' in block && block.ticks !== undefined) {
    for (const oid of [...block.ticks.all, ...block.ticks.idle]) needs.fast.scalars.add(oid);
  }
  if ('labels' in block) {
    for (const label of Object.values(block.labels ?? {})) addLabel(label, table, needs.slow);
  }
  return needs;
}

export function needsOfFact(fact: Fact): Needs {
  const needs = new Needs();
  if (typeof fact === 'string' || 'of' in fact) return needs;
  needs.add(fact, fact.table ?? '');
  addConditions(fact.where, fact.table ?? '', needs);
  return needs;
}

/** What of it is not read yet. */
export const missing = ({ scalars, columns }: Needs, reading: Reading) => ({
  scalars: new Set([...scalars].filter((oid) => !reading.scalars.has(oid))),
  columns: new Set([...columns].filter((column) => !reading.columns.has(column))),
});
