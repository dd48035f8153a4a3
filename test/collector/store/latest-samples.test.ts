import { expect, test } from 'vitest';
import { LatestSamples } from '../../../src/collector/store/latest-samples.ts';

test('a series without samples is older than anything', () => {
  const latest = new LatestSamples();
  expect(latest.times[5]).toBe(Number.NEGATIVE_INFINITY);
  expect(latest.values[5]).toBeNaN();
});

test('room for more series keeps what is there', () => {
  const latest = new LatestSamples();
  latest.set(5, 10, 1);
  const { times } = latest;
  latest.reserve(100_000);
  expect(latest.times).not.toBe(times);
  expect([latest.times[5], latest.values[5]]).toEqual([10, 1]);
  expect(latest.times[99_999]).toBe(Number.NEGATIVE_INFINITY);
  latest.values[99_999] = 2;
  expect(latest.words[2 * 99_999 + 1]).toBe(0x40000000);
});

test('many changes of one transaction are all taken back, the oldest last', () => {
  const latest = new LatestSamples();
  latest.set(1, 1, 1);
  for (let i = 0; i < 5_000; i++) {
    latest.expect(1);
    latest.change(1, 10 + i, i);
  }
  expect(latest.times[1]).toBe(5_009);
  latest.rollback();
  expect([latest.times[1], latest.values[1]]).toEqual([1, 1]);
});

test('what is committed is not taken back any more', () => {
  const latest = new LatestSamples();
  latest.expect(2);
  latest.change(1, 10, 1);
  latest.commit();
  latest.change(1, 20, 2);
  latest.rollback();
  expect([latest.times[1], latest.values[1]]).toEqual([10, 1]);
});
