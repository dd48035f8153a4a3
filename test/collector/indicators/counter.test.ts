import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { increase } from '../../../src/collector/indicators/counter.ts';

const PLAIN = { wrapsAt: 0, dips: 0 };
const WRAPS = { wrapsAt: 2 ** 32, dips: 0 };

describe('increase', () => {
  test('is the difference of two readings', () => {
    expect(increase(100, 250.5, PLAIN)).toBe(150.5);
    expect(increase(7, 7, PLAIN)).toBe(0);
  });

  test('is unknown after a reset, also a reset to zero', () => {
    expect(increase(100, 99.9, PLAIN)).toBeNaN();
    expect(increase(100, 0, PLAIN)).toBeNaN();
  });

  test('is unknown without a first reading or after a stale marker', () => {
    expect(increase(Number.NaN, 5, PLAIN)).toBeNaN();
    expect(increase(5, Number.NaN, PLAIN)).toBeNaN();
    expect(increase(Number.NaN, 5, WRAPS)).toBeNaN();
  });

  test('goes on over the end of a 32-bit counter', () => {
    expect(increase(2 ** 32 - 100, 50, WRAPS)).toBe(150);
  });

  test('takes a 32-bit counter that fell from low down for a reset', () => {
    expect(increase(1_000_000, 50, WRAPS)).toBeNaN();
  });

  test('takes a step back that the counter is known for as standing still', () => {
    expect(increase(100, 99.97, { wrapsAt: 0, dips: 1 })).toBe(0);
    expect(increase(100, 98, { wrapsAt: 0, dips: 1 })).toBeNaN();
  });

  test('is never negative', () => {
    const reading = fc.double({ min: 0, max: 2 ** 32, noNaN: true });
    const counter = fc.constantFrom(PLAIN, WRAPS, { wrapsAt: 0, dips: 1 });
    fc.assert(
      fc.property(reading, reading, counter, (before, now, kind) => {
        const gain = increase(before, now, kind);
        return Number.isNaN(gain) || gain >= 0;
      }),
    );
  });

  test('grows with the counter: k times the readings, k times the gain', () => {
    const whole = fc.integer({ min: 0, max: 1e9 });
    fc.assert(
      fc.property(whole, whole, fc.integer({ min: 1, max: 1_000 }), (before, gain, k) => {
        expect(increase(k * before, k * (before + gain), PLAIN)).toBe(
          k * increase(before, before + gain, PLAIN),
        );
      }),
    );
  });
});
