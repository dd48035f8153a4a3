import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasRestarted, UPTIME_WRAPS_AT } from '../../src/shared/uptime.ts';

const MINUTE_MS = 60_000;
const MINUTE_TICKS = 6_000;

describe('a device', () => {
  test('that says a later time has not restarted', () => {
    expect(hasRestarted(1_000, 7_000, MINUTE_MS)).toBe(false);
    expect(hasRestarted(1_000, 1_000, MINUTE_MS)).toBe(false);
  });

  test('that says an earlier one has', () => {
    expect(hasRestarted(900_000, 500, MINUTE_MS)).toBe(true);
    expect(hasRestarted(900_000, 899_999, MINUTE_MS)).toBe(true);
  });

  test('whose 32 bits are used up has not', () => {
    expect(hasRestarted(UPTIME_WRAPS_AT - 5_000, 1_000, MINUTE_MS)).toBe(false);
    expect(hasRestarted(UPTIME_WRAPS_AT - 1, 0, 10)).toBe(false);
  });

  test('that restarted shortly before 497 days has', () => {
    expect(hasRestarted(UPTIME_WRAPS_AT - 100 * MINUTE_TICKS, 300, MINUTE_MS)).toBe(true);
  });

  test('of which nothing is known has not', () => {
    expect(hasRestarted(Number.NaN, 5, MINUTE_MS)).toBe(false);
    expect(hasRestarted(5, Number.NaN, MINUTE_MS)).toBe(false);
  });

  test('that runs on is never taken for restarted, with a clock up to 5 % wrong', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: UPTIME_WRAPS_AT - 1 }),
        fc.integer({ min: 1_000, max: 600_000 }),
        fc.double({ min: 0.95, max: 1.05, noNaN: true }),
        (before, elapsedMs, pace) => {
          const now = Math.floor(before + (elapsedMs / 10) * pace) % UPTIME_WRAPS_AT;
          expect(hasRestarted(before, now, elapsedMs)).toBe(false);
        },
      ),
    );
  });
});
