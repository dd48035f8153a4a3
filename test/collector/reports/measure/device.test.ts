import { describe, expect, test } from 'vitest';
import type { DayHistogram } from '../../../../src/collector/indicators/indicators.ts';
import { monthsUntil } from '../../../../src/collector/reports/calendar.ts';
import { measureDevice } from '../../../../src/collector/reports/measure/device.ts';
import { monthlyP95 } from '../../../../src/collector/reports/measure/monthly-p95.ts';
import { seriesIndex } from '../../../../src/collector/reports/measure/series-index.ts';
import { reportWindow } from '../../../../src/collector/reports/measure/window.ts';
import { DAY_MS } from '../../../../src/shared/units.ts';
import { GIB, policy } from '../support/cases.ts';
import { series } from '../support/fake-history.ts';

const POLICY = policy();
const window = reportWindow(monthsUntil('2026-03', 2, 'UTC'), 'UTC');

const measure = (...slots: ReturnType<typeof series>[]) =>
  measureDevice({ device: 'srv', kind: 'server', slots, histograms: [] }, window, POLICY);

test('a device without figures has no measures', () => {
  expect(measure()).toEqual({
    cpu: null,
    memory: null,
    filesystems: [],
    inodes: [],
    databases: [],
    networks: [],
    networkP95: NaN,
  });
});

test('every kind of resource finds its series', () => {
  const found = measure(
    series('cpu_used_ratio', window, () => 0.5),
    series('cpu_cores', window, () => 4),
    series('memory_used_bytes', window, () => GIB),
    series('memory_size_bytes', window, () => 4 * GIB),
    series('filesystem_used_bytes', window, () => GIB, '/'),
    series('filesystem_inodes_used_ratio', window, () => 0.9, '/'),
    series('network_receive_bytes_per_second', window, () => 10, 'eth0'),
    series('database_used_bytes', window, () => GIB, 'app'),
  );
  expect(found.cpu?.size).toBe(4);
  expect(found.memory?.size).toBe(4);
  expect(found.filesystems.map(({ item }) => item)).toEqual(['/']);
  expect(found.inodes.map(({ item }) => item)).toEqual(['/']);
  expect(found.networks.map(({ item }) => item)).toEqual(['eth0']);
  expect(found.databases.map(({ item }) => item)).toEqual(['app']);
});

test('only a server that may be idle is asked for its traffic', () => {
  const traffic = series('network_receive_bytes_per_second', window, () => 10, 'eth0');
  const cores = series('cpu_cores', window, () => 4);
  expect(
    measure(
      series('cpu_used_ratio', window, () => 0.5),
      cores,
      traffic,
    ).networkP95,
  ).toBeNaN();
  expect(
    measure(
      series('cpu_used_ratio', window, () => 0.01),
      cores,
      traffic,
    ).networkP95,
  ).toBe(10);
});

test('databases of the system itself are left out', () => {
  const found = measure(
    series('database_used_bytes', window, () => GIB, 'template1'),
    series('database_used_bytes', window, () => GIB, 'app'),
  );
  expect(found.databases.map(({ item }) => item)).toEqual(['app']);
});

test('the index finds series by indicator and item, items in order', () => {
  const index = seriesIndex(
    [
      series('filesystem_used_bytes', window, () => 1, '/var'),
      series('filesystem_used_bytes', window, () => 1, '/'),
      series('cpu_used_ratio', window, () => 1),
    ],
    window,
  );
  expect(index.items('filesystem_used_bytes')).toEqual(['/', '/var']);
  expect(index.of('filesystem_used_bytes', '/var')?.item).toBe('/var');
  expect(index.of('filesystem_used_bytes', '/none')).toBeUndefined();
  expect(index.one('cpu_used_ratio')?.indicator).toBe('cpu_used_ratio');
  expect(index.one('cpu_cores')).toBeUndefined();
  expect(index.items('cpu_cores')).toEqual([]);
});

describe('a year of P95', () => {
  const months = monthsUntil('2026-03', 13, 'UTC');
  const year = (cpu: Parameters<typeof monthlyP95>[2], histograms: readonly DayHistogram[] = []) =>
    [...monthlyP95(months, histograms, cpu)].map((value) => Number(value.toFixed(4)));

  /** A day of 288 slots: 90 % at 0.2, 10 % at `high`. */
  const dayOf = (dayMs: number, high: number): DayHistogram => ({
    indicator: 'cpu_used_ratio',
    item: '',
    dayMs,
    scale: 'linear',
    buckets: Int32Array.of(40, Math.floor(high * 200)),
    counts: Uint32Array.of(259, 29),
    sum: 0,
    max: high,
    last: 0.2,
  });

  test('is exact for the months that were read, within half a point before', () => {
    const { cpu } = measure(
      series('cpu_used_ratio', window, (ms) => (ms < window.month.fromMs ? 0.3 : 0.7)),
      series('cpu_cores', window, () => 4),
    );
    const january = Array.from({ length: 31 }, (_, i) =>
      dayOf(Date.UTC(2026, 0, 1) + i * DAY_MS, 0.5),
    );
    const found = year(cpu, january);
    expect(found.slice(-3)).toEqual([0.5025, 0.3, 0.7]);
    expect(found.slice(0, 10).every(Number.isNaN)).toBe(true);
  });

  test('is empty where nothing is kept', () => {
    expect(year(null).every(Number.isNaN)).toBe(true);
  });

  test('takes no other indicator for CPU', () => {
    const other = { ...dayOf(Date.UTC(2026, 0, 5), 0.5), indicator: 'disk_busy_ratio' as const };
    expect(year(null, [other]).every(Number.isNaN)).toBe(true);
  });
});
