import { describe, expect, test } from 'vitest';
import { dateOfDay, monthsUntil } from '../../../../src/collector/reports/calendar.ts';
import {
  perSize,
  presentSize,
  sizeHistory,
  timesSize,
} from '../../../../src/collector/reports/measure/size-history.ts';
import { reportWindow, slotsOf } from '../../../../src/collector/reports/measure/window.ts';
import { DAY_MS, HOUR_MS } from '../../../../src/shared/units.ts';
import { policy } from '../support/cases.ts';
import { series } from '../support/fake-history.ts';

const window = reportWindow(monthsUntil('2026-03', 2, 'UTC'), 'UTC');
const RULE = policy().quality;
const START = window.fromMs;

const slots = (figure: (ms: number) => number) =>
  slotsOf(series('memory_size_bytes', window, figure), 'last', window);
const history = (figure: (ms: number) => number) => sizeHistory(slots(figure), window, RULE);
const day = (ms: number): number => (ms - START) / DAY_MS;

test('a size that never changes needs no slots', () => {
  expect(history(() => 8)).toEqual({ current: 8, slots: null, changedMs: NaN, elastic: false });
});

test('holes do not count, and nothing known is NaN', () => {
  expect(history((ms) => (day(ms) < 40 ? NaN : 8)).current).toBe(8);
  expect(history(() => NaN)).toMatchObject({ current: NaN, slots: null, changedMs: NaN });
  expect(history(() => 0).current).toBeNaN();
});

describe('a resize', () => {
  test('begins after the last slot of the other size', () => {
    const at = START + 40 * DAY_MS + 10 * HOUR_MS;
    const found = history((ms) => (ms < at ? 4 : 8));
    expect(found.current).toBe(8);
    expect(found.changedMs).toBe(at);
    expect(found.elastic).toBe(false);
  });

  test('downwards counts the same', () => {
    const at = START + 20 * DAY_MS;
    expect(history((ms) => (ms < at ? 16 : 8)).changedMs).toBe(at);
  });

  test('in the last hours is seen as soon as an hour of it is there', () => {
    const at = window.toMs - 2 * HOUR_MS;
    const found = history((ms) => (ms < at ? 4 : 8));
    expect([found.current, found.changedMs]).toEqual([8, at]);
  });

  test('of less than 5 % is none', () => {
    const found = history((ms) => (day(ms) < 40 ? 15.6 : 16));
    expect(found.changedMs).toBeNaN();
    expect(found.slots).not.toBeNull();
  });

  test('twice counts from the second', () => {
    const found = history((ms) => (day(ms) < 10 ? 4 : day(ms) < 30 ? 8 : 12));
    expect(dateOfDay(Math.floor(found.changedMs / DAY_MS))).toBe('2026-03-03');
  });
});

describe('a blip', () => {
  test('of a few hours is no resize', () => {
    const found = history((ms) => (Math.abs(day(ms) - 30.5) < 0.1 ? 1 : 8));
    expect(found).toMatchObject({ current: 8, changedMs: NaN, elastic: false });
  });

  test('of one slot at the very end does not set the size', () => {
    expect(history((ms) => (ms >= window.toMs - 300_000 ? 1 : 8)).current).toBe(8);
    expect(presentSize(slots((ms) => (ms >= window.toMs - 300_000 ? 1 : 8)))).toBe(8);
  });
});

test('a size that moves on five days is elastic', () => {
  expect(history((ms) => 4 + Math.min(4, Math.floor(day(ms) / 10))).elastic).toBe(false);
  expect(history((ms) => 4 + Math.min(5, Math.floor(day(ms) / 8))).elastic).toBe(true);
});

describe('shares and absolute figures', () => {
  const changing = history((ms) => (day(ms) < 20 ? 4 : NaN));
  const resized = history((ms) => (day(ms) < 20 ? 4 : day(ms) < 25 ? NaN : 8));
  const half = slots(() => 0.5);

  test('use the size of their own time, bridged over holes', () => {
    const cores = timesSize(half, resized).values;
    expect(cores[10 * 288]).toBe(2);
    expect(cores[22 * 288]).toBe(2);
    expect(cores[40 * 288]).toBe(4);
  });

  test('go back and forth', () => {
    expect([...perSize(timesSize(half, resized), resized).values]).toEqual([...half.values]);
    expect(timesSize(half, changing).values[50 * 288]).toBe(2);
  });

  test('keep holes as holes', () => {
    const holed = slots((ms) => (day(ms) < 1 ? NaN : 0.5));
    expect(timesSize(holed, resized).values[5]).toBeNaN();
    expect(perSize(holed, resized).values[5]).toBeNaN();
  });
});
