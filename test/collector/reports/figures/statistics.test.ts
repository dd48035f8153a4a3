import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  atRanks,
  describe,
  maxOf,
  meanOf,
  median,
  minOf,
  percentile,
  percentiles,
  scaled,
} from '../../../../src/collector/reports/figures/statistics.ts';

const floats = (...values: number[]): Float64Array => Float64Array.from(values);

/** The definition, by sorting everything: what the fast path must agree with. */
function plainPercentile(values: readonly number[], share: number): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const low = sorted[Math.floor(position)] ?? NaN;
  const high = sorted[Math.min(sorted.length - 1, Math.floor(position) + 1)] ?? NaN;
  return low + (high - low) * (position - Math.floor(position));
}

const figures = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    { weight: 2, arbitrary: fc.constantFrom(0, 0.5, 1) },
    { weight: 1, arbitrary: fc.constant(NaN) },
    { weight: 1, arbitrary: fc.double({ min: -1e9, max: 1e9, noNaN: true }) },
  ),
  { minLength: 1, maxLength: 600 },
);

test('percentiles interpolate linearly between the closest ranks', () => {
  expect(percentile(floats(1, 2, 3, 4), 0.5)).toBe(2.5);
  expect(percentile(floats(10, 20), 0.95)).toBeCloseTo(19.5, 12);
  expect(percentile(floats(7), 0.995)).toBe(7);
  expect(median(floats(3, 1, 2))).toBe(2);
});

test('percentiles agree with sorting everything, whatever the distribution', () => {
  fc.assert(
    fc.property(figures, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const known = values.filter((value) => !Number.isNaN(value));
      const expected = plainPercentile(values, share);
      const found = percentile(Float64Array.from(values), share);
      if (known.length === 0) expect(found).toBeNaN();
      else expect(found).toBeCloseTo(expected, 6);
    }),
    { numRuns: 300 },
  );
});

test('percentiles agree on months of slots, where buckets hold many values', () => {
  const values = Float64Array.from({ length: 8928 }, (_, i) =>
    i % 97 === 0 ? NaN : ((i * 7919) % 8928) / 8928 + (i % 3 === 0 ? 0.25 : 0),
  );
  for (const share of [0, 0.05, 0.5, 0.9, 0.95, 0.995, 1]) {
    expect(percentile(values, share)).toBeCloseTo(plainPercentile([...values], share), 12);
  }
});

test('many percentiles of one array do not disturb each other or the array', () => {
  const values = Float64Array.from({ length: 2000 }, (_, i) => Math.sin(i));
  const before = [...values];
  const together = percentiles(values, [0.95, 0.05, 0.5, 0.5]);
  expect(together).toEqual([0.95, 0.05, 0.5, 0.5].map((share) => percentile(values, share)));
  expect([...values]).toEqual(before);
});

test('the order of the values does not matter', () => {
  fc.assert(
    fc.property(figures, (values) => {
      const forward = describe(Float64Array.from(values));
      const backward = describe(Float64Array.from([...values].reverse()));
      expect(backward.p95).toEqual(forward.p95);
      expect(backward.max).toEqual(forward.max);
      expect(backward.count).toBe(forward.count);
    }),
  );
});

test('holes never count', () => {
  const dense = describe(floats(0.1, 0.2, 0.3));
  const sparse = describe(floats(NaN, 0.1, NaN, 0.2, 0.3, NaN));
  expect(sparse).toEqual(dense);
  expect(meanOf(floats(NaN, 4, 6))).toBe(5);
});

test('nothing gives NaN and not zero', () => {
  for (const none of [floats(), floats(NaN, NaN)]) {
    expect(describe(none)).toEqual({
      count: 0,
      mean: NaN,
      p50: NaN,
      p90: NaN,
      p95: NaN,
      p99_5: NaN,
      max: NaN,
    });
    expect(maxOf(none)).toBeNaN();
    expect(minOf(none)).toBeNaN();
    expect(meanOf(none)).toBeNaN();
    expect(percentile(none, 0.5)).toBeNaN();
  }
});

test('values that are all the same are every percentile', () => {
  const flat = describe(new Float64Array(5000).fill(0.42));
  expect(flat).toMatchObject({ p50: 0.42, p95: 0.42, p99_5: 0.42, max: 0.42 });
  expect(flat.mean).toBeCloseTo(0.42, 12);
});

test('one wild value among thousands keeps the percentiles exact', () => {
  const values = Float64Array.from({ length: 9000 }, (_, i) => (i % 100) / 100);
  values[17] = 1e12;
  expect(percentile(values, 0.5)).toBeCloseTo(plainPercentile([...values], 0.5), 12);
  expect(percentile(values, 0.995)).toBeCloseTo(plainPercentile([...values], 0.995), 12);
  expect(describe(values).max).toBe(1e12);
});

test('infinities and tiny spreads fall back to sorting', () => {
  expect(percentile(floats(1, 2, Infinity), 0.5)).toBe(2);
  expect(percentile(floats(1, 1 + Number.EPSILON, 1), 1)).toBe(1 + Number.EPSILON);
});

test('ranks beyond the ends are NaN', () => {
  const values = floats(5, 3, 4);
  expect(atRanks(values, [0, 1, 2])).toEqual([3, 4, 5]);
  expect(atRanks(values, [-1, 3, NaN])).toEqual([NaN, NaN, NaN]);
  expect(atRanks(floats(2, 2), [-1, 0, 1, 2])).toEqual([NaN, 2, 2, NaN]);
});

test('minimum and maximum see through holes and negative values', () => {
  expect(minOf(floats(NaN, -3, 2))).toBe(-3);
  expect(maxOf(floats(NaN, -3, -2))).toBe(-2);
});

test('scaled statistics are the statistics of scaled values', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 100 }),
      fc.constantFrom(0.5, 2, 1024),
      (values, factor) => {
        const own = scaled(describe(Float64Array.from(values)), factor);
        const direct = describe(Float64Array.from(values, (value) => value * factor));
        expect(own.p95).toBeCloseTo(direct.p95, 9);
        expect(own.mean).toBeCloseTo(direct.mean, 9);
        expect(own.max).toBeCloseTo(direct.max, 9);
        expect(own.count).toBe(direct.count);
      },
    ),
  );
});
