/** What a device answered, as profiles look at it: scalars by OID, columns by their OID. */
import type { Cell } from './cell.ts';
import { textOf } from './cell.ts';
import { partOfIndex } from './oid.ts';
import type { Column as ColumnName } from './profile-cells.ts';
import type { Column } from './walk.ts';

export class Reading {
  readonly scalars = new Map<string, Cell>();
  readonly columns = new Map<string, Column>();
}

/** A row of a table, or the one row of a block of scalars. */
export interface Row {
  readonly reading: Reading;
  /** '' without a table. */
  readonly table: string;
  /** Instance suffix; '' without a table. */
  readonly index: string;
}

type PartOfIndex = number | readonly [number, number];

export interface Place {
  readonly column?: ColumnName | undefined;
  readonly oid?: string | undefined;
  readonly index?: PartOfIndex | undefined;
  readonly via?:
    | { readonly column: ColumnName; readonly index?: PartOfIndex | undefined }
    | undefined;
}

/** A column's whole OID: a number counts from the table's entry. */
export function columnOid(column: ColumnName, table: string): string {
  return typeof column === 'number' ? `${table}.${column}` : column;
}

/** Undefined: not read, or not there. An index alone stands for that part of the row's own index. */
export function cellAt(place: Place, row: Row): Cell | undefined {
  const { reading, table } = row;
  if (place.oid !== undefined) return reading.scalars.get(place.oid);
  if (place.column === undefined) {
    return place.index === undefined ? undefined : partOfIndex(row.index, place.index);
  }
  const cells = reading.columns.get(columnOid(place.column, table));
  return cells?.get(indexOf(place, row));
}

function indexOf({ index, via }: Place, row: Row): string {
  if (via !== undefined) return textOf(cellAt({ column: via.column, index: via.index }, row));
  return index === undefined ? row.index : partOfIndex(row.index, index);
}

/** Takes over what is not there yet. `except`: columns that an earlier look says nothing about. */
export function carryOver(from: Reading, into: Reading, except: ReadonlySet<string>): void {
  for (const [oid, cell] of from.scalars) {
    if (!into.scalars.has(oid)) into.scalars.set(oid, cell);
  }
  for (const [column, cells] of from.columns) {
    if (!into.columns.has(column) && !except.has(column)) into.columns.set(column, cells);
  }
}
