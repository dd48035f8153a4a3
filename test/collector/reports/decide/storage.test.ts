import { describe, expect, test } from 'vitest';
import { decideStorage } from '../../../../src/collector/reports/decide/storage.ts';
import { GIB, policy, storage } from '../support/cases.ts';

const POLICY = policy();
const decide = (change: Parameters<typeof storage>[0] = {}) =>
  decideStorage(storage(change), POLICY);

/** A store used to so many percent that grows and is full in so many days. */
const growing = (percent: number, days: number, more: object = {}) => ({
  forecast: {
    level: percent * GIB,
    slope: (100 - percent) / days > 0 ? ((100 - percent) * GIB) / days : GIB,
    daysToFull: days,
    daysToWarning: 0,
    earliest: days * 0.9,
    latest: days * 1.1,
    ...more,
  },
});

describe('a date needs a probability beside it', () => {
  test.each([
    ['urgent', 30, { p30: 0.2, p60: 1, p90: 1 }],
    ['add', 31, { p30: 0.9, p60: 0.2, p90: 1 }],
    ['add', 30, { p30: 0.19, p60: 0.5, p90: 1 }],
    ['plan', 61, { p30: 0, p60: 0.9, p90: 0.2 }],
    ['plan', 60, { p30: 0, p60: 0.19, p90: 0.5 }],
    ['keep', 91, { p30: 0, p60: 0, p90: 0.9 }],
    ['keep', 25, { p30: 0, p60: 0, p90: 0.19 }],
  ] as const)('%s for full in %i days', (verdict, days, probabilities) => {
    const found = decide(growing(50, days, probabilities));
    expect(found.verdict).toBe(verdict);
    expect(found.reason).toBe(verdict === 'keep' ? 'growing' : 'fills_soon');
    expect(found.target > found.current).toBe(verdict !== 'keep');
  });
});

describe('watermarks count where it grows', () => {
  test.each([
    [95, 'urgent', 'nearly_full'],
    [94.9, 'add', 'nearly_full'],
    [90, 'add', 'nearly_full'],
    [89.9, 'plan', 'above_warning'],
    [85, 'plan', 'above_warning'],
    [84.9, 'keep', 'growing'],
  ] as const)('%d %% used and growing slowly: %s', (percent, verdict, reason) => {
    const found = decide(growing(percent, 500));
    expect([found.verdict, found.reason]).toEqual([verdict, reason]);
  });

  test.each([
    [99, 'keep', 'full_but_static'],
    [90, 'keep', 'full_but_static'],
    [87, 'plan', 'above_warning'],
    [60, 'keep', 'no_growth'],
  ] as const)('%d %% used without growth: %s, %s', (percent, verdict, reason) => {
    const found = decide({ forecast: { level: percent * GIB }, highest: percent * GIB });
    expect([found.verdict, found.reason]).toEqual([verdict, reason]);
  });

  test('a shrinking store is not growing', () => {
    const found = decide({ forecast: { level: 96 * GIB, slope: -GIB } });
    expect(found.reason).toBe('full_but_static');
  });
});

describe('the size to add', () => {
  test('holds half a year of growth and the largest recent jump at 75 %, in steps', () => {
    const found = decide(
      growing(95, 20, { slope: 0.1 * GIB, jump: 2 * GIB, p30: 1, p60: 1, p90: 1 }),
    );
    // (95 + 18 + 2) / 0.75 − 100 = 53.3 → steps of 10.
    expect(found.target).toBe(160 * GIB);
    expect(found.rawTarget / GIB).toBeCloseTo(115 / 0.75, 6);
    expect(found.evidence.expected_used_ratio).toBeCloseTo(95 / 160, 6);
  });

  test.each([
    [100, 10],
    [199, 10],
    [200, 50],
    [999, 50],
    [1000, 100],
    [8000, 100],
  ])('for %i GB comes in steps of %i GB', (size, step) => {
    const level = 0.93 * size * GIB;
    const found = decide({
      size: size * GIB,
      forecast: { level, slope: GIB / 100, daysToFull: 300 },
    });
    const added = (found.target - found.current) / GIB;
    expect(added % step).toBeCloseTo(0, 6);
    expect(added).toBeGreaterThanOrEqual(step);
    expect(found.target * 0.75).toBeGreaterThanOrEqual(level - step * GIB);
  });
});

describe('insufficient', () => {
  test.each([
    ['too few days since a shift', { forecast: null }, 'too_few_days'],
    ['no figures', { quality: { days: 0 } }, 'no_data'],
    ['an unknown limit', { size: NaN, quality: { sizeKnown: false } }, 'size_unknown'],
    ['five days', { quality: { days: 5 } }, 'too_few_days'],
  ] as const)('for %s', (_, change, gap) => {
    const found = decide(change);
    expect([found.verdict, found.reason]).toEqual(['insufficient', 'quality']);
    expect(found.gaps[0]).toBe(gap);
  });
});

describe('a store far too large', () => {
  const huge = { size: 900 * GIB, highest: 100 * GIB, forecast: { level: 100 * GIB } };

  test('is named for the next rebuild, not cut', () => {
    const found = decide(huge);
    expect(found).toMatchObject({ verdict: 'keep', reason: 'reclaim_at_rebuild' });
    expect(found.target).toBe(found.current);
    expect((found.evidence.reclaimable ?? 0) / GIB).toBeCloseTo(900 - 100 / 0.75, 6);
  });

  test.each([
    ['it was seen for less than three months', { ...huge, daysSeen: 60 }],
    ['it was 30 % used once', { ...huge, highest: 270 * GIB }],
    [
      'less than 100 GB would come back',
      { size: 120 * GIB, highest: 30 * GIB, forecast: { level: 30 * GIB } },
    ],
  ])('is not named when %s', (_, change) => {
    expect(decide(change).reason).toBe('no_growth');
  });
});

test('inodes are told, not sized', () => {
  const found = decide({
    unit: 'ratio',
    size: 1,
    forecast: { level: 0.97, slope: 0.001, daysToFull: 30, p30: 0.9 },
  });
  expect([found.verdict, found.target]).toEqual(['urgent', 1]);
});

test('windows that disagree lower the confidence and show in the evidence', () => {
  const found = decide(growing(80, 80, { noisy: true, p90: 0.6 }));
  expect(found).toMatchObject({
    verdict: 'plan',
    confidence: 'medium',
    gaps: ['periods_disagree'],
  });
  expect(found.evidence.noisy).toBe(1);
});
