/** Float64 values as decimal mantissas, exactly: value = mantissa / 10^places, or its neighbour. */
import { MOST_INT } from './int-column.ts';
import { scratchDoubles } from './scratch.ts';

const MOST_PLACES = 12;
export const POWERS: readonly number[] = Array.from({ length: MOST_PLACES + 1 }, (_, k) => 10 ** k);
/** Adding and taking away 1.5 · 2^52 rounds to a whole number; any rounding will do, it is checked. */
const ROUNDER = 1.5 * 2 ** 52;
/** A double's neighbour is at most this far away, relative to it (2^-52, rounded up). */
const UNIT = 2.3e-16;

export interface Decimals {
  readonly places: number;
  /** Mantissas are `3 · mantissa + unit`, the unit being −1, 0 or +1. */
  readonly carried: boolean;
  /** Positions of values that are no decimals, ascending; their mantissas repeat the one before. */
  readonly patches: readonly number[];
  readonly mantissas: Float64Array;
}

/** Null when more than one value in eight is no decimal. */
export function decimalsOf(values: Float64Array): Decimals | null {
  const mantissas = scratchDoubles(0, values.length);
  for (let places = 0; places <= MOST_PLACES; ) {
    const found = tryPlaces(values, places, mantissas);
    if (typeof found !== 'number') return found;
    places = found;
  }
  return null;
}

/** The decimals, or the number of places to try next. */
function tryPlaces(
  values: Float64Array,
  places: number,
  mantissas: Float64Array,
): Decimals | number {
  const power = POWERS[places] ?? 1;
  const patches: number[] = [];
  const missed: number[] = [];
  let previous = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const mantissa = value * power + ROUNDER - ROUNDER;
    if (mantissa / power === value && Math.abs(mantissa) < MOST_INT && !isMinusZero(value)) {
      previous = mantissa;
    } else {
      const fitting = placesOf(value, places);
      if (fitting > places && fitting <= MOST_PLACES) return fitting;
      const near = Math.abs(mantissa) < MOST_INT && missOf(value, mantissa / power) !== 0;
      if (near) previous = mantissa;
      (near ? missed : patches).push(i);
      if (patches.length > values.length / 8) return MOST_PLACES + 1;
    }
    mantissas[i] = previous;
  }
  const carried = missed.length > 0;
  if (carried && !carry(mantissas, missed, { values, power })) return MOST_PLACES + 1;
  return { places, carried, patches, mantissas };
}

function isMinusZero(value: number): boolean {
  return value === 0 && 1 / value < 0;
}

/** False when the mantissas have no room for their units. */
function carry(
  mantissas: Float64Array,
  missed: readonly number[],
  { values, power }: { values: Float64Array; power: number },
): boolean {
  for (let i = 0; i < mantissas.length; i++) {
    if (Math.abs(mantissas[i] ?? 0) > MOST_INT / 4) return false;
  }
  const units = missed.map((i) => missOf(values[i] ?? 0, (mantissas[i] ?? 0) / power));
  for (let i = 0; i < mantissas.length; i++) mantissas[i] = (mantissas[i] ?? 0) * 3;
  for (const [k, i] of missed.entries()) mantissas[i] = (mantissas[i] ?? 0) + (units[k] ?? 0);
  return true;
}

/** The least number of places, from `places` on, at which `value` is a decimal or next to one. */
function placesOf(value: number, places: number): number {
  let fitting = places;
  while (fitting <= MOST_PLACES) {
    const power = POWERS[fitting] ?? 1;
    const back = Math.round(value * power) / power;
    if (Math.abs(back - value) <= Math.abs(value) * UNIT) break;
    fitting++;
  }
  return fitting;
}

/** +1 or −1 when `value` is the next double above or below `near` in magnitude, else 0. */
function missOf(value: number, near: number): number {
  if (near === 0 || !Number.isFinite(near)) return 0;
  if (neighbour(near, 1) === value) return 1;
  return neighbour(near, -1) === value ? -1 : 0;
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** The next double by magnitude: away from zero (+1), towards zero (−1), the value itself (0). */
export function neighbour(value: number, direction: number): number {
  if (direction === 0) return value;
  double[0] = value;
  const low = words[0] ?? 0;
  words[0] = low + direction;
  if (direction > 0 && low === 0xffffffff) words[1] = (words[1] ?? 0) + 1;
  if (direction < 0 && low === 0) words[1] = (words[1] ?? 0) - 1;
  return double[0] ?? 0;
}
