import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wordsOf } from '../../../../src/collector/store/block-codec/double-column.ts';
import { doubleOf, STALE } from '../rig.ts';
import { roundTripDoubles } from './columns.ts';

/** Any 64 bits at all: NaNs with payloads, denormals, infinities, both zeros. */
const anyBits = fc.tuple(fc.nat(0xffffffff), fc.nat(0xffffffff));
const odd = fc.constantFrom<[number, number]>(
  [...STALE],
  [0x7ff80000, 0],
  [0xfff80000, 1],
  [0x80000000, 0],
  [0, 0],
  [0x7ff00000, 0],
  [0xfff00000, 0],
  [0, 1],
  [0x7fefffff, 0xffffffff],
);
const decimal = fc
  .tuple(fc.integer({ min: -1e7, max: 1e7 }), fc.constantFrom(1, 10, 100, 1000, 1e5))
  .map(([mantissa, power]) => bitsOfDouble(mantissa / power));
const scaled = fc.integer({ min: 0, max: 1e6 }).map((n) => bitsOfDouble((n / 1000) * 0.01));

function bitsOfDouble(value: number): [number, number] {
  const [low = 0, high = 0] = wordsOf(Float64Array.of(value));
  return [high, low];
}

const column = fc
  .oneof(
    fc.array(anyBits, { maxLength: 60 }),
    fc.array(fc.oneof({ weight: 15, arbitrary: decimal }, { weight: 1, arbitrary: odd })),
    fc.array(fc.oneof({ weight: 15, arbitrary: scaled }, { weight: 1, arbitrary: odd })),
    fc.array(odd, { maxLength: 40 }),
  )
  .map((bits) => {
    const values = new Float64Array(bits.length);
    for (const [i, [high, low]] of bits.entries()) values.set(doubleOf(high, low), i);
    return values;
  });

describe.each([true, false])('thorough: %s', (thorough) => {
  test('every bit of every double comes back', () => {
    fc.assert(
      fc.property(column, (values) => {
        const { values: back } = roundTripDoubles(values, thorough);
        expect(wordsOf(back)).toEqual(wordsOf(values));
      }),
      { numRuns: 1_000 },
    );
  });
});

const figures = (of: (i: number) => number): Float64Array =>
  Float64Array.from({ length: 4_000 }, (_, i) => of(i));

test('a constant takes nine bytes, also when it is a NaN with a payload', () => {
  const values = new Float64Array(500);
  for (let i = 0; i < 500; i++) values.set(doubleOf(...STALE), i);
  const { values: back, headBytes, planeBytes } = roundTripDoubles(values);
  expect([headBytes, planeBytes]).toEqual([9, 0]);
  expect(wordsOf(back)).toEqual(wordsOf(values));
});

test('percentages times 0.01 stay decimals: two planes, not eight', () => {
  const values = figures((i) => (((i * 7919) % 100_000) / 1000) * 0.01);
  expect(roundTripDoubles(values, false).planeBytes).toBeLessThanOrEqual(3 * 4_000);
});

test('kibibytes with decimals share their zero bits', () => {
  const values = figures((i) => (((i * 7919) % 25_000) / 100) * 1024);
  expect(roundTripDoubles(values, false).planeBytes).toBe(2 * 4_000);
});

test('a stale marker among decimals costs its patch, not the column', () => {
  const values = figures((i) => (i % 200) / 10);
  values.set(doubleOf(...STALE), 1_000);
  const { values: back, planeBytes } = roundTripDoubles(values);
  expect(planeBytes).toBeLessThanOrEqual(4_000);
  expect(wordsOf(back)).toEqual(wordsOf(values));
});
