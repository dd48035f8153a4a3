import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterLastShift } from '../../../../src/collector/reports/figures/level-shift.ts';
import { policy } from '../support/cases.ts';

const RULE = policy().storage.shift;

/** A slow rise with a repeatable unrest, and what is added from a day on. */
function rising(days: number, jumps: Readonly<Record<number, number>> = {}): Float64Array {
  let added = 0;
  return Float64Array.from({ length: days }, (_, day) => {
    added += jumps[day] ?? 0;
    return 100 + 0.5 * day + 0.2 * Math.sin(day * 1.7) + added;
  });
}

test('a quiet series has no shift', () => {
  expect(afterLastShift(rising(90), RULE)).toBe(0);
});

test.each([
  ['a migration', { 40: 60 }, 40],
  ['a clean-up', { 55: -70 }, 55],
  ['two jumps: the later one', { 20: 50, 61: -40 }, 61],
  ['a jump on the last day', { 89: 50 }, 89],
])('%s begins a new regime', (_, jumps, expected) => {
  expect(afterLastShift(rising(90, jumps as Record<number, number>), RULE)).toBe(expected);
});

test('three jumps are a habit and stay in', () => {
  expect(afterLastShift(rising(90, { 20: -30, 45: -30, 70: -30 }), RULE)).toBe(0);
});

test('a jump that is small beside the level is none, however quiet the series', () => {
  const flat = new Float64Array(90).fill(100);
  flat.fill(104, 50);
  expect(afterLastShift(flat, RULE)).toBe(0);
  flat.fill(106, 50);
  expect(afterLastShift(flat, RULE)).toBe(50);
});

test('a jump that is usual for the series is none, however large', () => {
  const wild = Float64Array.from({ length: 90 }, (_, i) => 100 + (i % 2 === 0 ? 0 : 40));
  expect(afterLastShift(wild, RULE)).toBe(0);
});

test('too short series have no shift', () => {
  expect(afterLastShift(new Float64Array(0), RULE)).toBe(0);
  expect(afterLastShift(Float64Array.of(5), RULE)).toBe(0);
});

test('units do not matter', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 1e3, noNaN: true }), { minLength: 5, maxLength: 60 }),
      (values) => {
        const own = Float64Array.from(values);
        const scaled = own.map((value) => value * 1024);
        expect(afterLastShift(scaled, RULE)).toBe(afterLastShift(own, RULE));
      },
    ),
  );
});
