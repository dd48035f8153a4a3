/**
 * One column of a rollup, without loss: constants cost nothing, short decimals become integers
 * whose differences are spread over byte planes (a compressor likes like bytes together), anything
 * else keeps its bits.
 */
import { POWERS_OF_TEN } from './rounding.ts';
import { SLOTS_PER_DAY } from './slot-stats.ts';

/** value = integer / 10^decimals; integers differ by multiples of `step`. */
interface Decimal {
  /** The first integer. */
  readonly first: number;
  readonly decimals: number;
  readonly step: number;
  /** Planes of the differences. */
  readonly width: number;
}

export type ColumnForm =
  | { readonly kind: 'constant'; readonly first: number }
  | ({ readonly kind: 'decimal' } & Decimal)
  /** Values are up to 127 last bits away from the decimal: one plane more says how far. */
  | ({ readonly kind: 'near-decimal' } & Decimal)
  | { readonly kind: 'bits' };

export interface EncodedColumn {
  readonly form: ColumnForm;
  /** Least significant first. */
  readonly planes: readonly Uint8Array[];
}

const MAX_DECIMALS = 9;
/** So that differences, doubled by the zigzag, are still exact. */
const MAX_INTEGER = 2 ** 51;
const BYTES_PER_DOUBLE = 8;
const MAX_OFFSET = 127;
/** How "no bit away" is written. */
const NO_OFFSET = MAX_OFFSET + 1;
/** Planes that fit a machine integer: nearly always enough, and several times as fast. */
const NARROW = 3;
/** Stands for planes that are not there; a column has at most a day of slots. */
const ZEROS = new Uint8Array(SLOTS_PER_DAY);
const scratch = new Float64Array(SLOTS_PER_DAY);

const double = new Float64Array(2);
const words = new Uint32Array(double.buffer);

export function encodeColumn(values: Float64Array): EncodedColumn {
  const first = values[0] ?? 0;
  if (values.every((value) => Object.is(value, first))) {
    return { form: { kind: 'constant', first }, planes: [] };
  }
  const decimals = decimalsOf(values);
  return decimals > MAX_DECIMALS
    ? { form: { kind: 'bits' }, planes: bytePlanes(values) }
    : encodeDecimal(values, decimals);
}

/** How many decimals all values come down to; more than `MAX_DECIMALS` where there is none. */
function decimalsOf(values: Float64Array): number {
  let decimals = 0;
  for (let i = 0; i < values.length; i++) {
    while (decimals <= MAX_DECIMALS && !isDecimal(values[i] as number, decimals)) decimals++;
  }
  // A large value that needs no decimals may not bear those of a small one.
  for (let i = 0; i < values.length && decimals <= MAX_DECIMALS; i++) {
    if (!isDecimal(values[i] as number, decimals)) return MAX_DECIMALS + 1;
  }
  return decimals;
}

function isDecimal(value: number, decimals: number): boolean {
  const power = POWERS_OF_TEN[decimals] as number;
  const integer = Math.round(value * power);
  // An integer has no negative zero; the last bits of a tiny negative number would lose its sign.
  if (!(Math.abs(integer) < MAX_INTEGER) || Object.is(integer, -0)) return false;
  return Math.abs(lastBits(value, integer / power)) <= MAX_OFFSET;
}

function encodeDecimal(values: Float64Array, decimals: number): EncodedColumn {
  const power = POWERS_OF_TEN[decimals] as number;
  const integers = scratch.subarray(0, values.length);
  let offsets: Uint8Array | null = null;
  for (let i = 0; i < values.length; i++) {
    const integer = Math.round((values[i] as number) * power);
    const offset = lastBits(values[i] as number, integer / power);
    integers[i] = integer;
    if (offset === 0) continue;
    offsets ??= new Uint8Array(values.length).fill(NO_OFFSET);
    offsets[i] = offset + NO_OFFSET;
  }
  const first = integers[0] as number;
  const step = toZigzags(integers);
  const planes = integerPlanes(integers.subarray(1));
  const decimal: Decimal = { first, decimals, step, width: planes.length };
  return offsets === null
    ? { form: { kind: 'decimal', ...decimal }, planes }
    : { form: { kind: 'near-decimal', ...decimal }, planes: [...planes, offsets] };
}

/** By how many last bits `value` differs from `other`; infinite where more than the low word does. */
function lastBits(value: number, other: number): number {
  double[0] = value;
  double[1] = other;
  if (words[1] !== words[3]) return Number.POSITIVE_INFINITY;
  return (words[0] as number) - (words[2] as number);
}

/**
 * In place: each integer minus the one before, in steps, as zigzag (0, -1, 1, -2 … → 0, 1, 2, 3 …).
 * Returns the step. The first one stays.
 */
function toZigzags(integers: Float64Array): number {
  let step = 0;
  for (let i = integers.length - 1; i > 0; i--) {
    const difference = (integers[i] as number) - (integers[i - 1] as number);
    integers[i] = difference;
    if (step !== 1) step = commonDivisor(Math.abs(difference), step);
  }
  for (let i = 1; i < integers.length; i++) {
    const steps = (integers[i] as number) / step;
    integers[i] = steps >= 0 ? 2 * steps : -2 * steps - 1;
  }
  return step;
}

function commonDivisor(a: number, b: number): number {
  let [large, small] = [a, b];
  while (small !== 0) [large, small] = [small, large % small];
  return large;
}

function integerPlanes(integers: Float64Array): Uint8Array[] {
  let most = 0;
  for (let i = 0; i < integers.length; i++) most = Math.max(most, integers[i] as number);
  const planes: Uint8Array[] = [];
  for (let unit = 1; unit <= most; unit *= 256) {
    const plane = new Uint8Array(integers.length);
    for (let i = 0; i < plane.length; i++)
      plane[i] = Math.floor((integers[i] as number) / unit) % 256;
    planes.push(plane);
  }
  return planes;
}

function bytePlanes(values: Float64Array): Uint8Array[] {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const planes: Uint8Array[] = [];
  for (let rank = 0; rank < BYTES_PER_DOUBLE; rank++) {
    const plane = new Uint8Array(values.length);
    for (let i = 0; i < plane.length; i++) plane[i] = bytes[i * BYTES_PER_DOUBLE + rank] as number;
    planes.push(plane);
  }
  return planes;
}

/** How many planes a form has, and how many bytes each, for a column of `length` values. */
export function planeSizes(form: ColumnForm, length: number): number[] {
  if (form.kind === 'constant') return [];
  if (form.kind === 'bits') return new Array<number>(BYTES_PER_DOUBLE).fill(length);
  const sizes = new Array<number>(form.width).fill(length - 1);
  return form.kind === 'decimal' ? sizes : [...sizes, length];
}

/** Writes the column's values to the start of `target`; `length` is how many it has. */
export function decodeColumn(
  { form, planes }: EncodedColumn,
  target: Float64Array,
  length: number,
): void {
  if (form.kind === 'constant') {
    target.fill(form.first, 0, length);
    return;
  }
  if (form.kind === 'bits') {
    joinBytes(planes, target);
    return;
  }
  const { first, decimals, step, width } = form;
  const power = POWERS_OF_TEN[decimals] as number;
  const wide = width > NARROW ? joinIntegers(planes.slice(0, width), length - 1) : null;
  const [low = ZEROS, middle = ZEROS, high = ZEROS] = planes.slice(0, width);
  let integer = first;
  target[0] = integer / power;
  for (let i = 0; i + 1 < length; i++) {
    if (wide === null) {
      const zigzag =
        (low[i] as number) | ((middle[i] as number) << 8) | ((high[i] as number) << 16);
      integer += step * ((zigzag >>> 1) ^ -(zigzag & 1));
    } else {
      const zigzag = wide[i] as number;
      integer += (step * (zigzag % 2 === 0 ? zigzag : -zigzag - 1)) / 2;
    }
    target[i + 1] = integer / power;
  }
  if (form.kind === 'near-decimal') shiftLastBits(target, planes[width] as Uint8Array);
}

function joinIntegers(planes: readonly Uint8Array[], length: number): Float64Array {
  const integers = new Float64Array(length);
  for (const plane of planes.toReversed()) {
    for (let i = 0; i < length; i++) {
      integers[i] = (integers[i] as number) * 256 + (plane[i] as number);
    }
  }
  return integers;
}

function shiftLastBits(target: Float64Array, offsets: Uint8Array): void {
  const halves = new Uint32Array(target.buffer, target.byteOffset, 2 * offsets.length);
  for (let i = 0; i < offsets.length; i++) {
    (halves[2 * i] as number) += (offsets[i] as number) - NO_OFFSET;
  }
}

function joinBytes(planes: readonly Uint8Array[], target: Float64Array): void {
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  planes.forEach((plane, rank) => {
    for (let i = 0; i < plane.length; i++) bytes[i * BYTES_PER_DOUBLE + rank] = plane[i] as number;
  });
}
