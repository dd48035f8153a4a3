import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeColumn,
  encodeColumn,
  planeSizes,
} from '../../../src/collector/indicators/column-codec.ts';

function roundTrip(values: Float64Array): Float64Array {
  const encoded = encodeColumn(values);
  expect(encoded.planes.map(({ length }) => length)).toEqual(
    planeSizes(encoded.form, values.length),
  );
  const target = new Float64Array(values.length).fill(Number.NaN);
  decodeColumn(encoded, target, values.length);
  return target;
}

const same = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
const column = (value: fc.Arbitrary<number>) =>
  fc.array(value, { minLength: 1, maxLength: 288 }).map((values) => Float64Array.from(values));
const form = (...values: number[]) => encodeColumn(Float64Array.from(values)).form;

describe('forms', () => {
  test('a constant is one number', () => {
    expect(form(1 / 3, 1 / 3, 1 / 3)).toEqual({ kind: 'constant', first: 1 / 3 });
  });

  test('short decimals become integers', () => {
    expect(form(0.012, 0.5, 1)).toMatchObject({ kind: 'decimal', first: 12, decimals: 3 });
    expect(form(4096, 12_288, 8192)).toMatchObject({ decimals: 0, step: 4096, width: 1 });
  });

  test('a decimal that a multiplication left one bit off is still nearly one', () => {
    expect(0.07 * 0.01).not.toBe(0.0007);
    expect(form(0.07 * 0.01, 0.0012)).toMatchObject({ kind: 'near-decimal', decimals: 4 });
  });

  test('anything else keeps its bits', () => {
    expect(form(Math.PI, Math.E)).toEqual({ kind: 'bits' });
    expect(form(-0, 1)).toEqual({ kind: 'bits' });
    expect(form(-5e-324, 0)).toEqual({ kind: 'bits' });
    expect(form(1e300, 1)).toEqual({ kind: 'bits' });
  });
});

describe('nothing is lost', () => {
  test('of any doubles', () => {
    fc.assert(
      fc.property(column(fc.double()), (values) => same(roundTrip(values), values)),
      { numRuns: 300 },
    );
  });

  test('of decimals times a scale', () => {
    const decimal = fc.tuple(fc.nat(1e7), fc.constantFrom(1, 0.1, 0.01, 0.001, 1024));
    const values = column(decimal.map(([n, scale]) => (n / 1_000) * scale));
    fc.assert(fc.property(values, (list) => same(roundTrip(list), list)));
  });

  test('of integers of any size and sign', () => {
    const integer = fc.maxSafeInteger();
    fc.assert(fc.property(column(integer), (list) => same(roundTrip(list), list)));
  });

  test('of large values beside ones with decimals', () => {
    const mixed = fc.oneof(
      fc.maxSafeInteger(),
      fc.nat(1e6).map((n) => n / 1_000),
      fc.double(),
    );
    fc.assert(fc.property(column(mixed), (list) => same(roundTrip(list), list)));
    expect(encodeColumn(Float64Array.of(2 ** 50, 0.5)).form.kind).toBe('bits');
  });

  test('of differences that need more planes than a machine integer has', () => {
    const list = Float64Array.of(0, 2 ** 40, 5, 2 ** 50 - 1, 1);
    expect(encodeColumn(list).planes.length).toBeGreaterThan(3);
    expect(roundTrip(list)).toEqual(list);
  });
});
