import { describe, expect, test } from 'vitest';
import { monthsUntil } from '../../../../src/collector/reports/calendar.ts';
import {
  decisionPeriods,
  qualityFacts,
  seenOf,
} from '../../../../src/collector/reports/measure/decision-window.ts';
import { reportWindow, slotsOf } from '../../../../src/collector/reports/measure/window.ts';
import { DAY_MS, SLOT_MS } from '../../../../src/shared/units.ts';
import { series } from '../support/fake-history.ts';

const window = reportWindow(monthsUntil('2026-03', 2, 'UTC'), 'UTC');
const { month } = window;
const FEBRUARY = window.fromMs;
const STEADY = { current: 8, changedMs: NaN, elastic: false };

const figures = (present: (ms: number) => boolean) =>
  slotsOf(
    series('cpu_used_ratio', window, (ms) => (present(ms) ? 0.5 : NaN)),
    'mean',
    window,
  );

const periods = (present: (ms: number) => boolean, size = STEADY) =>
  decisionPeriods(seenOf(figures(present), window, size), window, 7);

const facts = (present: (ms: number) => boolean, size = STEADY) =>
  qualityFacts(seenOf(figures(present), window, size), size, window);

describe('the periods that decide', () => {
  test('are the months when both have enough days', () => {
    expect(periods(() => true).map(({ name }) => name)).toEqual(['2026-02', '2026-03']);
    const late = periods((ms) => ms >= FEBRUARY + 21 * DAY_MS);
    expect(late.map(({ name }) => name)).toEqual(['2026-02', '2026-03']);
  });

  test('are two halves of what there is when only one month has', () => {
    const own = periods((ms) => ms >= month.fromMs);
    expect(own).toEqual([
      { name: 'first half', fromMs: month.fromMs, toMs: month.fromMs + 15.5 * DAY_MS },
      { name: 'second half', fromMs: month.fromMs + 15.5 * DAY_MS, toMs: month.toMs },
    ]);
  });

  test('begin after a resize', () => {
    const size = { ...STEADY, changedMs: FEBRUARY + 10 * DAY_MS };
    expect(periods(() => true, size)[0]).toMatchObject({ fromMs: size.changedMs });
    const inMarch = { ...STEADY, changedMs: month.fromMs + 11 * DAY_MS };
    expect(periods(() => true, inMarch)).toEqual([
      { name: 'first half', fromMs: inMarch.changedMs, toMs: month.fromMs + 21 * DAY_MS },
      { name: 'second half', fromMs: month.fromMs + 21 * DAY_MS, toMs: month.toMs },
    ]);
  });

  test('do not mind an elastic size', () => {
    const elastic = { current: 8, changedMs: month.fromMs + 11 * DAY_MS, elastic: true };
    expect(periods(() => true, elastic)).toHaveLength(2);
    expect(periods(() => true, elastic)[0]?.name).toBe('2026-02');
  });

  test('are none without figures', () => {
    expect(periods(() => false)).toEqual([]);
    expect(periods((ms) => ms === month.fromMs)).toEqual([]);
  });
});

describe('quality facts', () => {
  test('of complete months', () => {
    expect(facts(() => true)).toMatchObject({
      days: 59,
      coverage: 1,
      firstMs: FEBRUARY,
      lastMs: month.toMs - SLOT_MS,
      holeDays: 0,
      sizeChangedInMonth: false,
      sizeKnown: true,
    });
  });

  test('a new device is expected from its first figure on', () => {
    const found = facts((ms) => ms >= month.fromMs + 21 * DAY_MS);
    expect(found).toMatchObject({ days: 10, coverage: 1, holeDays: 0 });
    expect(found.firstMs).toBe(month.fromMs + 21 * DAY_MS);
  });

  test('a device known before is expected all month', () => {
    const found = facts((ms) => ms < FEBRUARY + DAY_MS || ms >= month.fromMs + 21 * DAY_MS);
    expect(found.coverage).toBeCloseTo(10 / 31, 6);
    expect(found.holeDays).toBeCloseTo(21, 6);
  });

  test('the end of the month counts as missing: a device that stopped is not complete', () => {
    const found = facts((ms) => ms < month.fromMs + 20 * DAY_MS);
    expect(found.coverage).toBeCloseTo(20 / 31, 6);
    expect(found.holeDays).toBeCloseTo(11, 2);
  });

  test('a month without any figure has no coverage', () => {
    expect(facts((ms) => ms < month.fromMs)).toMatchObject({ coverage: 0, holeDays: 31, days: 28 });
    expect(facts(() => false)).toMatchObject({ coverage: 0, days: 0, firstMs: NaN });
  });

  test('after a resize only the days since count, coverage is still the month’s', () => {
    const size = { ...STEADY, changedMs: month.fromMs + 15 * DAY_MS };
    expect(facts(() => true, size)).toMatchObject({
      days: 16,
      coverage: 1,
      sizeChangedInMonth: true,
    });
    const before = { ...STEADY, changedMs: FEBRUARY + 15 * DAY_MS };
    expect(facts(() => true, before)).toMatchObject({ days: 44, sizeChangedInMonth: false });
  });

  test('a size of zero or none is unknown', () => {
    expect(facts(() => true, { ...STEADY, current: NaN }).sizeKnown).toBe(false);
    expect(facts(() => true, { ...STEADY, current: 0 }).sizeKnown).toBe(false);
  });
});
