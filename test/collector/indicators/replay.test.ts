import { describe, expect, test } from 'vitest';
import { openLiveIndicators } from '../../../src/collector/indicators/indicators.ts';
import type { IndicatorValue } from '../../../src/shared/indicator.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { DAY, HOUR, STEP, samples } from './samples.ts';

const line = ({ indicator, item, timeMs, value }: IndicatorValue): string =>
  `${timeMs - DAY} ${indicator}{${item}} ${value}`;

/** Three hours of a counter that is reset once and a level, and what live made of them. */
async function recorded() {
  const store = memoryStore();
  const live = openLiveIndicators(store);
  const steps = (3 * HOUR) / STEP;
  const counter = samples(
    'node_disk_read_bytes_total{device="sda"}',
    Array.from({ length: steps }, (_, i) => (i < 500 ? i * i : i)),
  );
  const load = samples(
    'node_load1',
    Array.from({ length: steps }, (_, i) => i % 7),
  );
  const seen: string[] = [];
  for (let i = 0; i < steps; i++) {
    await store.add([counter[i]!, load[i]!]);
    seen.push(...live.update().map(line));
  }
  return { live, seen };
}

describe('replay', () => {
  test('gives again what live saw, scrape by scrape', async () => {
    const { live, seen } = await recorded();
    const again: string[] = [];
    let before = 0;
    for await (const values of live.replay('host', DAY, DAY + 3 * HOUR)) {
      const [{ timeMs } = { timeMs: 0 }] = values;
      expect(timeMs).toBeGreaterThan(before);
      before = timeMs;
      again.push(...values.map(line));
    }
    expect(again).toEqual(seen);
  });

  test('has the first rate of a window, from the sample before it', async () => {
    const { live, seen } = await recorded();
    const fromMs = DAY + HOUR;
    const again: string[] = [];
    for await (const values of live.replay('host', fromMs, fromMs + 4 * STEP)) {
      again.push(...values.map(line));
    }
    expect(again).toEqual(seen.slice(seen.findIndex((s) => s.startsWith(`${HOUR} `))).slice(0, 8));
  });

  test('of a device without samples gives nothing', async () => {
    const live = openLiveIndicators(memoryStore());
    for await (const values of live.replay('host', DAY, DAY + HOUR)) expect(values).toBeNull();
  });
});
