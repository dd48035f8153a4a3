/**
 * A column of whole numbers (|x| ≤ 2^49) as bytes that an entropy coder likes. The column is
 * taken plain, as differences or as differences of differences; its residues lose their minimum
 * and the zero bits they share, and become byte planes, either of the residues themselves or of
 * their ranks in a sorted dictionary: real figures take few different values, and a rank needs one
 * or two planes where the figure needs three or four.
 */
import { bug } from '../../../shared/errors.ts';
import { type Numbers, planeBits, planesOf, readPlanes, WORD, writePlanes } from './byte-planes.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { rankNumbers } from './rank-dictionary.ts';
import { scratchDoubles, scratchWords } from './scratch.ts';

/** Largest magnitude in a column: differences of differences and their spans then stay exact. */
export const MOST_INT = 2 ** 49;

/** Where columns are written: parameters and dictionaries, and the planes. */
export interface ColumnWriter {
  readonly head: ByteWriter;
  readonly planes: ByteWriter;
  /** Weigh every way of writing a column: about a third smaller, at several times the work. */
  readonly thorough: boolean;
}

export interface ColumnReader {
  readonly head: ByteReader;
  readonly planes: ByteReader;
}

/** One way of writing a column. */
interface Plan extends Numbers {
  /** 0 plain, 1 differences, 2 differences of differences. */
  readonly order: number;
  readonly base: number;
  readonly shift: number;
  /** Sorted distinct residues when the numbers are ranks. */
  readonly dictionary: Float64Array | null;
}

const DICTIONARY = 4;

export function encodeInts(ints: Float64Array, out: ColumnWriter): void {
  const plan = choosePlan(ints, out.thorough);
  const { head } = out;
  head.byte(plan.order | (plan.dictionary === null ? 0 : DICTIONARY) | (plan.width << 3));
  const first = ints[0] ?? 0;
  if (plan.order >= 1) head.signed(first);
  if (plan.order === 2) head.signed((ints[1] ?? 0) - first);
  head.signed(plan.base);
  if (plan.width === 0) return;
  head.byte(plan.shift);
  if (plan.dictionary !== null) writeDictionary(plan.dictionary, head);
  writePlanes(plan, out.planes);
}

export function decodeInts(count: number, input: ColumnReader): Float64Array {
  const { head } = input;
  const mark = head.byte();
  const order = mark & 3;
  const width = mark >>> 3;
  const ints = new Float64Array(count);
  if (order > count) bug('a column shorter than its order');
  for (let i = 0; i < order; i++) ints[i] = head.signed();
  const residues = ints.subarray(order);
  const base = head.signed();
  if (width === 0) {
    residues.fill(base);
  } else {
    const factor = 2 ** head.byte();
    const dictionary = (mark & DICTIONARY) === 0 ? null : readDictionary(head);
    readPlanes(residues, width, input.planes);
    if (dictionary !== null) lookUp(residues, dictionary);
    for (let i = 0; i < residues.length; i++) residues[i] = (residues[i] ?? 0) * factor + base;
  }
  if (order === 2) sum(ints.subarray(1));
  if (order >= 1) sum(ints);
  return ints;
}

function lookUp(ranks: Float64Array, dictionary: Float64Array): void {
  for (let i = 0; i < ranks.length; i++) {
    ranks[i] = dictionary[ranks[i] ?? 0] ?? bug('a rank outside its dictionary');
  }
}

function sum(values: Float64Array): void {
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    total += values[i] ?? 0;
    values[i] = total;
  }
}

/** Differences while they are clearly smaller than what they are taken of; ranks where cheaper. */
function choosePlan(ints: Float64Array, thorough: boolean): Plan {
  const once = differences(ints, 1);
  const trend = spread(once, 0) < spread(ints, ints[0] ?? 0);
  const twice = trend ? differences(once, 2) : once;
  const order = !trend ? 0 : spread(twice, 0) < spread(once, once[0] ?? 0) ? 2 : 1;
  const plan = planOf(order === 0 ? ints : order === 1 ? once : twice, order);
  // A single plane is already as short as its ranks would be.
  if (!thorough || plan.width <= 1) return plan;
  const plans = [plan, rankedPlan(plan)];
  if (order === 2) plans.push(rankedPlan(planOf(once, 1)));
  if (order > 0) plans.push(rankedPlan(planOf(ints, 0)));
  return cheapest(plans);
}

function cheapest(plans: readonly (Plan | null)[]): Plan {
  let best: Plan | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const plan of plans) {
    if (plan === null) continue;
    const bits = planeBits(plan) + (plan.dictionary === null ? 0 : dictionaryBits(plan.dictionary));
    if (bits < least) [best, least] = [plan, bits];
  }
  return best ?? bug('no plan for a column');
}

function differences(values: Float64Array, order: number): Float64Array {
  const result = scratchDoubles(order, Math.max(0, values.length - 1));
  let previous = values[0] ?? 0;
  for (let i = 0; i < result.length; i++) {
    const value = values[i + 1] ?? 0;
    result[i] = value - previous;
    previous = value;
  }
  return result;
}

/** How far some of the values lie from `center`, in bits: enough to see a trend. */
function spread(values: Float64Array, center: number): number {
  const step = (values.length >>> 6) + 1;
  let bits = 0;
  for (let i = 0; i < values.length; i += step) {
    const distance = Math.abs((values[i] ?? 0) - center);
    bits += distance < WORD ? 32 - Math.clz32(distance) : 64 - Math.clz32(distance / WORD);
  }
  return bits;
}

function planOf(values: Float64Array, order: number): Plan {
  const origin = values[0] ?? 0;
  let base = origin;
  let top = origin;
  let used = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value < base) base = value;
    if (value > top) top = value;
    // Distances from the first value share the same low zero bits as distances from the least.
    used |= value - origin;
  }
  const shift = used === 0 ? 0 : 31 - Math.clz32(used & -used);
  const scale = 2 ** -shift;
  const most = (top - base) * scale;
  const width = planesOf(most);
  const low = scratchWords(order, width === 0 ? 0 : values.length);
  for (let i = 0; i < low.length; i++) low[i] = ((values[i] ?? 0) - base) * scale;
  const high = most < WORD ? null : new Uint32Array(values.length);
  if (high !== null) {
    for (let i = 0; i < high.length; i++) high[i] = (((values[i] ?? 0) - base) * scale) / WORD;
  }
  return { order, base, shift, low, high, width, dictionary: null };
}

function rankedPlan(plan: Plan): Plan | null {
  const ranked = rankNumbers(plan, plan.order);
  if (ranked === null) return null;
  const width = planesOf(ranked.values.length - 1);
  return { ...plan, low: ranked.ranks, high: null, width, dictionary: ranked.values };
}

/** Ascending distinct numbers as gaps. The first is 0, because residues begin at their minimum. */
function writeDictionary(values: Float64Array, head: ByteWriter): void {
  head.varint(values.length);
  for (let i = 1; i < values.length; i++) head.varint((values[i] ?? 0) - (values[i - 1] ?? 0) - 1);
}

function readDictionary(head: ByteReader): Float64Array {
  const values = new Float64Array(head.count());
  for (let i = 1; i < values.length; i++) values[i] = (values[i - 1] ?? 0) + head.varint() + 1;
  return values;
}

/** Gaps of the mean size, and a little for their spread. */
function dictionaryBits(values: Float64Array): number {
  const span = values[values.length - 1] ?? 0;
  return values.length * (2 + Math.log2(1 + span / values.length));
}
