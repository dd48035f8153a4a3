/**
 * Blocks of a profile over a reading → rows: processors, memories, storages, temperatures and other
 * figures. Pure. A row whose numbers make no sense (above 100 %, used more than there is) is left
 * out: an absent figure is honest, a wrong one is not.
 */

import { numberOf } from './cell.ts';
import { allHold, firstNumber, pickLabel, pickNumber, valuesOf } from './pick.ts';
import type { Label } from './profile-cells.ts';
import type {
  CpuBlock,
  MemoryBlock,
  SeriesBlock,
  StorageBlock,
  TemperatureBlock,
} from './profile-schema.ts';
import { columnOid, type Place, type Reading, type Row } from './reading.ts';

export interface CpuRow {
  readonly label: string;
  readonly usedRatio: number;
  readonly combine: 'mean' | 'max' | 'none';
}

export interface SizeRow {
  readonly label: string;
  /** NaN: the device tells only a share. */
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly usedRatio: number;
}

export interface MemoryRow extends SizeRow {
  readonly class: NonNullable<MemoryBlock['class']>;
  readonly isMain: boolean;
}

export interface TemperatureRow {
  readonly label: string;
  readonly celsius: number;
}

export interface SeriesRow {
  readonly metric: string;
  readonly value: number;
  /** Names and values in turn. */
  readonly labels: readonly string[];
}

interface Ticks {
  /** Which look it was; what else was read then need not stay in memory. */
  readonly reading: WeakRef<Reading>;
  readonly idle: number;
  readonly all: number;
  readonly usedRatio: number;
}

/** Counters of the round before, by the block's idle counters. */
export type TickMemory = Map<string, Ticks>;

interface Block {
  readonly table?: string | undefined;
  readonly where?: CpuBlock['where'];
  readonly label?: Label | undefined;
}

/** The rows of a block: every index that one of its own value columns has, filtered. */
export function rowsOf(block: Block, places: readonly Place[], reading: Reading): Row[] {
  const { table } = block;
  if (table === undefined) {
    const row = { reading, table: '', index: '' };
    return allHold(block.where, row) ? [row] : [];
  }
  const indexes = new Set<string>();
  for (const { column, index, via } of places) {
    if (column === undefined || index !== undefined || via !== undefined) continue;
    for (const key of reading.columns.get(columnOid(column, table))?.keys() ?? []) {
      indexes.add(key);
    }
  }
  return [...indexes]
    .map((index) => ({ reading, table, index }))
    .filter((row) => allHold(block.where, row));
}

const labelOf = ({ label }: Block, row: Row): string =>
  (label === undefined ? '' : pickLabel(label, row)) || row.index;

const ratioOf = (percent: number): number =>
  percent >= 0 && percent <= 100 ? percent / 100 : Number.NaN;

const sumOf = (oids: readonly string[], { scalars }: Reading): number =>
  oids.reduce((sum, oid) => sum + numberOf(scalars.get(oid)), 0);

function ticksRatio(
  ticks: NonNullable<CpuBlock['ticks']>,
  reading: Reading,
  memory: TickMemory,
): number {
  const key = ticks.idle.join();
  const before = memory.get(key);
  if (before?.reading.deref() === reading) return before.usedRatio;
  // A kind of time the device does not count is none: only what it answers is added up.
  const counted = ticks.all.filter((oid) => !Number.isNaN(numberOf(reading.scalars.get(oid))));
  const idle = sumOf(ticks.idle, reading);
  const all = sumOf(counted, reading);
  // An agent that has just begun answers 0 for every kind: not yet a point to count from.
  if (all === 0) return Number.NaN;
  const usedRatio = before === undefined ? Number.NaN : usedBetween(before, { idle, all });
  memory.set(key, { reading: new WeakRef(reading), idle, all, usedRatio });
  return usedRatio;
}

function usedBetween(before: Pick<Ticks, 'idle' | 'all'>, now: Pick<Ticks, 'idle' | 'all'>) {
  const idle = now.idle - before.idle;
  const all = now.all - before.all;
  return all > 0 && idle >= 0 && idle <= all ? 1 - idle / all : Number.NaN;
}

export function cpuRows(block: CpuBlock, reading: Reading, memory: TickMemory): CpuRow[] {
  const { combine = 'mean', ticks } = block;
  const rows = ticks
    ? [{ label: 'all', usedRatio: ticksRatio(ticks, reading, memory) }]
    : rowsOf(block, valuesOf(block.percent), reading).map((row) => ({
        label: labelOf(block, row),
        usedRatio: ratioOf(firstNumber(block.percent, row)),
      }));
  return rows
    .filter(({ usedRatio }) => !Number.isNaN(usedRatio))
    .map((row) => ({ ...row, combine }));
}

export const sizePlaces = (block: StorageBlock): readonly Place[] =>
  [block.total, block.used, block.free, block.percent].flatMap(valuesOf);

/** Total, used and ratio from any two; null when they do not fit together. */
export function completeSizes(given: {
  readonly total: number;
  readonly used: number;
  readonly free: number;
  readonly percent: number;
}): Omit<SizeRow, 'label'> | null {
  const { free, percent } = given;
  let { total, used } = given;
  if (Number.isNaN(total)) total = used + free;
  if (Number.isNaN(used)) used = total - free;
  const share = ratioOf(percent);
  if (Number.isNaN(used)) used = total * share;
  if (Number.isNaN(total) && share > 0) total = used / share;
  if (Number.isNaN(total) || Number.isNaN(used)) {
    if (Number.isNaN(share)) return null;
    return { totalBytes: Number.NaN, usedBytes: Number.NaN, usedRatio: share };
  }
  if (total <= 0 || used < 0 || used > total) return null;
  return { totalBytes: total, usedBytes: used, usedRatio: used / total };
}

function sizeRow(block: StorageBlock, row: Row): SizeRow | null {
  const sizes = completeSizes({
    total: firstNumber(block.total, row),
    used: firstNumber(block.used, row),
    free: firstNumber(block.free, row),
    percent: firstNumber(block.percent, row),
  });
  return sizes === null ? null : { label: labelOf(block, row), ...sizes };
}

export function storageRows(block: StorageBlock, reading: Reading): SizeRow[] {
  return rowsOf(block, sizePlaces(block), reading).flatMap((row) => sizeRow(block, row) ?? []);
}

/** More than is used means that the agent has left them out itself (newer net-snmp). */
const lessBytes = <T extends SizeRow>(row: T, bytes: number): T => {
  if (bytes === 0 || Number.isNaN(row.usedBytes) || bytes > row.usedBytes) return row;
  const usedBytes = row.usedBytes - bytes;
  return { ...row, usedBytes, usedRatio: usedBytes / row.totalBytes };
};

/** All blocks at once: rows of one class may be taken off those of another. */
export function memoryRows(blocks: readonly MemoryBlock[], reading: Reading): MemoryRow[] {
  const found = blocks.flatMap((block) =>
    rowsOf(block, sizePlaces(block), reading).flatMap((row) => {
      const sizes = sizeRow(block, row);
      if (sizes === null) return [];
      const off = (block.minus ?? [])
        .map((value) => pickNumber(value, row))
        .filter((bytes) => bytes > 0)
        .reduce((sum, bytes) => sum + bytes, 0);
      const kind = { class: block.class ?? ('system' as const), isMain: block.main === true };
      return [{ block, row: { ...lessBytes(sizes, off), ...kind } }];
    }),
  );
  return found.map(({ block, row }) => {
    const classes = block.minus_classes ?? [];
    const off = found
      .filter((other) => other.row !== row && classes.includes(other.row.class))
      .reduce((sum, other) => sum + (other.row.usedBytes || 0), 0);
    return lessBytes(row, off);
  });
}

/** Nothing that computers stand in is colder or hotter: such a value is a placeholder. */
const COLDEST = -60;
const HOTTEST = 250;

export function temperatureRows(block: TemperatureBlock, reading: Reading): TemperatureRow[] {
  return rowsOf(block, valuesOf(block.celsius), reading)
    .map((row) => ({ label: labelOf(block, row), celsius: firstNumber(block.celsius, row) }))
    .filter(({ celsius }) => celsius >= COLDEST && celsius <= HOTTEST);
}

export function seriesRows(block: SeriesBlock, reading: Reading): SeriesRow[] {
  return rowsOf(block, valuesOf(block.value), reading).flatMap((row) => {
    const value = firstNumber(block.value, row);
    if (Number.isNaN(value)) return [];
    const labels = Object.entries(block.labels ?? {}).flatMap(([name, label]) => [
      name,
      pickLabel(label, row),
    ]);
    return [{ metric: block.metric, value, labels }];
  });
}

/** The device's processor figure: of each block the mean or the highest, of all the highest. */
export function deviceCpu(rows: readonly CpuRow[]): number {
  const cores = rows.filter(({ combine }) => combine === 'mean');
  const boards = rows.filter(({ combine }) => combine === 'max');
  const figures = boards.map(({ usedRatio }) => usedRatio);
  if (cores.length > 0) {
    figures.push(cores.reduce((sum, { usedRatio }) => sum + usedRatio, 0) / cores.length);
  }
  return figures.length === 0 ? Number.NaN : Math.max(...figures);
}

/** The row that stands for the device's memory: the largest; of equal ones the fullest. */
export function deviceMemory(rows: readonly MemoryRow[]): MemoryRow | null {
  const system = rows.filter((row) => row.class === 'system');
  const main = system.filter(({ isMain }) => isMain);
  const size = ({ totalBytes }: SizeRow): number => totalBytes || 0;
  const [first = null] = (main.length > 0 ? main : system).toSorted(
    (a, b) => size(b) - size(a) || b.usedRatio - a.usedRatio,
  );
  return first;
}

/** Labels of one list made different: equal ones get their place among them. */
export function distinct<T extends { readonly label: string }>(rows: readonly T[]): T[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const count = (seen.get(row.label) ?? 0) + 1;
    seen.set(row.label, count);
    return count === 1 ? row : { ...row, label: `${row.label} #${count}` };
  });
}
