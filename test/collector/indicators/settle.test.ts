import { describe, expect, test } from 'vitest';
import type { Recipe } from '../../../src/collector/indicators/recipe.ts';
import { rangeOf, settle } from '../../../src/collector/indicators/settle.ts';

const of = (rest: Partial<Recipe> & Pick<Recipe, 'indicator'>) =>
  rangeOf({ read: 'value', plus: [{ metric: 'x' }], ...rest });

describe('settle', () => {
  test.each([
    [0.5, 0.5],
    [1.0000001, 1],
    [-0.0000001, 0],
    [1.001, Number.NaN],
    [-0.001, Number.NaN],
    [Number.NaN, Number.NaN],
    [Number.POSITIVE_INFINITY, Number.NaN],
  ])('a ratio of %d is %d', (value, expected) => {
    expect(settle(of({ indicator: 'cpu_used_ratio' }), value)).toBe(expected);
  });

  test('an amount is not negative, a temperature may be', () => {
    expect(settle(of({ indicator: 'memory_used_bytes' }), -1)).toBeNaN();
    expect(settle(of({ indicator: 'memory_used_bytes' }), 0)).toBe(0);
    expect(settle(of({ indicator: 'temperature_celsius' }), -40)).toBe(-40);
    expect(settle(of({ indicator: 'certificate_days_left' }), -3)).toBe(-3);
  });

  test('a speed of zero is unknown where the recipe says so', () => {
    const range = of({ indicator: 'network_speed_bytes_per_second', above: 0 });
    expect(settle(range, 0)).toBeNaN();
    expect(settle(range, 1)).toBe(1);
  });

  test('what is taken as it is may be anything finite', () => {
    const range = of({ indicator: 'cpu_used_ratio', asIs: true });
    expect(settle(range, 1.25)).toBe(1.25);
    expect(settle(range, -1)).toBe(-1);
    expect(settle(range, Number.NEGATIVE_INFINITY)).toBeNaN();
  });
});
