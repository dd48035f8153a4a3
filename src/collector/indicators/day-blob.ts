/**
 * One UTC day of a device's slots as bytes: a directory of the columns, after it their byte planes,
 * the planes of one rank side by side, because they compress alike.
 */
import { type IndicatorName, isIndicatorName } from '../../shared/indicator.ts';
import { ByteReader, ByteWriter } from './byte-stream.ts';
import {
  type ColumnForm,
  decodeColumn,
  type EncodedColumn,
  encodeColumn,
  planeSizes,
} from './column-codec.ts';
import type { FigureSlots } from './figure-slots.ts';
import { seal, unseal } from './sealed-bytes.ts';
import { SLOTS_PER_DAY, type SlotStats } from './slot-stats.ts';

const VERSION = 1;
const NO_BYTES = new Uint8Array();
const WHOLE_DAY = Int32Array.from({ length: SLOTS_PER_DAY }, (_, slot) => slot);
const PARTS = ['mean', 'max', 'last'] as const;
/** What a column is, as written. The first one stands for a column that equals the mean. */
const FORMS = ['mean', 'constant', 'decimal', 'near-decimal', 'bits'] as const;

export function encodeDay(figures: readonly FigureSlots[]): Uint8Array {
  const writer = new ByteWriter();
  const columns: EncodedColumn[] = [];
  writer.varint(figures.length);
  for (const figure of figures) {
    const present = presentSlots(figure.mean);
    writer.text(figure.indicator);
    writer.text(figure.item);
    writePresent(writer, present);
    const mean = pick(figure.mean, present);
    for (const part of PARTS) {
      const values = pick(figure[part], present);
      const same = part !== 'mean' && values.every((value, i) => Object.is(value, mean[i]));
      const column = same ? null : encodeColumn(values);
      writeForm(writer, column?.form ?? null);
      if (column !== null) columns.push(column);
    }
  }
  const ranks = columns.reduce((most, { planes }) => Math.max(most, planes.length), 0);
  for (let rank = 0; rank < ranks; rank++) {
    for (const { planes } of columns) writer.bytes(planes[rank] ?? NO_BYTES);
  }
  return seal(VERSION, writer.done());
}

interface Column {
  /** Null: equals the mean. */
  readonly form: ColumnForm | null;
  readonly planes: Uint8Array[];
  readonly sizes: readonly number[];
}

interface Entry {
  readonly indicator: string;
  readonly item: string;
  readonly present: Int32Array;
  /** Mean, max, last. */
  readonly columns: readonly Column[];
}

/** Where a figure's slots go: arrays of a day full of NaN; null for a figure nobody wants. */
export type Place = (indicator: IndicatorName, item: string) => SlotStats | null;

/** Throws `malformed` when the bytes are damaged or of another version. An empty blob has nothing. */
export function decodeDay(blob: Uint8Array, place: Place): void {
  if (blob.length === 0) return;
  const reader = new ByteReader(unseal(VERSION, blob));
  const entries = Array.from({ length: reader.varint() }, () => readEntry(reader));
  readPlanes(reader, entries);
  for (const { indicator, item, present, columns } of entries) {
    const target = isIndicatorName(indicator) ? place(indicator, item) : null;
    if (target === null) continue;
    PARTS.forEach((part, i) => {
      const { form, planes } = columns[i] as Column;
      if (form === null) target[part].set(target.mean);
      else spread({ form, planes }, target[part], present);
    });
  }
}

function readEntry(reader: ByteReader): Entry {
  const indicator = reader.text();
  const item = reader.text();
  const present = readPresent(reader);
  const columns = PARTS.map((): Column => {
    const form = readForm(reader);
    return { form, planes: [], sizes: form === null ? [] : planeSizes(form, present.length) };
  });
  return { indicator, item, present, columns };
}

function readPlanes(reader: ByteReader, entries: readonly Entry[]): void {
  const columns = entries.flatMap((entry) => entry.columns);
  const ranks = columns.reduce((most, { sizes }) => Math.max(most, sizes.length), 0);
  for (let rank = 0; rank < ranks; rank++) {
    for (const { sizes, planes } of columns) {
      const size = sizes[rank];
      if (size !== undefined) planes.push(reader.bytes(size));
    }
  }
}

function writeForm(writer: ByteWriter, form: ColumnForm | null): void {
  writer.varint(FORMS.indexOf(form?.kind ?? 'mean'));
  if (form === null || form.kind === 'bits') return;
  if (form.kind === 'constant') {
    writer.double(form.first);
    return;
  }
  writer.signed(form.first);
  writer.varint(form.decimals);
  writer.varint(form.step);
  writer.varint(form.width);
}

function readForm(reader: ByteReader): ColumnForm | null {
  const kind = FORMS[reader.varint()] ?? 'mean';
  if (kind === 'mean') return null;
  if (kind === 'bits') return { kind };
  if (kind === 'constant') return { kind, first: reader.double() };
  return {
    kind,
    first: reader.signed(),
    decimals: reader.varint(),
    step: reader.varint(),
    width: reader.varint(),
  };
}

/** The slots that have something. */
function presentSlots(mean: Float64Array): Int32Array {
  const present = new Int32Array(SLOTS_PER_DAY);
  let count = 0;
  for (let i = 0; i < SLOTS_PER_DAY; i++) {
    if (!Number.isNaN(mean[i] as number)) present[count++] = i;
  }
  return present.subarray(0, count);
}

/** As runs: slots with, slots without, slots with … until the end of the day. */
function writePresent(writer: ByteWriter, present: Int32Array): void {
  const marks = new Uint8Array(SLOTS_PER_DAY);
  for (const slot of present) marks[slot] = 1;
  let mark = 1;
  for (let slot = 0, start = 0; start < SLOTS_PER_DAY; start = slot, mark = 1 - mark) {
    while (slot < SLOTS_PER_DAY && marks[slot] === mark) slot++;
    writer.varint(slot - start);
  }
}

function readPresent(reader: ByteReader): Int32Array {
  const first = reader.varint();
  if (first >= SLOTS_PER_DAY) return WHOLE_DAY;
  const present = WHOLE_DAY.slice();
  let count = first;
  let mark = 0;
  for (let slot = first; slot < SLOTS_PER_DAY; mark = 1 - mark) {
    const end = Math.min(SLOTS_PER_DAY, slot + reader.varint());
    for (; slot < end; slot++) if (mark === 1) present[count++] = slot;
  }
  return present.subarray(0, count);
}

function pick(values: Float64Array, slots: Int32Array): Float64Array {
  if (slots.length === values.length) return values;
  const picked = new Float64Array(slots.length);
  for (let i = 0; i < slots.length; i++) picked[i] = values[slots[i] as number] as number;
  return picked;
}

const scratch = new Float64Array(SLOTS_PER_DAY);

function spread(column: EncodedColumn, target: Float64Array, slots: Int32Array): void {
  if (slots.length === SLOTS_PER_DAY) {
    decodeColumn(column, target, slots.length);
    return;
  }
  decodeColumn(column, scratch, slots.length);
  for (let i = 0; i < slots.length; i++) target[slots[i] as number] = scratch[i] as number;
}
