import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bucketOf,
  bucketValue,
  countOf,
  LINEAR_BUCKETS,
  makeHistogram,
  mergeDays,
  quantileOf,
  type Scale,
} from '../../../src/collector/indicators/histogram.ts';
import type { DayHistogram } from '../../../src/collector/indicators/indicators.ts';
import { DAY_MS } from '../../../src/shared/units.ts';
import { DAY } from './samples.ts';

/** numpy's default: linear interpolation between the order statistics. */
function exactQuantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (sorted.length - 1) * q;
  const low = sorted[Math.floor(rank)] ?? Number.NaN;
  const high = sorted[Math.ceil(rank)] ?? Number.NaN;
  return low + (high - low) * (rank - Math.floor(rank));
}

function histogram(scale: Scale, values: readonly number[], dayMs = DAY): DayHistogram {
  const list = Float64Array.from(values);
  const made = makeHistogram({ indicator: 'load1', item: '', dayMs, scale }, list, list);
  if (made === null) throw new Error('no values');
  return made;
}

const ratios = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
  minLength: 1,
  maxLength: 288,
});
const amounts = fc.array(
  fc
    .tuple(fc.double({ min: 1, max: 10, noNaN: true }), fc.integer({ min: -6, max: 13 }))
    .map(([digits, power]) => digits * 10 ** power),
  { minLength: 1, maxLength: 288 },
);
const QUANTILES = [0, 0.01, 0.5, 0.9, 0.95, 0.995, 1];

describe('linear buckets', () => {
  test.each([
    [0, 0],
    [0.004999, 0],
    [0.005, 1],
    [0.145, 29],
    [0.995, 199],
    [0.999999, 199],
    [1, 200],
    [1.03, 200],
    [-0.1, 0],
  ])('%d is in bucket %d', (value, bucket) => {
    expect(bucketOf('linear', value)).toBe(bucket);
  });

  test('every bucket begins with its own bound', () => {
    for (let i = 0; i < LINEAR_BUCKETS; i++) expect(bucketOf('linear', i / 200)).toBe(i);
  });

  test('quantiles are within half a point of the exact ones', () => {
    fc.assert(
      fc.property(ratios, (values) => {
        const made = histogram('linear', values);
        for (const q of QUANTILES) {
          expect(Math.abs(quantileOf(made, q) - exactQuantile(values, q))).toBeLessThan(0.005);
        }
      }),
    );
  });
});

describe('logarithmic buckets', () => {
  test('are within 1 % of what they hold', () => {
    fc.assert(
      fc.property(amounts, (values) => {
        for (const value of values) {
          const shown = bucketValue('log', bucketOf('log', value));
          expect(Math.abs(shown / value - 1)).toBeLessThanOrEqual(0.01 + 1e-9);
        }
      }),
    );
  });

  test('hold zero by itself, and negative values in their order', () => {
    expect(bucketOf('log', 0)).toBe(0);
    expect(bucketValue('log', 0)).toBe(0);
    const values = [-1e9, -2, -1e-300, 0, 5e-324, 1, 1e300];
    const buckets = values.map((value) => bucketOf('log', value));
    expect([...buckets].sort((a, b) => a - b)).toEqual(buckets);
    expect(bucketValue('log', bucketOf('log', -2))).toBeCloseTo(-2, 1);
  });

  test('quantiles are within 1 % of the exact ones', () => {
    fc.assert(
      fc.property(amounts, (values) => {
        const made = histogram('log', values);
        for (const q of QUANTILES) {
          const exact = exactQuantile(values, q);
          expect(Math.abs(quantileOf(made, q) - exact)).toBeLessThanOrEqual(exact * 0.0100001);
        }
      }),
    );
  });
});

describe('a histogram', () => {
  test('of nothing is null', () => {
    const none = Float64Array.of(Number.NaN);
    const identity = { indicator: 'load1', item: '', dayMs: DAY, scale: 'log' } as const;
    expect(makeHistogram(identity, none, none)).toBeNull();
    expect(mergeDays([])).toBeNull();
  });

  test('knows sum, maximum and last value exactly', () => {
    const made = makeHistogram(
      { indicator: 'memory_used_bytes', item: '', dayMs: DAY, scale: 'log' },
      Float64Array.of(3, Number.NaN, 9, 4, Number.NaN),
      Float64Array.of(3, Number.NaN, 8, 5, Number.NaN),
    );
    expect(made).toMatchObject({ sum: 16, max: 9, last: 5 });
    expect(made && countOf(made)).toBe(3);
  });

  test('of days is the histogram of all their values, in any order of days', () => {
    fc.assert(
      fc.property(
        fc.array(ratios, { minLength: 1, maxLength: 5 }),
        fc.constantFrom<Scale>('linear', 'log'),
        fc.boolean(),
        (days, scale, backwards) => {
          const parts = days.map((values, i) => histogram(scale, values, DAY + i * DAY_MS));
          const merged = mergeDays(backwards ? parts.toReversed() : parts);
          const whole = histogram(scale, days.flat());
          expect(merged?.buckets).toEqual(whole.buckets);
          expect(merged?.counts).toEqual(whole.counts);
          expect(merged?.sum).toBeCloseTo(whole.sum, 9);
          expect([merged?.dayMs, merged?.max, merged?.last]).toEqual([DAY, whole.max, whole.last]);
        },
      ),
      { numRuns: 50 },
    );
  });
});
