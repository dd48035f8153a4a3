import { expect, test } from 'vitest';
import { FAMILIES, indicatorText } from '../../../../src/collector/web/metrics/indicator-text.ts';
import { INDICATORS, type IndicatorValue } from '../../../../src/shared/indicator.ts';

const NOW = 10_000_000;
const live = (values: readonly Omit<IndicatorValue, 'device'>[]) => ({
  of: (device: string) => values.map((value) => ({ device, ...value })),
});

test('one group per indicator over all devices, items as their label', async () => {
  const text = await indicatorText(
    ['db', 'we"b'],
    live([
      { indicator: 'cpu_used_ratio', item: '', timeMs: NOW, value: 0.5 },
      { indicator: 'filesystem_used_bytes', item: '/', timeMs: NOW, value: 7 },
    ]),
    NOW,
  );
  expect(text).toBe(`# HELP watchkeeper_cpu_used_ratio CPU time not idle, of all cores.
# TYPE watchkeeper_cpu_used_ratio gauge
watchkeeper_cpu_used_ratio{instance="db"} 0.5
watchkeeper_cpu_used_ratio{instance="we\\"b"} 0.5
# HELP watchkeeper_filesystem_used_bytes File system in use.
# TYPE watchkeeper_filesystem_used_bytes gauge
watchkeeper_filesystem_used_bytes{instance="db",mountpoint="/"} 7
watchkeeper_filesystem_used_bytes{instance="we\\"b",mountpoint="/"} 7
`);
});

test('history and unknown values are left out', async () => {
  const text = await indicatorText(
    ['old'],
    live([
      { indicator: 'load1', item: '', timeMs: NOW - 300_001, value: 1 },
      { indicator: 'reachable', item: '', timeMs: NOW, value: Number.NaN },
    ]),
    NOW,
  );
  expect(text).toBe('');
});

test('days become seconds under a name that says so, totals are counters', async () => {
  const text = await indicatorText(
    ['x'],
    live([
      { indicator: 'certificate_days_left', item: '', timeMs: NOW, value: 2 },
      { indicator: 'oom_kills_total', item: '', timeMs: NOW, value: 3 },
    ]),
    NOW,
  );
  expect(text).toContain('watchkeeper_certificate_left_seconds{instance="x"} 172800\n');
  expect(text).toContain('# TYPE watchkeeper_oom_kills_total counter\n');
});

test('every indicator has its own metric', () => {
  const names = [...FAMILIES.values()].map(({ name }) => name);
  expect(new Set(names).size).toBe(Object.keys(INDICATORS).length);
});

test('many devices are written in turns, so that others get theirs', async () => {
  let turns = 0;
  const devices = Array.from({ length: 1_000 }, (_, i) => `d${i}`);
  let running = true;
  const count = (): void => {
    turns++;
    if (running) setImmediate(count);
  };
  setImmediate(count);
  const text = await indicatorText(
    devices,
    live([{ indicator: 'load1', item: '', timeMs: NOW, value: 1 }]),
    NOW,
  );
  running = false;
  expect(turns).toBeGreaterThanOrEqual(4);
  expect(text.match(/^watchkeeper_load1\{/gm)).toHaveLength(1_000);
});
