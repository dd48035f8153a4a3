import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  dailySeries,
  fromDay,
  withoutHoles,
} from '../../../../src/collector/reports/figures/daily-series.ts';

const series = (entries: readonly (readonly [number, number])[]) => dailySeries(new Map(entries));

test('days come out in order, whatever order they went in', () => {
  const own = series([
    [12, 3],
    [10, 1],
    [11, 2],
  ]);
  expect([...own.days]).toEqual([10, 11, 12]);
  expect([...own.values]).toEqual([1, 2, 3]);
});

test('a part begins on or after the day asked for', () => {
  const own = series([
    [10, 1],
    [12, 2],
    [15, 3],
  ]);
  expect([...fromDay(own, 11).days]).toEqual([12, 15]);
  expect([...fromDay(own, 1).days]).toEqual([10, 12, 15]);
  expect(fromDay(own, 16).days.length).toBe(0);
});

test('holes are bridged by a straight line', () => {
  const whole = withoutHoles(
    series([
      [10, 100],
      [14, 180],
      [15, 170],
    ]),
  );
  expect([...whole.days]).toEqual([10, 11, 12, 13, 14, 15]);
  expect([...whole.values]).toEqual([100, 120, 140, 160, 180, 170]);
});

test('a series without holes, and an empty one, stay as they are', () => {
  const whole = series([
    [3, 1],
    [4, 5],
  ]);
  expect(withoutHoles(whole)).toBe(whole);
  expect(withoutHoles(series([])).values.length).toBe(0);
});

test('bridging invents no jump larger than the ones seen', () => {
  const entry = fc.tuple(
    fc.integer({ min: 0, max: 60 }),
    fc.double({ min: 0, max: 1e3, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(entry, { minLength: 2, maxLength: 20 }), (entries) => {
      const own = series(entries);
      const whole = withoutHoles(own);
      const jumps = (values: Float64Array): number[] =>
        Array.from(values.slice(1), (value, i) => Math.abs(value - (values[i] ?? 0)));
      expect(Math.max(0, ...jumps(whole.values))).toBeLessThanOrEqual(
        Math.max(0, ...jumps(own.values)) + 1e-9,
      );
      for (const [i, day] of own.days.entries()) {
        expect(whole.values[day - (own.days[0] ?? 0)]).toBe(own.values[i]);
      }
    }),
  );
});
