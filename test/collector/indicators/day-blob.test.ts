import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeDay, encodeDay } from '../../../src/collector/indicators/day-blob.ts';
import type { FigureSlots } from '../../../src/collector/indicators/figure-slots.ts';
import { emptyStats, SLOTS_PER_DAY } from '../../../src/collector/indicators/slot-stats.ts';
import { INDICATORS, type IndicatorName } from '../../../src/shared/indicator.ts';

const NAMES = Object.keys(INDICATORS) as IndicatorName[];

function decode(blob: Uint8Array, wanted: (name: IndicatorName) => boolean = () => true) {
  const figures: FigureSlots[] = [];
  decodeDay(blob, (indicator, item) => {
    if (!wanted(indicator)) return null;
    figures.push({ indicator, item, ...emptyStats(SLOTS_PER_DAY) });
    return figures.at(-1) ?? null;
  });
  return figures;
}

/** A figure whose slots are missing where `mean` is NaN. */
const figure = fc
  .record({
    indicator: fc.constantFrom(...NAMES),
    item: fc.string({ maxLength: 20 }),
    slots: fc.array(
      fc.record({
        at: fc.nat(SLOTS_PER_DAY - 1),
        mean: fc.double({ noNaN: true }),
        more: fc.constantFrom(0, 0.25, 1e6),
      }),
      { maxLength: 300 },
    ),
  })
  .map(({ indicator, item, slots }): FigureSlots => {
    const stats = emptyStats(SLOTS_PER_DAY);
    for (const { at, mean, more } of slots) {
      stats.mean[at] = mean;
      stats.max[at] = mean + more;
      stats.last[at] = mean;
    }
    return { indicator, item, ...stats };
  });

describe('a day as bytes', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(figure, { maxLength: 5 }), (figures) => {
        expect(decode(encodeDay(figures))).toEqual(figures);
      }),
      { numRuns: 50 },
    );
  });

  test('has nothing when it is empty, or of nothing', () => {
    expect(decode(new Uint8Array())).toEqual([]);
    expect(decode(encodeDay([]))).toEqual([]);
  });

  test('gives only what is wanted', () => {
    const figures = NAMES.map((indicator): FigureSlots => {
      const stats = emptyStats(SLOTS_PER_DAY);
      for (const values of [stats.mean, stats.max, stats.last])
        values.fill(NAMES.indexOf(indicator));
      return { indicator, item: '', ...stats };
    });
    const found = decode(encodeDay(figures), (name) => name === 'load1');
    expect(found).toEqual([figures[NAMES.indexOf('load1')]]);
  });

  test('of which a byte was changed is refused', () => {
    const stats = emptyStats(SLOTS_PER_DAY);
    for (let i = 0; i < SLOTS_PER_DAY; i++) {
      stats.mean[i] = Math.sin(i);
      stats.max[i] = 1;
      stats.last[i] = 1;
    }
    const figures = [{ indicator: 'load1' as const, item: '', ...stats }];
    const blob = encodeDay(figures);
    for (let at = 0; at < blob.length; at++) {
      const damaged = Uint8Array.from(blob);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      // One bit of a zstd frame has no meaning; every other one is refused.
      if (at === 5) expect(decode(damaged)).toEqual(figures);
      else expect(() => decode(damaged), `byte ${at}`).toThrow(/damaged|version/);
    }
    expect(() => decode(blob.subarray(0, 40))).toThrow(/damaged/);
    expect(() => decode(Uint8Array.of(9, ...blob.subarray(1)))).toThrow(/version 9/);
  });

  test('takes little for what does not change', () => {
    const stats = emptyStats(SLOTS_PER_DAY);
    for (const values of [stats.mean, stats.max, stats.last]) values.fill(16_655_208_448);
    const figures = NAMES.map((indicator): FigureSlots => ({ indicator, item: '', ...stats }));
    expect(encodeDay(figures).length).toBeLessThan(30 * NAMES.length);
  });
});
