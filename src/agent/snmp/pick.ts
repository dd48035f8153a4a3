/** How a profile's pieces are read off a row: conditions, numbers, texts. All pure. */
import { type Cell, numberOf, textOf } from './cell.ts';
import { indexAsText, partOfIndex } from './oid.ts';
import type { Comparison, Conditions, Label, TextCell, Value } from './profile-cells.ts';
import { cellAt, columnOid, type Row } from './reading.ts';

const BYTES: Readonly<Record<NonNullable<Value['unit']>, number>> = Object.freeze({
  B: 1,
  KB: 1e3,
  KiB: 1024,
  MB: 1e6,
  MiB: 1024 ** 2,
  GB: 1e9,
  GiB: 1024 ** 3,
});

const compiled = new Map<string, RegExp>();

/** Patterns come from checked profiles: their number is bounded. */
export function regex(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const made = new RegExp(pattern, 'iu');
  compiled.set(pattern, made);
  return made;
}

function isEqual(cell: Cell, wanted: number | string): boolean {
  return typeof wanted === 'number' ? numberOf(cell) === wanted : textOf(cell) === wanted;
}

/** Of a column another table has: any cell of it, or one whose index goes on from the row's. */
function elsewhere({ column, below }: Comparison, row: Row): Cell {
  const cells =
    column === undefined ? undefined : row.reading.columns.get(columnOid(column, row.table));
  for (const [index, cell] of cells ?? []) {
    if (below !== true || index.startsWith(`${row.index}.`)) return cell;
  }
  return null;
}

function cellOfComparison(comparison: Comparison, row: Row): Cell {
  const isElsewhere = comparison.below === true || comparison.any_row === true;
  return isElsewhere ? elsewhere(comparison, row) : (cellAt(comparison, row) ?? null);
}

function holds(comparison: Comparison, row: Row): boolean {
  const cell = cellOfComparison(comparison, row);
  if (comparison.exists !== undefined && (cell !== null) !== comparison.exists) return false;
  if (cell === null) return comparison.or_missing === true || comparison.exists === false;
  const { eq, ne, gt, ge, lt, le, matches, not_matches } = comparison;
  const number = numberOf(cell);
  return (
    (eq === undefined || isEqual(cell, eq)) &&
    (ne === undefined || !isEqual(cell, ne)) &&
    (gt === undefined || number > gt) &&
    (ge === undefined || number >= ge) &&
    (lt === undefined || number < lt) &&
    (le === undefined || number <= le) &&
    (comparison.in === undefined || comparison.in.some((one) => isEqual(cell, one))) &&
    !comparison.not_in?.some((one) => isEqual(cell, one)) &&
    (matches === undefined || regex(matches).test(textOf(cell))) &&
    (not_matches === undefined || !regex(not_matches).test(textOf(cell)))
  );
}

export function allHold(conditions: Conditions | undefined, row: Row): boolean {
  return (conditions ?? []).every((condition) =>
    'any_of' in condition ? condition.any_of.some((one) => holds(one, row)) : holds(condition, row),
  );
}

function rawNumber({ regex: pattern, enum: names }: Value, cell: Cell): number {
  if (names !== undefined) return names[textOf(cell)] ?? Number.NaN;
  if (pattern === undefined) return numberOf(cell);
  const found = regex(pattern).exec(textOf(cell));
  return numberOf(found?.[1] ?? found?.[0] ?? null);
}

function isInvalid(number: number, { invalid = [] }: Value): boolean {
  return invalid.some((rule) => {
    if (typeof rule === 'number') return number === rule;
    const { lt = Number.NaN, le = Number.NaN, gt = Number.NaN, ge = Number.NaN } = rule;
    return number < lt || number <= le || number > gt || number >= ge;
  });
}

/** SensorDataScale counts thousands from yocto (1) to yotta (17); 9 is one (RFC 3433). */
const SCALE_ONE = 9;
const SCALE_MAX = 17;
/** SensorPrecision is -8 to 9; agents that answer something else mean none. */
const PRECISION_MIN = -8;
const PRECISION_MAX = 9;

function exponentOf({ exponent }: Value, row: Row): number {
  if (exponent === undefined) return 0;
  const { precision } = exponent;
  const scale = numberOf(cellAt({ column: exponent.scale }, row));
  const digits = precision === undefined ? 0 : numberOf(cellAt({ column: precision }, row));
  const isScale = scale >= 1 && scale <= SCALE_MAX;
  const isPrecision = digits >= PRECISION_MIN && digits <= PRECISION_MAX;
  return (isScale ? 3 * (scale - SCALE_ONE) : 0) - (isPrecision ? digits : 0);
}

/** A tenth is not exact in binary, but ten is: 234 tenths stay 23.4. */
function scaled(number: number, scale: number): number {
  const inverse = 1 / scale;
  return Number.isInteger(inverse) ? number / inverse : number * scale;
}

/** One number through its pipeline; NaN for none. */
export function pickNumber(value: Value, row: Row): number {
  const cell = cellAt(value, row);
  if (cell === null || cell === undefined) return Number.NaN;
  let number = rawNumber(value, cell);
  if (value.unsigned === true && number < 0) number += 2 ** 32;
  if (isInvalid(number, value)) return Number.NaN;
  const exponent = exponentOf(value, row);
  // Dividing keeps 46925 thousandths 46.925, where multiplying by 0.001 does not.
  number = exponent < 0 ? number / 10 ** -exponent : number * 10 ** exponent;
  const { unit_column, unit = 'B', scale = 1, offset = 0 } = value;
  const size = unit_column === undefined ? 1 : numberOf(cellAt({ column: unit_column }, row));
  return (scaled(number, scale) + offset) * BYTES[unit] * size;
}

/** The first of the values that is one. */
export function firstNumber(values: Value | readonly Value[] | undefined, row: Row): number {
  for (const value of valuesOf(values)) {
    const number = pickNumber(value, row);
    if (Number.isFinite(number)) return number;
  }
  return Number.NaN;
}

export function valuesOf(values: Value | readonly Value[] | undefined): readonly Value[] {
  if (values === undefined) return [];
  return Array.isArray(values) ? values : [values as Value];
}

/** The first group of a pattern in a text, or its whole match; '' where it does not match. */
export function extracted(text: string, pattern: string | undefined): string {
  if (pattern === undefined) return text;
  const found = regex(pattern).exec(text);
  return (found?.[1] ?? found?.[0] ?? '').trim();
}

function pickText(cell: TextCell, row: Row): string {
  const text = extracted(textOf(cellAt(cell, row)), cell.regex);
  return cell.enum === undefined ? text : (cell.enum[text] ?? '');
}

/** A row's label; '' when nothing of it is there. */
export function pickLabel(label: Label, row: Row): string {
  if (typeof label === 'string') return label;
  if ('first' in label) {
    for (const one of label.first) {
      const text = pickLabel(one, row);
      if (text !== '') return text;
    }
    return '';
  }
  if ('join' in label) {
    const pieces = label.join.map((piece) => pickLabel(piece, row)).filter((text) => text !== '');
    return pieces.join(label.with ?? ' ');
  }
  if ('column' in label || 'oid' in label) return pickText(label as TextCell, row);
  const { index, as } = label as { index: number | [number, number]; as?: 'arcs' | 'text' };
  const part = partOfIndex(row.index, index);
  return as === 'text' ? indexAsText(part) : part;
}
