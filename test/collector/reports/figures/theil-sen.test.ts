import fc from 'fast-check';
import { expect, test } from 'vitest';
import { theilSen } from '../../../../src/collector/reports/figures/theil-sen.ts';

const index = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => i);

test('an exact line is found exactly', () => {
  const x = index(10);
  const line = theilSen(
    x,
    x.map((value) => 3 * value - 7),
  );
  expect(line.slope).toBeCloseTo(3, 12);
  expect(line.intercept).toBeCloseTo(-7, 12);
  expect(line.low).toBeCloseTo(3, 12);
  expect(line.high).toBeCloseTo(3, 12);
});

test('a quarter of wild points does not move the slope', () => {
  const x = index(40);
  const y = x.map((value) => 2 * value);
  for (let i = 3; i < 40; i += 4) y[i] = 1e6;
  expect(theilSen(x, y).slope).toBeGreaterThan(1.9);
  expect(theilSen(x, y).slope).toBeLessThan(3);
});

/** scipy.stats.theilslopes(y, x, 0.95 / 0.90), scipy 1.17. */
test('slope and confidence interval are those of scipy', () => {
  const y = Float64Array.of(2.1, 2.9, 4.2, 3.8, 5.1, 6.3, 6.0, 7.4, 8.8, 8.1, 9.9, 10.4);
  const wide = theilSen(index(12), y, 0.95);
  const narrow = theilSen(index(12), y, 0.9);
  expect(wide.slope).toBeCloseTo(SCIPY.slope, 10);
  expect([wide.low, wide.high]).toEqual([
    expect.closeTo(SCIPY.low95, 10),
    expect.closeTo(SCIPY.high95, 10),
  ]);
  expect([narrow.low, narrow.high]).toEqual([
    expect.closeTo(SCIPY.low90, 10),
    expect.closeTo(SCIPY.high90, 10),
  ]);
});

test('ties widen nothing and break nothing', () => {
  const y = Float64Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4);
  const line = theilSen(index(12), y);
  expect(line.slope).toBeCloseTo(SCIPY.tiedSlope, 10);
  expect(line.low).toBeCloseTo(SCIPY.tiedLow, 10);
  expect(line.high).toBeCloseTo(SCIPY.tiedHigh, 10);
});

test('fewer than two distinct x have no slope', () => {
  expect(theilSen(new Float64Array(0), new Float64Array(0)).slope).toBeNaN();
  expect(theilSen(Float64Array.of(1), Float64Array.of(5)).slope).toBeNaN();
  expect(theilSen(Float64Array.of(2, 2), Float64Array.of(5, 9)).slope).toBeNaN();
});

test('a constant has slope zero', () => {
  expect(theilSen(index(30), new Float64Array(30).fill(4))).toMatchObject({
    slope: 0,
    intercept: 4,
  });
});

const series = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), {
  minLength: 3,
  maxLength: 40,
});

test('turning the series upside down turns the slope and its interval', () => {
  fc.assert(
    fc.property(series, (values) => {
      const up = theilSen(index(values.length), Float64Array.from(values));
      const down = theilSen(
        index(values.length),
        Float64Array.from(values, (v) => -v),
      );
      expect(down.slope).toBeCloseTo(-up.slope, 9);
    }),
  );
});

test('units scale through, shifts do not matter', () => {
  fc.assert(
    fc.property(series, (values) => {
      const x = index(values.length);
      const plain = theilSen(x, Float64Array.from(values));
      const scaled = theilSen(
        x,
        Float64Array.from(values, (v) => 1024 * v),
      );
      const shifted = theilSen(
        x.map((at) => at + 20_000),
        Float64Array.from(values),
      );
      expect(scaled.slope).toBeCloseTo(1024 * plain.slope, 5);
      expect(shifted.slope).toBeCloseTo(plain.slope, 9);
      expect(plain.low).toBeLessThanOrEqual(plain.high);
    }),
  );
});

const SCIPY = {
  slope: 0.75,
  low95: 0.6499999999999999,
  high95: 0.8399999999999999,
  low90: 0.6666666666666666,
  high90: 0.8333333333333336,
  tiedSlope: 0.3333333333333333,
  tiedLow: 0.25,
  tiedHigh: 0.3333333333333333,
};
