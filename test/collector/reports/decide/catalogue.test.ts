import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cutTo,
  grownSize,
  nextSize,
  snapDown,
  snapUp,
} from '../../../../src/collector/reports/decide/catalogue.ts';
import { policy } from '../support/cases.ts';

const { catalogue, cpu, memory } = policy();
const CORES = catalogue.cores;
const RULE = { ...cpu, floor: cpu.floor_cores, sizes: CORES };

describe('the catalogue', () => {
  test.each([
    [0.1, 1],
    [1, 1],
    [1.01, 2],
    [3, 4],
    [8.0000000001, 8],
    [64, 64],
    [65, 128],
    [200, 256],
  ])('gives for a need of %d cores %d', (need, size) => {
    expect(snapUp(need, CORES)).toBe(size);
  });

  test('downwards gives the largest size that fits, or the limit itself', () => {
    expect(snapDown(10, CORES)).toBe(8);
    expect(snapDown(8, CORES)).toBe(8);
    expect(snapDown(0.5, CORES)).toBe(0.5);
  });

  test('one step up is never the present size', () => {
    expect(nextSize(8, CORES)).toBe(12);
    expect(nextSize(5, CORES)).toBe(6);
    expect(nextSize(64, CORES)).toBe(128);
  });
});

describe('growth', () => {
  const grow = (need: number, current: number): number =>
    grownSize(need, current, { sizes: CORES, maxGrowth: 2 });

  test.each([
    [13.9, 8, 16],
    [30, 8, 16],
    [8.5, 8, 12],
    [2, 8, 12],
    [2, 1, 2],
    // Twice 5 is 10, which nobody sells.
    [20, 5, 8],
    // Even the first step is more than double: it is taken all the same.
    [70, 64, 128],
  ])('for a need of %d from %d cores goes to %d', (need, current, target) => {
    expect(grow(need, current)).toBe(target);
  });

  test('is at least one step and at most doubles, for every need', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 300, noNaN: true }),
        fc.constantFrom(...CORES),
        (n, c) => {
          const target = grow(n, c);
          expect(target).toBeGreaterThan(c);
          expect(target).toBeLessThanOrEqual(Math.max(2 * c, nextSize(c, CORES)));
        },
      ),
    );
  });
});

describe('cuts', () => {
  test.each([
    // need, current, target, worthwhile, capped
    [1.2, 8, 4, true, true],
    [4, 8, 4, true, false],
    [5, 8, 6, true, false],
    [6.1, 8, 8, false, false],
    [0.1, 1, 1, false, false],
    [0.1, 2, 1, true, false],
    [2.9, 4, 4, false, false],
    [0.5, 6, 3, true, true],
    [0.5, 3, 2, true, true],
  ])(
    'need %d of %d cores: %d, worthwhile %s, capped %s',
    (need, current, target, worth, capped) => {
      expect(cutTo(need, current, RULE)).toEqual({ target, worthwhile: worth, capped });
    },
  );

  test('a floor holds', () => {
    expect(cutTo(0.5, 8, { ...RULE, floor: 6 })).toEqual({
      target: 6,
      worthwhile: true,
      capped: false,
    });
    expect(cutTo(0.5, 8, { ...RULE, floor: 7 }).worthwhile).toBe(false);
  });

  test('never go below the need, half the size or the floor, and gain a quarter', () => {
    const rule = { ...memory, floor: 2, sizes: catalogue.memory_gib };
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 300, noNaN: true }),
        fc.integer({ min: 1, max: 512 }),
        (need, current) => {
          const { target, worthwhile } = cutTo(need, current, rule);
          expect(target).toBeGreaterThanOrEqual(need * (1 - 1e-9));
          expect(target).toBeGreaterThanOrEqual(current / 2 - 1e-9);
          expect(target).toBeGreaterThanOrEqual(2);
          if (worthwhile) expect(target).toBeLessThanOrEqual(0.75 * current + 1e-9);
        },
      ),
    );
  });

  test('an unknown need is never worth a cut', () => {
    expect(cutTo(NaN, 8, RULE).worthwhile).toBe(false);
  });
});
