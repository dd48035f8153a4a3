import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localClock } from '../../../../src/collector/reports/calendar.ts';
import { busyHours } from '../../../../src/collector/reports/figures/busy-hours.ts';
import { DAY_MS, SLOT_MS } from '../../../../src/shared/units.ts';

const RULE = { busy_ratio: 0.85, busy_share: 0.75 };
const PER_HOUR = 12;

/** Hours and days of slots from `startMs` in a zone. */
function calendar(startMs: number, count: number, timezone = 'UTC') {
  const clock = localClock(timezone, startMs, startMs + count * SLOT_MS);
  const at = (i: number): number => startMs + i * SLOT_MS;
  return {
    hours: Int32Array.from({ length: count }, (_, i) => clock.hour(at(i))),
    days: Int32Array.from({ length: count }, (_, i) => clock.day(at(i))),
  };
}

const START = Date.UTC(2026, 2, 1);

/** Slots of whole hours: so many of the twelve are busy, the rest is idle or missing. */
function hours(...busy: readonly (number | readonly [number, number])[]): Float64Array {
  return Float64Array.from(
    busy.flatMap((entry) => {
      const [high, present] = typeof entry === 'number' ? [entry, PER_HOUR] : entry;
      return Array.from({ length: PER_HOUR }, (_, i) => (i < high ? 0.9 : i < present ? 0.1 : NaN));
    }),
  );
}

function count(ratios: Float64Array, startMs = START, timezone = 'UTC') {
  return busyHours(ratios, calendar(startMs, ratios.length, timezone), RULE);
}

describe('an hour is busy when three quarters of its slots are', () => {
  test.each([
    [9, 1],
    [8, 0],
    [12, 1],
    [0, 0],
  ])('%i of 12 busy slots make %i busy hours', (busy, expected) => {
    expect(count(hours(busy)).hours).toBe(expected);
  });

  test('slots without a figure do not count: 3 of 4 present is busy, 2 of 4 is not', () => {
    expect(count(hours([3, 4])).hours).toBe(1);
    expect(count(hours([2, 4])).hours).toBe(0);
    expect(count(hours([1, 1])).hours).toBe(1);
  });

  test('an hour without any figure is neither busy nor observed', () => {
    expect(count(hours([0, 0], 12))).toEqual({ hours: 1, days: 1, observed: 1 });
  });
});

test('exactly the limit is not above it, also after rounding of percentages', () => {
  const at = (ratio: number): number => count(new Float64Array(PER_HOUR).fill(ratio)).hours;
  expect(at(0.85)).toBe(0);
  expect(at(85 * 0.01)).toBe(0);
  expect(at(Math.fround(0.85))).toBe(0);
  expect(at(0.85001)).toBe(1);
});

test('days are distinct local days', () => {
  const night = new Float64Array(48 * PER_HOUR).fill(0.1);
  night.fill(0.9, 15 * PER_HOUR, 17 * PER_HOUR);
  // 15:00–17:00 UTC is one day in London and two in Shanghai (23:00–01:00).
  expect(count(night).days).toBe(1);
  expect(count(night, START, 'Asia/Shanghai').days).toBe(2);
});

test('hours begin where the zone says: half-hour zones see other hours', () => {
  const ratios = new Float64Array(4 * PER_HOUR).fill(0.1);
  ratios.fill(0.9, PER_HOUR / 2, PER_HOUR / 2 + PER_HOUR);
  // 00:30–01:30 UTC fills no UTC hour to three quarters, but exactly one hour of Calcutta.
  expect(count(ratios).hours).toBe(0);
  expect(count(ratios, START, 'Asia/Kolkata').hours).toBe(1);
});

test('the hour that autumn repeats is two hours, the one that spring skips is none', () => {
  const zone = 'Europe/Berlin';
  const autumn = Date.UTC(2026, 9, 24, 22);
  const spring = Date.UTC(2026, 2, 28, 23);
  const day = (length: number): Float64Array => new Float64Array(length * PER_HOUR).fill(0.9);
  expect(count(day(25), autumn, zone)).toEqual({ hours: 25, days: 1, observed: 25 });
  expect(count(day(23), spring, zone)).toEqual({ hours: 23, days: 1, observed: 23 });
});

test('a gap that swallows whole hours does not join the hours around it', () => {
  const ratios = hours(6, [0, 0], 6);
  expect(count(ratios)).toEqual({ hours: 0, days: 0, observed: 2 });
});

test('there are never more busy hours than observed hours, nor more days than hours', () => {
  const slot = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(NaN));
  fc.assert(
    fc.property(fc.array(slot, { maxLength: 600 }), (values) => {
      const found = count(Float64Array.from(values));
      expect(found.hours).toBeLessThanOrEqual(found.observed);
      expect(found.days).toBeLessThanOrEqual(found.hours);
      expect(found.observed).toBeLessThanOrEqual(Math.ceil(values.length / PER_HOUR));
    }),
  );
});

test('a whole number of days later the count is the same', () => {
  const ratios = hours(9, 3, 12, 0, 10);
  expect(count(ratios, START + 3 * DAY_MS)).toEqual(count(ratios));
});
