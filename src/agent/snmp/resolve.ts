/**
 * Which blocks of a profile and its parts a device answers: asked lazily, so that what is not needed
 * is not walked. A chosen group is one block, or a block and what stands in while it has no row.
 */
import {
  type CpuRow,
  cpuRows,
  distinct,
  type MemoryRow,
  memoryRows,
  type SeriesRow,
  type SizeRow,
  seriesRows,
  storageRows,
  type TemperatureRow,
  type TickMemory,
  temperatureRows,
} from './figures.ts';
import { type BlockNeeds, Needs, needsOf } from './places.ts';
import type {
  CpuBlock,
  MemoryBlock,
  Profile,
  SeriesBlock,
  StorageBlock,
  TemperatureBlock,
} from './profile-schema.ts';
import { Reading } from './reading.ts';

/** Blocks of one kind; of each group the first that gives a row counts. */
type Groups<T> = readonly (readonly T[])[];

export interface Chosen {
  readonly cpu: Groups<CpuBlock>;
  readonly memory: Groups<MemoryBlock>;
  readonly storage: Groups<StorageBlock>;
  readonly temperature: Groups<TemperatureBlock>;
  readonly series: Groups<SeriesBlock>;
}

export interface Figures {
  readonly cpu: readonly CpuRow[];
  readonly memory: readonly MemoryRow[];
  readonly storage: readonly SizeRow[];
  readonly temperature: readonly TemperatureRow[];
  readonly series: readonly SeriesRow[];
}

export interface Source {
  readonly reading: Reading;
  readonly ticks: TickMemory;
  /** Asks the device for what the reading does not hold yet. */
  ensure(needs: Needs): Promise<void>;
}

type List<T> = readonly (T | { readonly first: readonly T[] })[];
type AnyBlock = Parameters<typeof needsOf>[0];
type HasRows<T> = (block: T, source: Source) => boolean;

const allOf = ({ fast, slow }: BlockNeeds): Needs => {
  const needs = new Needs();
  needs.addAll(fast);
  needs.addAll(slow);
  return needs;
};

function alternatives<T extends AnyBlock>(list: List<T>): Groups<T> {
  return list.map((item) =>
    'first' in item ? (item as { readonly first: readonly T[] }).first : [item as T],
  );
}

const isCounting = (block: AnyBlock): boolean => 'ticks' in block && block.ticks !== undefined;

async function chooseGroup<T extends AnyBlock>(
  group: readonly T[],
  source: Source,
  hasRows: HasRows<T>,
): Promise<readonly T[]> {
  const chosen: T[] = [];
  for (const block of group) {
    const needs = needsOf(block);
    await source.ensure(allOf(needs));
    const { scalars } = source.reading;
    // Counters say nothing the first time: what comes after them stands in until they do.
    const counts = isCounting(block) && [...needs.fast.scalars].some((oid) => scalars.has(oid));
    if (counts || hasRows(block, source)) chosen.push(block);
    if (chosen.length > 0 && !counts) break;
  }
  return chosen;
}

async function chooseList<T extends AnyBlock>(
  list: List<T>,
  source: Source,
  hasRows: HasRows<T>,
): Promise<Groups<T>> {
  const groups = alternatives(list);
  const first = new Needs();
  for (const [block] of groups) if (block !== undefined) first.addAll(allOf(needsOf(block)));
  await source.ensure(first);
  const chosen: (readonly T[])[] = [];
  for (const group of groups) chosen.push(await chooseGroup(group, source, hasRows));
  return chosen.filter((group) => group.length > 0);
}

const HAS_ROWS = Object.freeze({
  cpu: (block: CpuBlock, { reading, ticks }: Source) => cpuRows(block, reading, ticks).length > 0,
  memory: (block: MemoryBlock, { reading }: Source) => memoryRows([block], reading).length > 0,
  storage: (block: StorageBlock, { reading }: Source) => storageRows(block, reading).length > 0,
  temperature: (block: TemperatureBlock, { reading }: Source) =>
    temperatureRows(block, reading).length > 0,
  series: (block: SeriesBlock, { reading }: Source) => seriesRows(block, reading).length > 0,
});

/** The profile's own list; when it gives nothing, the parts, the first that gives something. */
async function chooseKind<T extends AnyBlock>(
  lists: readonly (List<T> | undefined)[],
  source: Source,
  hasRows: HasRows<T>,
): Promise<Groups<T>> {
  for (const list of lists) {
    if (list === undefined || list.length === 0) continue;
    const groups = await chooseList(list, source, hasRows);
    if (groups.length > 0) return groups;
  }
  return [];
}

/** `family`: the profile, then its parts in order. */
export async function chooseBlocks(family: readonly Profile[], source: Source): Promise<Chosen> {
  const { cpu, memory, storage, temperature, series } = HAS_ROWS;
  const extra: Groups<SeriesBlock>[] = [];
  for (const one of family) extra.push(await chooseList(one.series ?? [], source, series));
  return {
    cpu: await chooseKind(
      family.map((one) => one.cpu),
      source,
      cpu,
    ),
    memory: await chooseKind(
      family.map((one) => one.memory),
      source,
      memory,
    ),
    storage: await chooseKind(
      family.map((one) => one.storage),
      source,
      storage,
    ),
    temperature: await chooseKind(
      family.map((one) => one.temperature),
      source,
      temperature,
    ),
    series: extra.flat(),
  };
}

export function fastNeeds(chosen: Chosen): Needs {
  const needs = new Needs();
  for (const groups of Object.values(chosen) as Groups<AnyBlock>[]) {
    for (const block of groups.flat()) needs.addAll(needsOf(block).fast);
  }
  return needs;
}

function rowsOfGroups<T, R>(groups: Groups<T>, rows: (block: T) => readonly R[]): R[] {
  return groups.flatMap((group) => {
    for (const block of group) {
      const found = rows(block);
      if (found.length > 0) return found;
    }
    return [];
  });
}

export function figuresOf(chosen: Chosen, reading: Reading, ticks: TickMemory): Figures {
  const memory = chosen.memory.flatMap(
    (group) => group.find((block) => memoryRows([block], reading).length > 0) ?? [],
  );
  return {
    cpu: distinct(rowsOfGroups(chosen.cpu, (block) => cpuRows(block, reading, ticks))),
    memory: distinct(memoryRows(memory, reading)),
    storage: distinct(rowsOfGroups(chosen.storage, (block) => storageRows(block, reading))),
    temperature: distinct(
      rowsOfGroups(chosen.temperature, (block) => temperatureRows(block, reading)),
    ),
    series: rowsOfGroups(chosen.series, (block) => seriesRows(block, reading)),
  };
}

/** What stays from one whole reading to the next: only what chosen blocks look at, and no figures. */
export function slowCells(chosen: Chosen, reading: Reading): Reading {
  const fast = fastNeeds(chosen);
  const base = new Reading();
  for (const block of Object.values(chosen).flat(2)) {
    const { slow } = needsOf(block);
    for (const oid of slow.scalars) {
      const cell = reading.scalars.get(oid);
      if (cell !== undefined && !fast.scalars.has(oid)) base.scalars.set(oid, cell);
    }
    for (const column of slow.columns) {
      const cells = reading.columns.get(column);
      if (cells !== undefined && !fast.columns.has(column)) base.columns.set(column, cells);
    }
  }
  return base;
}
