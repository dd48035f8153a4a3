import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assessQuality, mayCut } from '../../../../src/collector/reports/decide/quality.ts';
import { policy, quality } from '../support/cases.ts';

const POLICY = policy().quality;
const AGREED = { periodsAgree: true, censored: false };

const assess = (
  change: Parameters<typeof quality>[0] = {},
  agreement: Partial<typeof AGREED> = {},
) => assessQuality(quality(change), { ...AGREED, ...agreement }, POLICY);

test('two good months are of high confidence and lack nothing', () => {
  expect(assess()).toEqual({ confidence: 'high', gaps: [] });
});

describe('each missing quality is named and lowers the confidence', () => {
  test.each([
    ['no figures', { days: 0, coverage: 0 }, 'insufficient', 'no_data'],
    ['an unknown size', { sizeKnown: false }, 'insufficient', 'size_unknown'],
    ['6 days', { days: 6 }, 'insufficient', 'too_few_days'],
    ['69 % coverage', { coverage: 0.69 }, 'insufficient', 'low_coverage'],
    ['7 days', { days: 7 }, 'low', 'too_few_days'],
    ['13 days', { days: 13 }, 'low', 'too_few_days'],
    ['70 % coverage', { coverage: 0.7 }, 'low', 'low_coverage'],
    ['a hole of three days', { holeDays: 3 }, 'low', 'long_hole'],
    [
      'a resize in the month',
      { sizeChangedMs: 1, sizeChangedInMonth: true },
      'low',
      'size_changed',
    ],
    ['14 days', { days: 14 }, 'medium', 'too_few_days'],
    ['80 % coverage', { coverage: 0.8 }, 'medium', 'low_coverage'],
    ['a resize the month before', { sizeChangedMs: 1 }, 'medium', 'size_changed'],
    [
      'a size that a balloon moves',
      { sizeChangedMs: 1, sizeElastic: true },
      'medium',
      'size_elastic',
    ],
    [
      'a balloon in the month',
      { sizeChangedMs: 1, sizeChangedInMonth: true, sizeElastic: true },
      'medium',
      'size_elastic',
    ],
  ] as const)('%s', (_, change, confidence, gap) => {
    const found = assess(change);
    expect(found.confidence).toBe(confidence);
    expect(found.gaps[0]).toBe(gap);
  });

  test('periods that disagree, and demand that is cut off', () => {
    expect(assess({}, { periodsAgree: false })).toEqual({
      confidence: 'medium',
      gaps: ['periods_disagree'],
    });
    expect(assess({}, { censored: true })).toEqual({ confidence: 'medium', gaps: ['censored'] });
  });

  test('several are told together', () => {
    expect(assess({ days: 15, coverage: 0.9 }, { censored: true }).gaps).toEqual([
      'too_few_days',
      'low_coverage',
      'censored',
    ]);
  });
});

test('21 days and 95 % are enough for high', () => {
  expect(assess({ days: 21, coverage: 0.95 }).confidence).toBe('high');
});

test('only high and medium may take something away', () => {
  expect(['high', 'medium', 'low', 'insufficient'].map((c) => mayCut(c as 'high'))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('worse data never raise the confidence', () => {
  const rank = { insufficient: 0, low: 1, medium: 2, high: 3 };
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 62 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 10 }),
      fc.double({ min: 0, max: 0.3, noNaN: true }),
      (days, coverage, fewer, less) => {
        const better = assess({ days, coverage });
        const worse = assess({ days: Math.max(0, days - fewer), coverage: coverage - less });
        expect(rank[worse.confidence]).toBeLessThanOrEqual(rank[better.confidence]);
      },
    ),
  );
});
