import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keepDigits } from '../../../src/collector/indicators/precision.ts';
import { roundTo, roundUp } from '../../../src/collector/indicators/rounding.ts';
import type { IndicatorName } from '../../../src/shared/indicator.ts';

describe('rounding', () => {
  test.each([
    [0.123456789, 6, 6, 0.123457],
    [0.00000123456, 6, 6, 0.000001],
    [1234567.89, 0, 6, 1234570],
    [1234.5678, 2, 9, 1234.57],
    [-1234567, 0, 6, -1234570],
    [0, 6, 6, 0],
    [5e-324, 6, 6, 0],
    [1e300, 0, 6, 1e300],
  ])('%d with %d decimals and %d digits is %d', (value, decimals, digits, expected) => {
    expect(roundTo(value, { decimals, digits })).toBeCloseTo(expected, 9);
  });

  test('never makes a negative zero', () => {
    expect(Object.is(roundTo(-0.0000001, { decimals: 6, digits: 6 }), 0)).toBe(true);
  });

  test('upwards leaves a number alone that is round already', () => {
    expect(roundUp(0.2345, { decimals: 6, digits: 4 })).toBe(0.2345);
    expect(roundUp(0.23451, { decimals: 6, digits: 4 })).toBe(0.2346);
    expect(roundUp(117_590, { decimals: 0, digits: 4 })).toBe(117_600);
  });

  test('keeps a part in a hundred thousand', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e15, noNaN: true }), (value) => {
        const rounded = roundTo(value, { decimals: 9, digits: 6 });
        expect(Math.abs(rounded / value - 1)).toBeLessThanOrEqual(5.0001e-6);
      }),
    );
  });
});

describe('keepDigits', () => {
  const kept = (indicator: IndicatorName, [mean, max, last]: number[], exact: boolean) => {
    const stats = {
      mean: Float64Array.of(mean ?? Number.NaN),
      max: Float64Array.of(max ?? Number.NaN),
      last: Float64Array.of(last ?? Number.NaN),
    };
    keepDigits(indicator, stats, exact);
    return [stats.mean[0], stats.max[0], stats.last[0]];
  };
  const third = 1 / 3;

  test('a sample that stands alone in its slot keeps its bits', () => {
    expect(kept('cpu_used_ratio', [third, third, third], true)).toEqual([third, third, third]);
    const size = 16_655_208_448;
    expect(kept('memory_size_bytes', [size, size, size], true)).toEqual([size, size, size]);
  });

  test('what was computed is rounded always', () => {
    const six = 0.333333;
    expect(kept('cpu_used_ratio', [third, third, third], false)).toEqual([six, six, six]);
  });

  test('a mean is rounded, its maximum upwards, and the last value of a level stays one', () => {
    expect(kept('memory_used_bytes', [3e9 + 1_234.5, 4e9 + 5, 2e9 + 7], true)).toEqual([
      3_000_000_000, 4_000_010_000, 2_000_000_000,
    ]);
    expect(kept('cpu_used_ratio', [third, 0.45671, 0.2], true)).toEqual([
      0.333333, 0.4568, 0.333333,
    ]);
  });

  test('a maximum is never below its mean', () => {
    const ratio = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(ratio, ratio, (a, b) => {
        const [mean = 0, max = 0] = kept(
          'disk_busy_ratio',
          [Math.min(a, b), Math.max(a, b), a],
          false,
        );
        expect(max).toBeGreaterThanOrEqual(mean);
        expect(max).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('a slot without data stays one', () => {
    expect(kept('load1', [Number.NaN, Number.NaN, Number.NaN], true)).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });
});
