/**
 * A column of float64 values as columns of whole numbers, bit for bit. Most figures are decimals:
 * value = mantissa / 10^places, checked by computing it back. A product such as `23.067 * 0.01`
 * may miss the nearest double by one unit in the last place; then mantissas carry that unit, times
 * three. What is no decimal at all (NaN with its payload, −0, infinities, huge values) is patched
 * by position; a column with many of those is written as the two 32-bit halves of its bits.
 */
import { bug } from '../../../shared/errors.ts';
import type { ByteReader } from './bytes.ts';
import { decimalsOf, neighbour, POWERS } from './decimals.ts';
import { type ColumnReader, type ColumnWriter, decodeInts, encodeInts } from './int-column.ts';

/** Kinds of columns; a decimal column's is `DECIMAL + places`, plus `CARRIED` with units carried. */
const CONSTANT = 0;
const HALVES = 1;
const DECIMAL = 2;
const CARRIED = 32;

export function encodeDoubles(values: Float64Array, out: ColumnWriter): void {
  const words = wordsOf(values);
  if (isConstant(words)) {
    out.head.byte(CONSTANT);
    out.head.word(words[0] ?? 0);
    out.head.word(words[1] ?? 0);
    return;
  }
  const decimals = decimalsOf(values);
  if (decimals === null) {
    out.head.byte(HALVES);
    encodeInts(halves(words, 1), out);
    encodeInts(halves(words, 0), out);
    return;
  }
  const { places, carried, patches, mantissas } = decimals;
  out.head.byte(DECIMAL + places + (carried ? CARRIED : 0));
  out.head.varint(patches.length);
  let position = 0;
  for (const at of patches) {
    out.head.varint(at - position);
    out.head.word(words[2 * at] ?? 0);
    out.head.word(words[2 * at + 1] ?? 0);
    position = at;
  }
  encodeInts(mantissas, out);
}

export function decodeDoubles(count: number, input: ColumnReader): Float64Array {
  const kind = input.head.byte();
  if (kind === CONSTANT) return decodeConstant(count, input.head);
  if (kind === HALVES) return decodeHalves(count, input);
  const carried = kind >= DECIMAL + CARRIED;
  const power = POWERS[kind - DECIMAL - (carried ? CARRIED : 0)] ?? bug('an unknown column kind');
  const patches = readPatches(input.head);
  const values = decodeInts(count, input);
  if (carried) {
    for (let i = 0; i < count; i++) {
      const sum = values[i] ?? 0;
      const mantissa = Math.round(sum / 3);
      values[i] = neighbour(mantissa / power, sum - mantissa * 3);
    }
  } else if (power !== 1) {
    for (let i = 0; i < count; i++) values[i] = (values[i] ?? 0) / power;
  }
  const words = wordsOf(values);
  for (const { at, low, high } of patches) {
    words[2 * at] = low;
    words[2 * at + 1] = high;
  }
  return values;
}

function readPatches(head: ByteReader): { at: number; low: number; high: number }[] {
  const patches = [];
  let at = 0;
  for (let left = head.count(); left > 0; left--) {
    at += head.varint();
    patches.push({ at, low: head.word(), high: head.word() });
  }
  return patches;
}

/** The bits of values as pairs of words, low half first; the same memory. */
export function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}

function isConstant(words: Uint32Array): boolean {
  for (let i = 2; i < words.length; i++) if (words[i] !== words[i & 1]) return false;
  return true;
}

function decodeConstant(count: number, head: ByteReader): Float64Array {
  const values = new Float64Array(count);
  const words = wordsOf(values);
  const low = head.word();
  const high = head.word();
  for (let i = 0; i < count; i++) {
    words[2 * i] = low;
    words[2 * i + 1] = high;
  }
  return values;
}

function halves(words: Uint32Array, which: 0 | 1): Float64Array {
  const ints = new Float64Array(words.length / 2);
  for (let i = 0; i < ints.length; i++) ints[i] = words[2 * i + which] ?? 0;
  return ints;
}

function decodeHalves(count: number, input: ColumnReader): Float64Array {
  const high = decodeInts(count, input);
  const low = decodeInts(count, input);
  const values = new Float64Array(count);
  const words = wordsOf(values);
  for (let i = 0; i < count; i++) {
    words[2 * i] = low[i] ?? 0;
    words[2 * i + 1] = high[i] ?? 0;
  }
  return values;
}
