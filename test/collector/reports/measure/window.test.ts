import { describe, expect, test } from 'vitest';
import { dateOfDay, monthsUntil } from '../../../../src/collector/reports/calendar.ts';
import {
  alongside,
  joined,
  presenceByPeriod,
  presenceOf,
  reportWindow,
  slotCount,
  slotsOf,
  within,
} from '../../../../src/collector/reports/measure/window.ts';
import { DAY_MS, HOUR_MS, SLOT_MS } from '../../../../src/shared/units.ts';
import { series } from '../support/fake-history.ts';

const window = reportWindow(monthsUntil('2026-03', 2, 'Asia/Shanghai'), 'Asia/Shanghai');
const { month } = window;

const load = (span: { fromMs: number; toMs: number }, figure: (ms: number) => number = () => 1) =>
  series('cpu_used_ratio', span, figure);

test('the window goes from the first month to the end of the last', () => {
  expect(window.periods.map(({ name }) => name)).toEqual(['2026-02', '2026-03']);
  expect(month.name).toBe('2026-03');
  expect(window.days.length).toBe((28 + 31) * 288);
  expect(window.dayStretches.length).toBe(59);
  expect(dateOfDay(window.days[0] ?? 0)).toBe('2026-02-01');
  expect(dateOfDay(window.days.at(-1) ?? 0)).toBe('2026-03-31');
});

test('day stretches cover every slot once, also where the clocks change', () => {
  const berlin = reportWindow(monthsUntil('2026-03', 1, 'Europe/Berlin'), 'Europe/Berlin');
  let next = 0;
  for (const { from, to } of berlin.dayStretches) {
    expect(from).toBe(next);
    next = to;
  }
  expect(next).toBe(berlin.days.length);
  const lengths = berlin.dayStretches.map(({ from, to }) => (to - from) / 12);
  expect(lengths.filter((hours) => hours === 23)).toHaveLength(1);
  expect(lengths.filter((hours) => hours === 24)).toHaveLength(30);
});

describe('slots of a series', () => {
  test('are a view where the series covers the span', () => {
    const whole = load({ fromMs: window.fromMs, toMs: window.toMs });
    const slots = slotsOf(whole, 'mean', month);
    expect(slots.values.length).toBe(31 * 288);
    expect(slots.values.buffer).toBe(whole.mean.buffer);
  });

  test('are padded with holes where it does not', () => {
    const part = load({ fromMs: month.fromMs - DAY_MS, toMs: month.fromMs + DAY_MS });
    const slots = slotsOf(part, 'mean', month);
    expect(slots.values.length).toBe(31 * 288);
    expect(slots.values[287]).toBe(1);
    expect(slots.values[288]).toBeNaN();
    const late = slotsOf(load({ fromMs: month.toMs - DAY_MS, toMs: month.toMs }), 'mean', month);
    expect(late.values[0]).toBeNaN();
    expect(late.values.at(-1)).toBe(1);
  });

  test('of no series, or of another time, are holes', () => {
    expect(slotsOf(undefined, 'mean', month).values.every(Number.isNaN)).toBe(true);
    const other = load({ fromMs: month.toMs + DAY_MS, toMs: month.toMs + 2 * DAY_MS });
    expect(slotsOf(other, 'mean', month).values.every(Number.isNaN)).toBe(true);
  });

  test('narrow without copying, and never beyond their ends', () => {
    const slots = slotsOf(load(month), 'mean', month);
    const day = within(slots, month.fromMs + DAY_MS, month.fromMs + 2 * DAY_MS);
    expect([day.values.length, day.fromMs - month.fromMs]).toEqual([288, DAY_MS]);
    expect(within(slots, -Infinity, Infinity).values.length).toBe(slots.values.length);
    expect(within(slots, month.toMs + 1, month.toMs + 2).values.length).toBe(0);
    expect(alongside(window.days, day, window).length).toBe(288);
    expect(alongside(window.days, day, window)[0]).toBe((window.days[0] ?? 0) + 29);
  });
});

describe('presence', () => {
  const seen = (figure: (ms: number) => number) =>
    presenceOf(slotsOf(load(month, figure), 'mean', month), window);

  test('counts slots and local days, first and last', () => {
    const all = seen(() => 0);
    expect(all).toMatchObject({
      slots: 31 * 288,
      days: 31,
      firstMs: month.fromMs,
      longestHoleMs: 0,
    });
    expect(all.lastMs).toBe(month.toMs - SLOT_MS);
  });

  test('knows zero from nothing', () => {
    expect(seen(() => NaN)).toEqual({
      slots: 0,
      days: 0,
      firstMs: NaN,
      lastMs: NaN,
      longestHoleMs: 0,
    });
  });

  test('a day with a single figure counts', () => {
    const one = month.fromMs + 5 * DAY_MS + HOUR_MS;
    expect(seen((ms) => (ms === one ? 1 : NaN))).toMatchObject({ slots: 1, days: 1, firstMs: one });
  });

  test('finds the longest hole between figures', () => {
    const hole = seen((ms) => {
      const hour = (ms - month.fromMs) / HOUR_MS;
      return (hour >= 30 && hour < 40) || (hour >= 100 && hour < 172) ? NaN : 1;
    });
    expect(hole.longestHoleMs).toBe(72 * HOUR_MS);
  });

  test('by period adds up to the whole', () => {
    const slots = slotsOf(
      load(window, (ms) => (ms % 7 === 0 ? 1 : NaN)),
      'mean',
      window,
    );
    const whole = presenceOf(slots, window);
    const parts = joined(presenceByPeriod(slots, window));
    expect(parts).toMatchObject({
      slots: whole.slots,
      days: whole.days,
      firstMs: whole.firstMs,
      lastMs: whole.lastMs,
    });
    expect(joined([]).slots).toBe(0);
  });
});

test('a span is counted in slots', () => {
  expect(slotCount(0, HOUR_MS)).toBe(12);
  expect(slotCount(HOUR_MS, 0)).toBe(0);
});
