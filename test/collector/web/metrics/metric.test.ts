import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import {
  counter,
  gauge,
  labelledCounter,
  labelledGauge,
  type Metric,
  register,
} from '../../../../src/collector/web/metrics/metric.ts';

async function scrape(...metrics: Metric[]): Promise<() => Promise<string>> {
  const registry = new Registry();
  for (const metric of metrics) register(registry, metric);
  return async () => (await registry.metrics()).replaceAll(/^#.*\n/gm, '').trim();
}

test('a metric shows the number of the moment it is asked', async () => {
  let total = 3;
  const text = await scrape(
    counter('things', 'Things.', () => total),
    gauge('level', 'Level.', () => -total),
  );
  expect(await text()).toBe('watchkeeper_things_total 3\n\nwatchkeeper_level -3');
  total = 5;
  expect(await text()).toBe('watchkeeper_things_total 5\n\nwatchkeeper_level -5');
  // Asking twice does not count twice.
  expect(await text()).toContain('watchkeeper_things_total 5');
});

test('values of a label come and go', async () => {
  let rows: [string, number][] = [
    ['a"b', 1],
    ['c', 2],
  ];
  const text = await scrape(
    labelledCounter('seen', 'Seen.', { label: 'code', read: () => rows }),
    labelledGauge('heard', 'Heard.', { label: 'agent', read: () => rows }),
  );
  expect(await text()).toContain('watchkeeper_seen_total{code="a\\"b"} 1');
  rows = [['c', 4]];
  expect(await text()).toBe('watchkeeper_seen_total{code="c"} 4\n\nwatchkeeper_heard{agent="c"} 4');
});
