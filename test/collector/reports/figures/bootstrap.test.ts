import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  crossingDays,
  crossingShare,
  type Futures,
  fan,
  probabilityBy,
} from '../../../../src/collector/reports/figures/bootstrap.ts';
import { seededRandom } from '../../../../src/collector/reports/figures/seeded-random.ts';

function futures(changes: readonly number[], more: Partial<Futures> = {}): Futures {
  return {
    level: 0,
    windows: [Float64Array.from(changes)],
    blockDays: 7,
    paths: 200,
    random: seededRandom('test'),
    ...more,
  };
}

const repeat = (value: number, count: number): number[] => new Array<number>(count).fill(value);

describe('a steady rise', () => {
  test('crosses on the day arithmetic says, on every path', () => {
    const days = crossingDays(futures(repeat(2, 60)), 61, 730);
    expect(new Set(days)).toEqual(new Set([31]));
    expect(probabilityBy(days, 30)).toBe(0);
    expect(probabilityBy(days, 31)).toBe(1);
    expect([crossingShare(days, 0.1), crossingShare(days, 0.9)]).toEqual([31, 31]);
  });

  test('that needs longer than the horizon never crosses', () => {
    const days = crossingDays(futures(repeat(1, 60)), 1_000, 100);
    expect(days.every((day) => day === Infinity)).toBe(true);
    expect(crossingShare(days, 0.1)).toBe(Infinity);
  });
});

test('a level that is there already crosses at once', () => {
  expect(new Set(crossingDays(futures(repeat(1, 30), { level: 10 }), 10, 90))).toEqual(
    new Set([0]),
  );
});

test('a falling or flat series never crosses', () => {
  for (const change of [0, -1]) {
    const days = crossingDays(futures(repeat(change, 60)), 5, 730);
    expect(probabilityBy(days, 730)).toBe(0);
  }
});

test('unrest spreads the crossing days', () => {
  const changes = Array.from({ length: 90 }, (_, i) => (i % 10 === 0 ? 12 : 0));
  const days = crossingDays(futures(changes), 40, 730);
  expect(crossingShare(days, 0.1)).toBeLessThan(crossingShare(days, 0.9));
  expect(probabilityBy(days, 31)).toBeGreaterThan(0);
  expect(probabilityBy(days, 31)).toBeLessThan(1);
});

test('paths take the windows in turn', () => {
  const days = crossingDays(
    futures([], { windows: [Float64Array.from(repeat(1, 40)), Float64Array.from(repeat(4, 40))] }),
    20,
    100,
  );
  expect(days.filter((day) => day === 20).length).toBe(100);
  expect(days.filter((day) => day === 5).length).toBe(100);
});

test('a window without changes is left out; without any there is no probability', () => {
  const mixed = futures([], { windows: [new Float64Array(0), Float64Array.of(1, 1, 1)] });
  expect(crossingDays(mixed, 3, 100).length).toBe(200);
  const none = crossingDays(futures([]), 3, 100);
  expect(none.length).toBe(0);
  expect(probabilityBy(none, 30)).toBeNaN();
  expect(crossingShare(none, 0.5)).toBeNaN();
});

test('windows shorter than a block still draw', () => {
  expect(new Set(crossingDays(futures([3, 3]), 9, 100))).toEqual(new Set([3]));
});

test('the same seed gives the same futures', () => {
  const changes = Array.from({ length: 60 }, (_, i) => Math.sin(i) + 0.3);
  const once = crossingDays(futures(changes, { random: seededRandom('a') }), 15, 365);
  const again = crossingDays(futures(changes, { random: seededRandom('a') }), 15, 365);
  const other = crossingDays(futures(changes, { random: seededRandom('b') }), 15, 365);
  expect([...again]).toEqual([...once]);
  expect([...other]).not.toEqual([...once]);
});

test('days ascend, probabilities grow with time and shrink with the limit', () => {
  const change = fc.double({ min: -1, max: 2, noNaN: true });
  fc.assert(
    fc.property(fc.array(change, { minLength: 7, maxLength: 60 }), (changes) => {
      const days = crossingDays(futures(changes), 10, 120);
      expect([...days]).toEqual([...days].sort((a, b) => a - b));
      expect(probabilityBy(days, 30)).toBeLessThanOrEqual(probabilityBy(days, 60));
      const farther = crossingDays(futures(changes), 20, 120);
      expect(probabilityBy(farther, 60)).toBeLessThanOrEqual(probabilityBy(days, 60));
    }),
  );
});

describe('the fan', () => {
  test('of a steady rise is a line', () => {
    const [low, high] = fan(
      futures(repeat(2, 60), { level: 100 }),
      { step: 5, horizon: 20 },
      [0.1, 0.9],
    );
    expect([...(low ?? [])]).toEqual([110, 120, 130, 140]);
    expect([...(high ?? [])]).toEqual([110, 120, 130, 140]);
  });

  test('opens with time when the past was restless', () => {
    const changes = Array.from({ length: 90 }, (_, i) => Math.sin(i * 2.1) * 3 + 1);
    const [low, middle, high] = fan(futures(changes), { step: 10, horizon: 90 }, [0.1, 0.5, 0.9]);
    const width = (i: number): number => (high?.[i] ?? 0) - (low?.[i] ?? 0);
    expect(width(8)).toBeGreaterThan(width(0));
    for (let i = 0; i < 9; i++) {
      expect(middle?.[i]).toBeGreaterThanOrEqual(low?.[i] ?? NaN);
      expect(middle?.[i]).toBeLessThanOrEqual(high?.[i] ?? NaN);
    }
  });
});
