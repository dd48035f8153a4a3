import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column } from '../../../src/collector/indicators/columns.ts';
import { foldSlots } from '../../../src/collector/indicators/slot-stats.ts';
import { SLOT_MS } from '../../../src/shared/units.ts';
import { DAY, MINUTE, SECOND } from './samples.ts';

const RANGE = { startMs: DAY, slots: 4 };
const level = (points: readonly (readonly [atMs: number, value: number])[]): Column => ({
  times: Float64Array.from(points, ([at]) => DAY + at),
  from: null,
  values: Float64Array.from(points, ([, value]) => value),
});
/** [from, to, rate]. */
const rates = (points: readonly (readonly [number, number, number])[]): Column => ({
  times: Float64Array.from(points, ([, to]) => DAY + to),
  from: Float64Array.from(points, ([from]) => DAY + from),
  values: Float64Array.from(points, ([, , value]) => value),
});

describe('levels', () => {
  test('mean, maximum and last of the samples of a slot', () => {
    const stats = foldSlots(
      level([
        [0, 1],
        [MINUTE, 6],
        [5 * MINUTE - 1, 2],
        [5 * MINUTE, 40],
      ]),
      RANGE,
    );
    expect(stats?.mean).toEqual(Float64Array.of(3, 40, Number.NaN, Number.NaN));
    expect(stats?.max).toEqual(Float64Array.of(6, 40, Number.NaN, Number.NaN));
    expect(stats?.last).toEqual(Float64Array.of(2, 40, Number.NaN, Number.NaN));
  });

  test('nothing in the range is nothing, not zero', () => {
    expect(foldSlots(level([[-1, 5]]), RANGE)).toBeNull();
    expect(foldSlots(level([[20 * MINUTE, 5]]), RANGE)).toBeNull();
    expect(foldSlots(level([[MINUTE, Number.NaN]]), RANGE)).toBeNull();
  });

  test('equal samples keep their very bits', () => {
    const third = 1 / 3;
    const points = Array.from({ length: 20 }, (_, i) => [i * 15 * SECOND, third] as const);
    const stats = foldSlots(level(points), RANGE);
    expect(stats?.mean[0]).toBe(third);
  });
});

describe('rates', () => {
  test('count for each slot as much as they cover of it', () => {
    // 10/s for four minutes, then 100/s for two: one minute of it in the first slot.
    const stats = foldSlots(
      rates([
        [0, 4 * MINUTE, 10],
        [4 * MINUTE, 6 * MINUTE, 100],
      ]),
      RANGE,
    );
    expect(stats?.mean[0]).toBeCloseTo((4 * 10 + 1 * 100) / 5, 12);
    expect(stats?.mean[1]).toBe(100);
    expect(stats?.max[0]).toBe(100);
    expect(stats?.last[0]).toBe(100);
    expect(stats?.mean[2]).toBeNaN();
  });

  test('reach over a whole slot without samples', () => {
    const stats = foldSlots(rates([[4 * MINUTE, 11 * MINUTE, 7]]), RANGE);
    expect(stats?.mean).toEqual(Float64Array.of(7, 7, 7, Number.NaN));
  });

  test('that end with a slot do not touch the next one', () => {
    const stats = foldSlots(rates([[0, 5 * MINUTE, 3]]), RANGE);
    expect(stats?.mean[1]).toBeNaN();
  });

  const gains = fc.array(fc.tuple(fc.integer({ min: 1, max: 599 }), fc.nat(1_000_000)), {
    minLength: 1,
    maxLength: 30,
  });

  const intervals = (steps: readonly (readonly [number, number])[]) => {
    let at = 0;
    return steps.map(([seconds, gain]) => {
      const from = at;
      at += seconds * SECOND;
      return [from, at, gain / seconds] as const;
    });
  };

  test('add up to what the counter gained, wherever the samples fall', () => {
    fc.assert(
      fc.property(gains, (steps) => {
        const list = intervals(steps);
        const at = list.at(-1)?.[1] ?? 0;
        const slots = Math.ceil(at / SLOT_MS);
        const stats = foldSlots(rates(list), { startMs: DAY, slots });
        let total = 0;
        for (let slot = 0; slot < slots; slot++) {
          const covered = Math.min(at, (slot + 1) * SLOT_MS) - slot * SLOT_MS;
          total += ((stats?.mean[slot] ?? 0) * covered) / SECOND;
        }
        const gained = steps.reduce((sum, [, gain]) => sum + gain, 0);
        expect(total).toBeCloseTo(gained, 3);
      }),
    );
  });

  test('are the same whatever range they are folded into', () => {
    fc.assert(
      fc.property(gains, fc.integer({ min: 0, max: 3 }), (steps, skip) => {
        const column = rates(intervals(steps));
        const whole = foldSlots(column, { startMs: DAY, slots: 40 });
        const part = foldSlots(column, { startMs: DAY + skip * SLOT_MS, slots: 5 });
        for (const key of ['mean', 'max', 'last'] as const) {
          const expected = whole?.[key].subarray(skip, skip + 5);
          if (part !== null) expect(part[key]).toEqual(expected?.slice());
          else expect(expected?.every(Number.isNaN)).toBe(true);
        }
      }),
    );
  });
});

test('a mean lies between the least and the greatest value', () => {
  const value = fc.double({ min: -1e12, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
      const stats = foldSlots(level(values.map((v, i) => [i * SECOND, v] as const)), RANGE);
      const mean = stats?.mean[0] ?? Number.NaN;
      expect(mean).toBeGreaterThanOrEqual(Math.min(...values));
      expect(mean).toBeLessThanOrEqual(Math.max(...values));
    }),
  );
});
