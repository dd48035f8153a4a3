import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOST_INT } from '../../../../src/collector/store/block-codec/int-column.ts';
import { roundTripInts } from './columns.ts';

const anyInt = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.integer(),
  fc.integer({ min: -MOST_INT, max: MOST_INT }),
  fc.constantFrom(0, MOST_INT, -MOST_INT, 2 ** 32, -(2 ** 32)),
);

/** Lists as series look: noise, steps, trends, few different values. */
const anyColumn = fc.oneof(
  fc.array(anyInt, { maxLength: 80 }),
  fc.tuple(anyInt, fc.array(fc.nat(1000), { maxLength: 300 })).map(([start, steps]) => {
    let total = Math.min(start, 2 ** 50);
    return steps.map((step) => {
      total += step;
      return total;
    });
  }),
  fc
    .tuple(
      fc.array(anyInt, { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(4), { maxLength: 400 }),
    )
    .map(([values, picks]) => picks.map((pick) => values[pick % values.length]!)),
);

const ints = (count: number, of: (i: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => of(i));

describe.each([true, false])('thorough: %s', (thorough) => {
  test('every column of whole numbers comes back', () => {
    fc.assert(
      fc.property(anyColumn, (list) => {
        const column = Float64Array.from(list);
        expect(roundTripInts(column, thorough).values).toEqual(column);
      }),
      { numRuns: 500 },
    );
  });

  test('columns written one after the other do not disturb each other', () => {
    const columns = [100, 7, 300].map((count) => ints(count, (i) => ((i * 7919) % 1009) * 64));
    for (const column of columns) expect(roundTripInts(column, thorough).values).toEqual(column);
  });

  test.each([
    ['nothing', []],
    ['one number', [5]],
    ['two numbers', [5, -7]],
    ['the extremes', [MOST_INT, -MOST_INT, MOST_INT, -MOST_INT]],
  ])('%s', (_, list) => {
    const column = Float64Array.from(list);
    expect(roundTripInts(column, thorough).values).toEqual(column);
  });
});

test('a constant takes a few bytes, whatever its length', () => {
  const { headBytes, planeBytes } = roundTripInts(ints(10_000, () => 123_456_789));
  expect(headBytes + planeBytes).toBeLessThan(16);
});

test('a steady counter takes a few bytes', () => {
  const { headBytes, planeBytes } = roundTripInts(ints(10_000, (i) => 1e9 + i * 1500));
  expect(headBytes + planeBytes).toBeLessThan(24);
});

test('a counter that speeds up steadily takes a few bytes', () => {
  const { headBytes, planeBytes } = roundTripInts(ints(1_000, (i) => 5 * i * i));
  expect(headBytes + planeBytes).toBeLessThan(24);
});

test('shared zero bits cost nothing: pages of 4096 take a plane less than bytes', () => {
  const pages = roundTripInts(
    ints(2_000, (i) => ((i * 7919) % 200) * 4096),
    false,
  );
  expect(pages.planeBytes).toBe(2_000);
});

test('shared zero bits are found behind an odd beginning, too', () => {
  const pages = roundTripInts(
    ints(2_000, (i) => 7 + ((i * 7919) % 200) * 4096),
    false,
  );
  expect(pages.planeBytes).toBe(2_000);
});

test('few different large figures are written as ranks: a plane instead of six', () => {
  const column = ints(4_000, (i) => ((i * 7919) % 101) ** 6 + (i % 2));
  const ranked = roundTripInts(column);
  expect(ranked.planeBytes).toBe(4_000);
  expect(ranked.headBytes).toBeLessThan(202 * 8);
  expect(roundTripInts(column, false).planeBytes).toBeGreaterThan(3 * 4_000);
});

test('jitter around a steady step is ranked after taking differences', () => {
  const column = ints(4_000, (i) => i * 300_000 + ((i * 7919) % 5) * 1000);
  expect(roundTripInts(column).planeBytes).toBeLessThanOrEqual(4_000);
});
