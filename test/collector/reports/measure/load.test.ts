import { describe, expect, test } from 'vitest';
import type { SlotSeries } from '../../../../src/collector/indicators/indicators.ts';
import { monthsUntil } from '../../../../src/collector/reports/calendar.ts';
import { measureCpu } from '../../../../src/collector/reports/measure/cpu.ts';
import {
  GIB,
  increase,
  measureMemory,
  nominalOf,
} from '../../../../src/collector/reports/measure/memory.ts';
import { seriesIndex } from '../../../../src/collector/reports/measure/series-index.ts';
import { reportWindow } from '../../../../src/collector/reports/measure/window.ts';
import type { IndicatorName } from '../../../../src/shared/indicator.ts';
import { DAY_MS, HOUR_MS } from '../../../../src/shared/units.ts';
import { policy } from '../support/cases.ts';
import { series } from '../support/fake-history.ts';

const POLICY = policy();
const window = reportWindow(monthsUntil('2026-03', 2, 'UTC'), 'UTC');
const { month } = window;
const day = (ms: number): number => (ms - month.fromMs) / DAY_MS;

type Figures = Partial<Record<IndicatorName, (ms: number) => number>>;

function index(figures: Figures, more: readonly SlotSeries[] = []) {
  const own = Object.entries(figures).map(([name, figure]) =>
    series(name as IndicatorName, window, figure),
  );
  return seriesIndex([...own, ...more], window);
}

const cpuOf = (figures: Figures) =>
  measureCpu(index({ cpu_cores: () => 4, ...figures }), window, POLICY);
const memoryOf = (figures: Figures, more: readonly SlotSeries[] = []) =>
  measureMemory(index({ memory_size_bytes: () => 16 * GIB, ...figures }, more), window, POLICY);

describe('CPU', () => {
  test('without its figure is not measured', () => {
    expect(cpuOf({})).toBeNull();
  });

  test('gives the month as shares and both months in cores', () => {
    const found = cpuOf({ cpu_used_ratio: (ms) => (ms < month.fromMs ? 0.5 : 0.25) });
    expect(found).toMatchObject({ size: 4, statistics: { p95: 0.25, mean: 0.25 } });
    expect(found?.demands).toEqual([
      { name: '2026-02', p95: 2, p99_5: 2, max: 2 },
      { name: '2026-03', p95: 1, p99_5: 1, max: 1 },
    ]);
  });

  test('after a resize decides on the days since, and still reports the whole month', () => {
    const resize = month.fromMs + 10 * DAY_MS;
    const found = cpuOf({
      cpu_cores: (ms) => (ms < resize ? 1 : 4),
      cpu_used_ratio: (ms) => (ms < resize ? 1 : 0.5),
    });
    expect(found?.size).toBe(4);
    expect(found?.statistics.max).toBe(1);
    expect(found?.decided.statistics).toMatchObject({ p95: 0.5, max: 0.5 });
    expect(found?.busy.hours).toBe(240);
    expect(found?.decided.busy.hours).toBe(0);
    expect(found?.demands.map(({ max }) => max)).toEqual([2, 2]);
    expect(found?.quality).toMatchObject({ days: 21, sizeChangedInMonth: true });
  });

  test('a number of processors that moves often is never taken for elastic', () => {
    const found = cpuOf({
      cpu_cores: (ms) => 2 + (Math.floor(day(ms)) % 2) * 2,
      cpu_used_ratio: () => 0.2,
    });
    expect(found?.quality.sizeElastic).toBe(false);
    expect(found?.quality.sizeChangedInMonth).toBe(true);
  });

  test('counts short peaks of the month', () => {
    const found = cpuOf({
      cpu_used_ratio: (ms) =>
        ms >= month.fromMs && Math.floor(day(ms)) % 10 === 3 && ms % DAY_MS < HOUR_MS / 2
          ? 0.95
          : 0.1,
    });
    expect(found?.peaks).toEqual({ slots: 18, days: 3 });
  });

  test('means of steal and iowait are those of the busy slots', () => {
    const busy = (ms: number): boolean => ms % DAY_MS < 2 * HOUR_MS;
    const found = cpuOf({
      cpu_used_ratio: (ms) => (busy(ms) ? 0.95 : 0.2),
      cpu_steal_ratio: (ms) => (busy(ms) ? 0.1 : 0),
    });
    expect(found?.stealRatio).toBeCloseTo(0.1, 9);
    expect(found?.iowaitRatio).toBeNaN();
    const idle = cpuOf({ cpu_used_ratio: () => 0.2, cpu_steal_ratio: () => 0.03 });
    expect(idle?.stealRatio).toBeCloseTo(0.03, 9);
  });

  test('without cores keeps its statistics and has no need', () => {
    const found = cpuOf({ cpu_cores: () => NaN, cpu_used_ratio: () => 0.5 });
    expect(found?.statistics.p95).toBe(0.5);
    expect(found?.size).toBeNaN();
    expect(found?.quality.sizeKnown).toBe(false);
  });
});

describe('memory', () => {
  const used = (share: number) => ({ memory_used_bytes: () => share * 16 * GIB });

  test('is measured in GiB, shares of its own time', () => {
    const found = memoryOf(used(0.5));
    expect(found).toMatchObject({ size: 16, nominal: 16, statistics: { p95: 0.5 } });
    expect(found?.demands[0]).toEqual({ name: '2026-02', p95: 8, p99_5: 8, max: 8 });
    expect(memoryOf({})).toBeNull();
  });

  test('the highest value of a slot makes the maximum, the last one the percentiles', () => {
    const flat = series('memory_used_bytes', window, () => 4 * GIB);
    const max = Float64Array.from(flat.mean);
    max[max.length - 100] = 12 * GIB;
    const found = memoryOf({}, [{ ...flat, max }]);
    expect(found?.statistics).toMatchObject({ max: 0.75, p99_5: 0.25 });
    expect(found?.demands[1]?.max).toBe(12);
  });

  test('does not count busy hours', () => {
    expect(memoryOf(used(0.99))?.busy).toEqual({ hours: 0, days: 0, observed: 0 });
  });

  test('pressure that is not collected is unknown, not none', () => {
    const found = memoryOf(used(0.5));
    expect([found?.oomKills, found?.oomKillsWindow, found?.swapDays]).toEqual([NaN, NaN, NaN]);
  });

  test('kills are counted in the month and in the window', () => {
    const found = memoryOf({
      ...used(0.5),
      oom_kills_total: (ms) => (day(ms) < -10 ? 0 : day(ms) < 5 ? 2 : 3),
    });
    expect([found?.oomKills, found?.oomKillsWindow]).toEqual([1, 3]);
  });

  test('days on which swap grows by 1 % of memory count, a high level does not', () => {
    const grows = (ms: number): number =>
      Math.floor(day(ms)) % 10 === 2 && ms % DAY_MS > HOUR_MS ? 1 : 0;
    expect(memoryOf({ ...used(0.5), swap_used_bytes: (ms) => grows(ms) * GIB })?.swapDays).toBe(3);
    expect(memoryOf({ ...used(0.5), swap_used_bytes: () => 8 * GIB })?.swapDays).toBe(0);
    expect(
      memoryOf({ ...used(0.5), swap_used_bytes: (ms) => grows(ms) * 0.1 * GIB })?.swapDays,
    ).toBe(0);
  });

  test('a significant rise is told in points per month', () => {
    const found = memoryOf({ memory_used_bytes: (ms) => (0.5 + 0.002 * day(ms)) * 16 * GIB });
    expect(found?.risePoints).toBeCloseTo(6, 1);
  });

  test.each([
    ['flat', () => 0.5],
    ['falling', (ms: number) => 0.5 - 0.002 * day(ms)],
    ['noise', (ms: number) => 0.5 + 0.1 * Math.sin(day(ms) * 7.3)],
  ])('%s use is no rise', (_, share) => {
    expect(memoryOf({ memory_used_bytes: (ms) => share(ms) * 16 * GIB })?.risePoints).toBeNaN();
  });

  test('a size that a balloon moves does not cut the window', () => {
    const found = memoryOf({
      memory_size_bytes: (ms) => (8 + Math.floor((day(ms) + 28) / 6)) * GIB,
      memory_used_bytes: () => 2 * GIB,
    });
    expect(found?.quality).toMatchObject({ sizeElastic: true, days: 59 });
    expect(found?.demands).toHaveLength(2);
  });
});

test.each([
  [15.6, 16],
  [3.87, 4],
  [2.94, 3],
  [511.46, 512],
  [16, 16],
  [5.3, 5.3],
  [0.5, 0.5],
])('%d GiB as the kernel sees it were bought as %d', (seen, bought) => {
  expect(nominalOf(seen, POLICY.quality.nominal_tolerance)).toBe(bought);
});

test.each([
  [[0, 0, 1, 3], 3],
  [[5, 5, 5], 0],
  [[4, NaN, 6], 2],
  [[7, 1, 2], 2],
  [[], 0],
])('the rise of the counter %j is %d', (values, rise) => {
  expect(increase(Float64Array.from(values))).toBe(rise);
});
