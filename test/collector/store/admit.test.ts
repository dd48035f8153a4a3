import { expect, test } from 'vitest';
import { admit } from '../../../src/collector/store/admit.ts';
import { Arena } from '../../../src/collector/store/arena.ts';
import { writeRow } from '../../../src/collector/store/journal-row.ts';
import { LatestSamples } from '../../../src/collector/store/latest-samples.ts';
import { encodeRuns } from '../../../src/collector/store/shapes.ts';
import { doubleOf, STALE } from './rig.ts';

const row = (...samples: [series: number, time: number, value: number | Float64Array][]) => {
  const series = Uint32Array.from(samples, ([number]) => number);
  const values = new Float64Array(samples.length);
  for (const [i, [, , value]] of samples.entries()) {
    values.set(typeof value === 'number' ? [value] : value, i);
  }
  const times = Float64Array.from(samples, ([, time]) => time);
  return writeRow(new Arena(), { series, runs: encodeRuns(series), times, values, places: null });
};

test('newer samples are new', () => {
  const latest = new LatestSamples();
  expect(admit(row([1, 10, 5], [2, 10, 6]), latest)).toEqual({ late: 0, duplicates: null });
  expect([latest.times[1], latest.values[1], latest.values[2]]).toEqual([10, 5, 6]);
});

test('the same time and bits are a duplicate', () => {
  const latest = new LatestSamples();
  admit(row([1, 10, 5], [2, 10, 6]), latest);
  expect(admit(row([1, 10, 5], [2, 11, 6]), latest)).toMatchObject({ late: 0, duplicates: [0] });
});

test('the same time with another value is late, and the last one wins', () => {
  const latest = new LatestSamples();
  admit(row([1, 10, 5]), latest);
  expect(admit(row([1, 10, 7]), latest)).toMatchObject({ late: 1, duplicates: null });
  expect(latest.values[1]).toBe(7);
});

test('older samples are late and do not move the newest', () => {
  const latest = new LatestSamples();
  admit(row([1, 10, 5]), latest);
  expect(admit(row([1, 9, 7], [2, 9, 1]), latest)).toMatchObject({ late: 1 });
  expect([latest.times[1], latest.values[1], latest.times[2]]).toEqual([10, 5, 9]);
});

test('zero and minus zero, and NaNs of different bits, are different values', () => {
  const latest = new LatestSamples();
  admit(row([1, 10, 0], [2, 10, Number.NaN]), latest);
  const again = row([1, 10, -0], [2, 10, doubleOf(...STALE)]);
  expect(admit(again, latest)).toMatchObject({ late: 2, duplicates: null });
  expect(admit(again, latest)).toMatchObject({ duplicates: [0, 1] });
});

test('a series twice in one row is judged one after the other', () => {
  const latest = new LatestSamples();
  const found = admit(row([1, 10, 5], [1, 12, 6], [1, 11, 7], [1, 12, 6]), latest);
  expect(found).toEqual({ late: 1, duplicates: [3] });
  expect(latest.times[1]).toBe(12);
});

test('a failed transaction puts every newest sample back', () => {
  const latest = new LatestSamples();
  admit(row([1, 10, 5]), latest);
  latest.commit();
  admit(row([1, 11, 6], [2, 11, 6]), latest);
  admit(row([1, 12, 7]), latest);
  latest.rollback();
  expect([latest.times[1], latest.values[1]]).toEqual([10, 5]);
  expect(latest.times[2]).toBe(Number.NEGATIVE_INFINITY);
  latest.rollback();
  expect(latest.times[1]).toBe(10);
});
