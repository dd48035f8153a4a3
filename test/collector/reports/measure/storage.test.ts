import { describe, expect, test } from 'vitest';
import type { DayHistogram, SlotSeries } from '../../../../src/collector/indicators/indicators.ts';
import { monthsUntil } from '../../../../src/collector/reports/calendar.ts';
import { seriesIndex } from '../../../../src/collector/reports/measure/series-index.ts';
import {
  DATABASE,
  FILESYSTEM,
  INODES,
  measureStorage,
  type StorageItem,
} from '../../../../src/collector/reports/measure/storage.ts';
import { reportWindow } from '../../../../src/collector/reports/measure/window.ts';
import { DAY_MS } from '../../../../src/shared/units.ts';
import { GIB, policy } from '../support/cases.ts';
import { series } from '../support/fake-history.ts';

const POLICY = policy();
const window = reportWindow(monthsUntil('2026-03', 2, 'UTC'), 'UTC');
const { month } = window;
const day = (ms: number): number => (ms - window.fromMs) / DAY_MS;

function disk(mount: string, used: (ms: number) => number, gib = 100): SlotSeries[] {
  return [
    series('filesystem_used_bytes', window, (ms) => used(ms) * GIB, mount),
    series('filesystem_size_bytes', window, () => gib * GIB, mount),
  ];
}

function measure(
  slots: readonly SlotSeries[],
  more: { kind?: typeof FILESYSTEM; histograms?: readonly DayHistogram[]; ignore?: string[] } = {},
): readonly StorageItem[] {
  const source = {
    device: 'srv-1',
    series: seriesIndex(slots, window),
    histograms: more.histograms ?? [],
  };
  const ignore = more.ignore ?? POLICY.storage.ignore_mounts;
  return measureStorage(source, more.kind ?? FILESYSTEM, { window, policy: POLICY, ignore });
}

/** Days before the window, as the collector's daily histograms give them. */
function past(days: number, used: (dayBefore: number) => number, item = '/'): DayHistogram[] {
  return Array.from({ length: days }, (_, i) => ({
    indicator: 'filesystem_used_bytes',
    item,
    dayMs: window.fromMs - (i + 1) * DAY_MS,
    scale: 'log',
    buckets: Int32Array.of(0),
    counts: Uint32Array.of(288),
    sum: 0,
    max: used(i + 1) * GIB,
    last: 0,
  }));
}

test('a file system has its size, its shares and its daily maxima', () => {
  const [item] = measure(disk('/', (ms) => 20 + 0.5 * day(ms)));
  expect(item?.measure.size).toBe(100 * GIB);
  expect(item?.history.days.length).toBe(59);
  expect(item?.measure.statistics.max).toBeCloseTo(0.495, 2);
  expect(item?.measure.forecast?.slope).toBeCloseTo(0.5 * GIB, -3);
  expect((item?.measure.monthChange ?? 0) / GIB).toBeCloseTo(15.5, 6);
});

test('the day counts by its highest value, not its last', () => {
  const [item] = measure(disk('/', (ms) => (ms % DAY_MS === 0 ? 60 : 20)));
  expect(item?.measure.highest).toBe(60 * GIB);
  expect(item?.history.values.every((value) => value === 60 * GIB)).toBe(true);
});

test('days before the window come from daily histograms', () => {
  const [item] = measure(
    disk('/', () => 30),
    { histograms: past(40, (before) => 30 - 0.1 * before) },
  );
  expect(item?.history.days.length).toBe(99);
  expect((item?.history.values[0] ?? 0) / GIB).toBeCloseTo(26, 6);
  // The forecast looks at 90 days of them.
  expect(item?.measure.forecast?.days).toBe(90);
  expect(item?.measure.daysSeen).toBe(90);
});

test('of a size in bytes the histogram of its share is not taken for bytes', () => {
  const shares = past(20, () => 0.3 / GIB).map((one) => ({ ...one, scale: 'linear' as const }));
  const [item] = measure(
    disk('/', () => 30),
    { histograms: [...past(20, () => 30), ...shares] },
  );
  expect(item?.history.values.every((value) => value === 30 * GIB)).toBe(true);
});

test('other items and indicators of the histograms do not count', () => {
  const other = past(20, () => 90, '/other');
  const rate = past(20, () => 90).map((one) => ({
    ...one,
    indicator: 'filesystem_size_bytes' as const,
  }));
  const [item] = measure(
    disk('/', () => 30),
    { histograms: [...other, ...rate] },
  );
  expect(item?.history.days.length).toBe(59);
});

describe('mounts of one file system', () => {
  const same = (ms: number): number => 30 + Math.sin(day(ms));

  test('are one row with the shorter name, the others told', () => {
    const items = measure([...disk('/var/lib/data', same), ...disk('/data', same)]);
    expect(items.map(({ item, aliases }) => [item, aliases])).toEqual([
      ['/data', ['/var/lib/data']],
    ]);
  });

  test('of another size or another use stay apart', () => {
    const items = measure([
      ...disk('/a', same),
      ...disk('/b', same, 200),
      ...disk('/c', (ms) => same(ms) + 0.001),
    ]);
    expect(items.map(({ item }) => item)).toEqual(['/a', '/b', '/c']);
  });
});

test('mounts that are no storage of their own are left out', () => {
  const items = measure([
    ...disk('/', () => 30),
    ...disk('/snap/core/123', () => 31),
    ...disk('/var/lib/docker/overlay2/x', () => 32),
  ]);
  expect(items.map(({ item }) => item)).toEqual(['/']);
});

test('a file system that grew keeps its history and takes the new size', () => {
  const grown = month.fromMs + 5 * DAY_MS;
  const [item] = measure([
    series('filesystem_used_bytes', window, (ms) => (40 + 0.2 * day(ms)) * GIB, '/'),
    series('filesystem_size_bytes', window, (ms) => (ms < grown ? 100 : 200) * GIB, '/'),
  ]);
  expect(item?.measure.size).toBe(200 * GIB);
  expect(item?.measure.forecast?.days).toBe(59);
  expect(item?.measure.quality.sizeChangedInMonth).toBe(false);
  // The share is of the size of its own time.
  expect(item?.measure.statistics.max).toBeCloseTo((40 + 0.2 * 33) / 100, 2);
});

test('without a size there is no forecast, and the size is unknown', () => {
  const [item] = measure([series('filesystem_used_bytes', window, () => 5 * GIB, '/')]);
  expect(item?.measure.forecast).toBeNull();
  expect(item?.measure.quality.sizeKnown).toBe(false);
  expect(item?.measure.size).toBeNaN();
});

describe('inodes', () => {
  const inodes = (share: number) =>
    series('filesystem_inodes_used_ratio', window, () => share, '/');

  test('are shares of one', () => {
    const [item] = measure([inodes(0.7)], { kind: INODES });
    expect(item?.measure).toMatchObject({ size: 1, unit: 'ratio' });
    expect(item?.measure.statistics.p95).toBe(0.7);
  });

  test('below half are not looked at', () => {
    expect(measure([inodes(0.49)], { kind: INODES })).toEqual([]);
  });
});

test('databases have their own limit', () => {
  const [item] = measure(
    [
      series('database_used_bytes', window, () => 40 * GIB, 'orcl'),
      series('database_limit_bytes', window, () => 50 * GIB, 'orcl'),
    ],
    { kind: DATABASE, ignore: ['template0'] },
  );
  expect(item).toMatchObject({ item: 'orcl', measure: { size: 50 * GIB, unit: 'bytes' } });
  expect(item?.measure.statistics.p95).toBeCloseTo(0.8, 9);
});

test('a gap in the month leaves a bridged history and lower coverage', () => {
  const gap = (ms: number): boolean =>
    ms >= month.fromMs + 5 * DAY_MS && ms < month.fromMs + 9 * DAY_MS;
  const [item] = measure(disk('/', (ms) => (gap(ms) ? NaN : 20 + 0.5 * day(ms))));
  expect(item?.history.days.length).toBe(55);
  expect(item?.measure.forecast?.slope).toBeCloseTo(0.5 * GIB, -3);
  expect(item?.measure.quality.coverage).toBeCloseTo(27 / 31, 6);
});
