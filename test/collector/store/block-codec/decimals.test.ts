import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decimalsOf,
  neighbour,
  POWERS,
} from '../../../../src/collector/store/block-codec/decimals.ts';

const decimals = (...list: number[]) => decimalsOf(Float64Array.from(list));

test.each([
  ['whole numbers', [1, 2, 300], 0, [1, 2, 300]],
  ['hundredths', [0.01, 12.34, 5], 2, [1, 1234, 500]],
  ['more places later on', [1, 2.5, 0.125], 3, [1000, 2500, 125]],
  ['negative figures', [-0.5, 1.5], 1, [-5, 15]],
])('%s', (_, list, places, mantissas) => {
  expect(decimals(...list)).toMatchObject({ places, carried: false, patches: [] });
  expect([...decimals(...list)!.mantissas]).toEqual(mantissas);
});

test('a decimal times 0.01 that misses the nearest double carries a unit', () => {
  const missing = [23.067, 4.1, 0.2, 7.7].map((value) => value * 0.01);
  const found = decimals(...missing)!;
  expect(found).toMatchObject({ places: 5, carried: true, patches: [] });
  const back = [...found.mantissas].map((sum) => {
    const mantissa = Math.round(sum / 3);
    return neighbour(mantissa / 10 ** 5, sum - mantissa * 3);
  });
  expect(back).toEqual(missing);
});

test('what is no decimal is patched, as long as it is rare', () => {
  const list = [
    1,
    Number.NaN,
    2,
    -0,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    Number.POSITIVE_INFINITY,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
  ];
  expect(decimals(...list)?.patches).toEqual([1, 3, 15]);
  expect(decimals(...list.slice(0, 4))).toBeNull();
});

test('fractions without end and huge numbers are no decimals', () => {
  expect(decimals(1 / 3, 2 / 7, Math.PI, Math.E)).toBeNull();
  expect(decimals(1e300, 1e290, 1e280, 1e270)).toBeNull();
});

test('every value is its mantissa over the power of ten, or patched', () => {
  const figure = fc
    .tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(4))
    .map(([mantissa, places]) => mantissa / POWERS[places]!);
  fc.assert(
    fc.property(fc.array(figure, { minLength: 8 }), (list) => {
      const found = decimals(...list);
      if (found === null || found.carried) return;
      list.forEach((value, i) => {
        const power = POWERS[found.places]!;
        if (!found.patches.includes(i)) expect(found.mantissas[i]! / power).toBe(value);
      });
    }),
  );
});

test('the neighbour is the next double, either way, across words', () => {
  expect(neighbour(1, 1)).toBe(1 + Number.EPSILON);
  expect(neighbour(1, -1)).toBe(1 - Number.EPSILON / 2);
  expect(neighbour(neighbour(2, -1), 1)).toBe(2);
  expect(neighbour(-1, 1)).toBe(-1 - Number.EPSILON);
  expect(neighbour(5, 0)).toBe(5);
});
