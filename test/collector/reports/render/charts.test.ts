import { describe, expect, test } from 'vitest';
import { decideStorage } from '../../../../src/collector/reports/decide/storage.ts';
import type { DeviceFinding, ResourceRow } from '../../../../src/collector/reports/document.ts';
import { sparkline } from '../../../../src/collector/reports/render/charts/sparkline.ts';
import { storageChart } from '../../../../src/collector/reports/render/charts/storage.ts';
import { strip } from '../../../../src/collector/reports/render/charts/strip.ts';
import { drawSvg } from '../../../../src/collector/reports/render/charts/svg.ts';
import { HOUR_MS } from '../../../../src/shared/units.ts';
import { GIB, policy, statistics, storage } from '../support/cases.ts';

const WORDS = { title: 'a <title> & "more"', unit: 'GB', present: 'present', advised: 'advised' };

const DEVICE: DeviceFinding = {
  device: 'srv',
  kind: 'server',
  demo: false,
  machine: 'unknown',
  address: '',
  business: '',
  importance: '',
  owner: '',
  verdict: 'add',
  rows: [],
};

function storageRow(): ResourceRow {
  const decision = decideStorage(
    storage({ forecast: { level: 95 * GIB, slope: GIB, daysToFull: 5, p30: 1, p60: 1, p90: 1 } }),
    policy(),
  );
  return {
    resource: 'filesystem',
    item: '/data',
    aliases: [],
    unit: 'bytes',
    capacity: 100 * GIB,
    coverage: 1,
    days: 59,
    since: null,
    resizedOn: null,
    months: [],
    statistics: statistics(),
    busy: { hours: 0, days: 0, observed: 0 },
    previousP95: NaN,
    decision,
    restraint: null,
  };
}

describe('a drawing', () => {
  const option = {
    xAxis: { type: 'value' as const },
    yAxis: { type: 'value' as const },
    series: [
      {
        type: 'line' as const,
        data: [
          [0, 1],
          [1, 2],
        ],
        areaStyle: {},
      },
    ],
  };
  const draw = (id: string, title = 'title') =>
    drawSvg({ id, title, width: 200, height: 100, option });

  test('is the same text every time', async () => {
    const first = await draw('one');
    await draw('other');
    expect(await draw('one')).toBe(first);
  });

  test('carries its own identifiers and no class, style sheet or font', async () => {
    const svg = await draw('chart-7');
    expect(svg).toContain('id="chart-7-');
    expect(svg).not.toMatch(/zr\d|class=|<style|font-family/);
  });

  test('is described by its title, escaped', async () => {
    const svg = await draw('x', 'a <b> "c" $& `d`');
    expect(svg).toContain('aria-label="a &lt;b&gt; &quot;c&quot; $&amp; &#96;d&#96;"');
    expect(svg.startsWith('<svg role="img" ')).toBe(true);
  });
});

describe('the sparkline', () => {
  const paths = (svg: string): string[] =>
    [...svg.matchAll(/<path d="([^"]*)"\/>/g)].map((m) => m[1] ?? '');

  test('draws thirteen months and marks the last', () => {
    const svg = sparkline(
      Float64Array.from({ length: 13 }, (_, i) => i / 13),
      0.8,
    );
    expect(paths(svg)[0]?.match(/[ML]/g)).toHaveLength(13);
    expect(svg).toContain('<circle');
  });

  test('leaves a gap where a month is missing', () => {
    const svg = sparkline(Float64Array.of(0.1, 0.2, NaN, 0.3, 0.4), 0.8);
    expect(paths(svg)[0]?.match(/M/g)).toHaveLength(2);
    expect(sparkline(Float64Array.of(0.1, NaN), 0.8)).not.toContain('<circle');
  });

  test('is nothing where nothing is known', () => {
    expect(sparkline(new Float64Array(13).fill(NaN), 0.8)).toBe('');
    expect(sparkline(new Float64Array(0), 0.8)).toBe('');
  });

  test('keeps loads above 100 % inside its box', () => {
    const y = [...sparkline(Float64Array.of(1.06, 0), 0.8).matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(
      (m) => Number(m[1]),
    );
    expect(Math.min(...y)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...y)).toBeLessThanOrEqual(16);
  });
});

test('a store is drawn with its history, its future and both sizes', async () => {
  const days = Int32Array.from({ length: 90 }, (_, i) => 20_454 + i);
  const svg = await storageChart(
    {
      device: DEVICE,
      row: storageRow(),
      history: { days, values: Float64Array.from(days, (_, i) => (50 + i / 2) * GIB) },
      trendFrom: 20_454,
      trend: { atLast: 95 * GIB, perDay: GIB / 2 },
      fanDays: [30, 60, 90],
      fan: {
        low: Float64Array.of(100, 110, 120).map((v) => v * GIB),
        middle: Float64Array.of(110, 125, 140).map((v) => v * GIB),
        high: Float64Array.of(120, 140, 160).map((v) => v * GIB),
      },
    },
    { id: 'store-1', words: WORDS },
  );
  expect(svg).toContain('>present 100 GB<');
  expect(svg).toMatch(/>advised \d+ GB</);
  expect(svg).toContain('stroke-dasharray');
  expect(svg).toMatch(/>26-\d\d-\d\d</);
  expect(svg).not.toContain('NaN');
});

test('a strip bridges nothing: hours without figures are gaps', async () => {
  const values = Float64Array.from({ length: 124 }, (_, i) => (i > 40 && i < 60 ? NaN : 2));
  const row: ResourceRow = {
    ...storageRow(),
    resource: 'cpu',
    item: null,
    unit: 'cores',
    decision: { ...storageRow().decision, current: 4, target: 8 },
  };
  const times = Array.from({ length: 124 }, (_, i) => Date.UTC(2026, 2, 1) + i * 6 * HOUR_MS);
  const drawn = { device: DEVICE, row, times, p5: values, p50: values, p95: values };
  const options = { id: 'strip-1', timezone: 'UTC', words: { ...WORDS, unit: '' } };
  const svg = await strip(drawn, options);
  expect(svg).toContain('>present 4<');
  expect(svg).toContain('>advised 8<');
  expect(svg).toContain('>03-06<');
  expect(svg).not.toContain('NaN');
  const whole = await strip({ ...drawn, p50: new Float64Array(124).fill(2) }, options);
  expect(whole).not.toBe(svg);
});
