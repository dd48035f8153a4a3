import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slopeOf } from '../../../src/collector/evaluate/slope.ts';
import { DAY_MS, HOUR_MS, SLOT_MS } from '../../../src/shared/units.ts';

/** Five-minute slots of `days` days; GB a day is the unit of the slopes below. */
function slots(days: number, valueAt: (day: number) => number) {
  const count = Math.round((days * DAY_MS) / SLOT_MS);
  const times = Float64Array.from({ length: count }, (_, i) => i * SLOT_MS);
  return { times, values: times.map((time) => valueAt(time / DAY_MS)) };
}

const perDay = (past: ReturnType<typeof slots>, from = 0): number =>
  slopeOf(past, from * DAY_MS).perMs * DAY_MS;

describe('the slope of what fills', () => {
  it('is that of a straight line', () => {
    expect(perDay(slots(7, (day) => 50 + 2 * day))).toBeCloseTo(2, 6);
  });

  it('is the median one: a third of the slots may lie', () => {
    const past = slots(7, (day) => 50 + 2 * day);
    past.values.forEach((value, i) => {
      if (Math.floor(i / 100) % 3 === 0) past.values[i] = value - 40;
    });
    expect(perDay(past)).toBeGreaterThan(1.5);
    expect(perDay(past)).toBeLessThan(2.5);
  });

  it('is that of the time after a clean-up', () => {
    expect(perDay(slots(7, (day) => (day < 4 ? 50 + 5 * day : 30 + 2 * day)))).toBeCloseTo(2, 1);
  });

  it('is that of the time after a jump', () => {
    expect(perDay(slots(7, (day) => (day < 3 ? 20 : 60) + day))).toBeCloseTo(1, 1);
  });

  it('is nothing for a flat disk with noise', () => {
    const noise = (day: number): number => Math.sin(day * 977) * 0.5 + Math.sin(day * 61) * 0.3;
    expect(perDay(slots(7, (day) => 90 + noise(day)))).toBe(0);
  });

  it('is nothing for logs that are rotated every day', () => {
    expect(perDay(slots(7, (day) => 60 + 8 * (day % 1)))).toBe(0);
  });

  it('is nothing for one big copy that is over', () => {
    expect(perDay(slots(7, (day) => 40 + Math.min(1, Math.max(0, day - 6)) * 4))).toBe(0);
  });

  it('is never negative: what empties is not full soon', () => {
    expect(perDay(slots(7, (day) => 90 - 3 * day))).toBe(0);
  });

  it('looks back only so far', () => {
    const past = slots(14, (day) => (day < 7 ? 10 : 10 + (day - 7) * 2));
    expect(perDay(past, 7)).toBeCloseTo(2, 2);
  });

  it('leaves out slots without a value', () => {
    const past = slots(7, (day) => 50 + 2 * day);
    past.values.fill(Number.NaN, 300, 900);
    expect(perDay(past)).toBeCloseTo(2, 1);
  });

  it('says how much history it rests on', () => {
    expect(
      slopeOf(
        slots(3, (day) => day),
        0,
      ).spanMs,
    ).toBeGreaterThan(2.9 * DAY_MS);
    const cut = slots(7, (day) => (day < 6 ? 90 : 10) + day);
    expect(slopeOf(cut, 0).spanMs).toBeLessThan(DAY_MS + 3 * HOUR_MS);
  });

  it('says nothing from a handful of points', () => {
    const past = { times: Float64Array.of(0, 1, 2), values: Float64Array.of(1, 2, 3) };
    expect(slopeOf(past, 0)).toEqual({ perMs: 0, spanMs: 0 });
    expect(slopeOf({ times: new Float64Array(), values: new Float64Array() }, 0).perMs).toBe(0);
  });

  it('scales with the unit and does not depend on when it was', () => {
    const rate = fc.double({ min: 0.1, max: 50, noNaN: true });
    const scale = fc.constantFrom(1024, 1024 ** 3);
    const shift = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(rate, scale, shift, (gigabytes, factor, days) => {
        const past = slots(7, (day) => factor * (500 + gigabytes * day));
        const moved = { ...past, times: past.times.map((time) => time + days * DAY_MS) };
        const slope = slopeOf(moved, days * DAY_MS).perMs * DAY_MS;
        expect(slope / factor / gigabytes).toBeCloseTo(1, 6);
      }),
      { numRuns: 25 },
    );
  });
});
