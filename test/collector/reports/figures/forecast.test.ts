import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DailySeries } from '../../../../src/collector/reports/figures/daily-series.ts';
import {
  type Forecast,
  forecast,
  presentRegime,
} from '../../../../src/collector/reports/figures/forecast.ts';
import { policy } from '../support/cases.ts';

const POLICY = policy().storage;

function daily(values: readonly number[]): DailySeries {
  return { days: Int32Array.from(values, (_, i) => 20_000 + i), values: Float64Array.from(values) };
}

const days = (length: number, value: (day: number) => number): DailySeries =>
  daily(Array.from({ length }, (_, day) => value(day)));

function make(series: DailySeries, size = 100): Forecast {
  const made = forecast(series, { size, seed: 'test', policy: POLICY });
  if (made === null) throw new Error('no forecast');
  return made;
}

describe('a steady rise', () => {
  const made = make(days(90, (day) => 10 + 0.5 * day));

  test('gives the date by arithmetic', () => {
    expect(made.level).toBe(54.5);
    expect(made.slope).toBeCloseTo(0.5, 9);
    expect(made.daysToWarning).toBeCloseTo((85 - 54.5) / 0.5, 6);
    expect(made.daysToFull).toBeCloseTo((100 - 54.5) / 0.5, 6);
  });

  test('is certain: probability and range agree with the date', () => {
    expect([made.p30, made.p60, made.p90]).toEqual([0, 0, 0]);
    expect(made.earliest).toBe(91);
    expect(made.latest).toBe(91);
    expect(make(days(90, (day) => 10 + 0.9 * day)).p30).toBe(1);
    expect(made.noisy).toBe(false);
  });

  test('tells the largest recent jump', () => {
    expect(made.jump).toBeCloseTo(0.5, 9);
  });
});

test('without growth there is no date', () => {
  for (const series of [days(90, () => 70), days(90, (day) => 90 - 0.1 * day)]) {
    const made = make(series);
    expect([made.daysToFull, made.earliest, made.p90]).toEqual([Infinity, Infinity, 0]);
    expect(made.noisy).toBe(false);
  }
});

test('a date beyond two years is no date', () => {
  expect(make(days(90, (day) => 10 + 0.12 * day)).daysToFull).toBeLessThan(730);
  expect(make(days(90, (day) => 10 + 0.1 * day)).daysToFull).toBe(Infinity);
});

test('the steeper of the long and the short window counts', () => {
  const late = make(days(90, (day) => (day < 60 ? 20 + 0.1 * day : 26 + 0.6 * (day - 60))));
  expect(late.slopeShort).toBeCloseTo(0.6, 6);
  expect(late.slope).toBe(late.slopeShort);
  expect(late.noisy).toBe(true);
  const early = make(days(90, (day) => (day < 60 ? 20 + 0.6 * day : 56 + 0.1 * (day - 60))));
  expect(early.slope).toBe(early.slopeLong);
  expect(early.slope).toBeGreaterThan(early.slopeShort);
});

test('only the days after a clean-up count', () => {
  const made = make(days(90, (day) => (day < 50 ? 40 + day : 20 + 0.5 * (day - 50))));
  expect(made.days).toBe(40);
  expect(made.shiftDay).toBe(20_050);
  expect(made.slope).toBeCloseTo(0.5, 6);
});

test('too few days after a shift give no forecast', () => {
  const series = days(90, (day) => (day < 85 ? 20 + 0.1 * day : 70 + 0.1 * day));
  expect(forecast(series, { size: 100, seed: 't', policy: POLICY })).toBeNull();
  expect(
    forecast(
      days(9, () => 5),
      { size: 100, seed: 't', policy: POLICY },
    ),
  ).toBeNull();
  expect(
    forecast(
      days(10, () => 5),
      { size: 100, seed: 't', policy: POLICY },
    ),
  ).not.toBeNull();
});

test('a purge every week keeps the trend of what stays', () => {
  const made = make(days(90, (day) => 30 + 0.3 * day + 2 * (day % 7)));
  expect(made.days).toBe(90);
  expect(made.slope).toBeGreaterThan(0.2);
  expect(made.slope).toBeLessThan(0.45);
});

test('holes in the history change nothing about a line', () => {
  const whole = days(90, (day) => 10 + 0.5 * day);
  const kept = [...whole.days.keys()].filter((i) => i < 20 || i > 33);
  const holed = {
    days: Int32Array.from(kept, (i) => whole.days[i] ?? 0),
    values: Float64Array.from(kept, (i) => whole.values[i] ?? NaN),
  };
  expect(make(holed).daysToFull).toBeCloseTo(make(whole).daysToFull, 6);
  expect(presentRegime(holed, POLICY).series.days.length).toBe(90);
});

test('a store that is full already is full in 0 days', () => {
  const made = make(days(90, (day) => 60 + 0.5 * day));
  expect(
    make(
      days(90, (day) => 60 + 0.5 * day),
      104.5,
    ).daysToFull,
  ).toBe(0);
  expect(made.daysToWarning).toBe(0);
});

test('bytes or gigabytes, the dates are the same', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 99, noNaN: true }), { minLength: 12, maxLength: 90 }),
      (values) => {
        const ask = (size: number, factor: number) =>
          forecast(daily(values.map((value) => value * factor)), {
            size,
            seed: 'test',
            policy: POLICY,
          });
        const small = ask(100, 1);
        const large = ask(102_400, 1024);
        expect(large?.p60).toBe(small?.p60);
        expect(large?.daysToFull).toBe(small?.daysToFull);
        expect(large?.days).toBe(small?.days);
      },
    ),
    { numRuns: 40 },
  );
});

test('a larger disk is never full sooner', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      fc.integer({ min: 60, max: 500 }),
      (rise, size) => {
        const series = days(90, (day) => 5 + rise * day * 0.5);
        expect(make(series, size + 50).daysToFull).toBeGreaterThanOrEqual(
          make(series, size).daysToFull,
        );
      },
    ),
    { numRuns: 40 },
  );
});
