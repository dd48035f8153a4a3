import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  afterFailure,
  type Breaker,
  CLOSED,
  isDead,
  mayTry,
  retryPauseMs,
} from '../../../src/collector/notify/breaker.ts';

const failed = (times: number, nowMs = 0): Breaker => {
  let breaker: Breaker = CLOSED;
  for (let i = 0; i < times; i++) breaker = afterFailure(breaker, nowMs);
  return breaker;
};

test('the third failure opens it, then each one for twice as long, at most a quarter of an hour', () => {
  expect([1, 2].map((times) => isDead(failed(times)))).toEqual([false, false]);
  expect([3, 4, 5, 6, 7, 8, 20].map((times) => failed(times).openUntilMs)).toEqual([
    30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000,
  ]);
});

test('it is tried again when its time has come, and stays dead until it delivered', () => {
  const open = failed(3, 1_000);
  expect(mayTry(open, 30_999)).toBe(false);
  expect(mayTry(open, 31_000)).toBe(true);
  expect(isDead(open)).toBe(true);
  expect(mayTry(CLOSED, 0)).toBe(true);
});

test('a pause grows, is never longer than five minutes, and chance takes off at most half', () => {
  fc.assert(
    fc.property(
      fc.nat(100),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (attempts, random) => {
        const pause = retryPauseMs(attempts, random);
        const full = Math.min(300_000, 5_000 * 2 ** attempts);
        expect(pause).toBeLessThanOrEqual(full);
        expect(pause).toBeGreaterThanOrEqual(full / 2 - 1);
      },
    ),
  );
  expect(retryPauseMs(0, 0)).toBe(5_000);
});
