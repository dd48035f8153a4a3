/** Statistics of recorded months against figures computed with numpy and scipy. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { monthPeriod } from '../../../src/collector/reports/calendar.ts';
import {
  meanOf,
  describe as statisticsOf,
} from '../../../src/collector/reports/figures/statistics.ts';
import { theilSen } from '../../../src/collector/reports/figures/theil-sen.ts';
import { DAY_MS, SLOT_MS } from '../../../src/shared/units.ts';
import { type Recording, readAzure, readBitbrains } from '../../../tools/backtest/recordings.ts';
import { sharedFile } from '../../support/parts.ts';
import { device, type JsonRow, json } from './support/report.ts';

interface Oracle {
  readonly n: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p995: number;
  readonly max: number;
  readonly mem_p95: number;
  readonly mem_max: number;
  readonly daily_mean_theil_slope: number;
  readonly theil_lo: number;
  readonly theil_hi: number;
  readonly hours_ge85: number;
}

const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;

/** The oracle went through float32: a millionth of the capacity is exact. */
const EXACT = 1e-6;

const closeTo = (own: number, theirs: number, label: string): void => {
  expect(Math.abs(own - theirs / 100), label).toBeLessThanOrEqual(EXACT);
};

describe('60 machines × 3 months', () => {
  test('every figure of the report is the oracle’s', async (context) => {
    const oracle = readJson<Record<string, Oracle>>(
      sharedFile('data/bitbrains_oracle_numpy.json', context),
    );
    const recordings = readBitbrains(
      dirname(sharedFile('data/bitbrains_rnd_60vm_5min.csv.gz', context)),
    );
    let compared = 0;
    for (const month of ['2013-07', '2013-08', '2013-09']) {
      const report = await json(fleetOf(recordings), { month });
      for (const { device: name, resources } of report.devices) {
        const expected = oracle[`${name.slice(3)}|${month}`];
        const [cpu, memory] = resources as readonly [JsonRow, JsonRow];
        if (expected === undefined) continue;
        const label = `${name} ${month}`;
        for (const [own, theirs] of [
          [cpu.mean, expected.mean],
          [cpu.p50, expected.p50],
          [cpu.p95, expected.p95],
          [cpu.p99_5, expected.p995],
          [cpu.max, expected.max],
        ] as const) {
          closeTo(own, theirs, label);
        }
        // A size that glitched made one maximum of 4604 %: there float32 is coarser.
        closeTo(memory.p95, expected.mem_p95, label);
        expect((memory.max * 100) / expected.mem_max, label).toBeCloseTo(1, 6);
        expect(cpu.busy_hours, `${label} busy hours`).toBe(expected.hours_ge85);
        compared++;
      }
    }
    expect(compared).toBe(180);
  }, 300_000);

  test('Theil–Sen slopes of the daily means are scipy’s', (context) => {
    const oracle = readJson<Record<string, Oracle>>(
      sharedFile('data/bitbrains_oracle_numpy.json', context),
    );
    const recordings = readBitbrains(
      dirname(sharedFile('data/bitbrains_rnd_60vm_5min.csv.gz', context)),
    );
    let sameBounds = 0;
    for (const recording of recordings) {
      for (const month of ['2013-07', '2013-08', '2013-09']) {
        const expected = oracle[`${recording.name.slice(3)}|${month}`];
        if (expected === undefined) continue;
        const means = dailyMeans(recording, month);
        const line = theilSen(
          Float64Array.from(means, (_, i) => i),
          means,
          0.95,
        );
        expect(line.slope).toBeCloseTo(expected.daily_mean_theil_slope, 5);
        const same =
          Math.abs(line.low - expected.theil_lo) < 1e-5 &&
          Math.abs(line.high - expected.theil_hi) < 1e-5;
        if (same) sameBounds++;
      }
    }
    // On a few the oracle counted other ties, because it rounded to float32.
    expect(sameBounds).toBeGreaterThanOrEqual(177);
  }, 120_000);
});

/** That oracle was computed from the trace before it was rounded to three decimals. */
test('100 machines of another trace agree as well', (context) => {
  const oracle = readJson<Record<string, Record<string, number>>>(
    sharedFile('data/azure100_oracle_numpy.json', context),
  );
  const machines = readAzure(dirname(sharedFile('data/azure100_5min_avg.csv.gz', context)));
  expect(machines.size).toBe(100);
  for (const [name, values] of machines) {
    const own = statisticsOf(values);
    const theirs = oracle[name] ?? {};
    for (const [ours, key] of [
      [own.mean, 'mean'],
      [own.p50, 'p50'],
      [own.p90, 'p90'],
      [own.p95, 'p95'],
      [own.p99_5, 'p99.5'],
      [own.max, 'max'],
    ] as const) {
      expect(ours * 100, `${name} ${key}`).toBeCloseTo(theirs[key] ?? NaN, 2);
    }
  }
}, 60_000);

function fleetOf(recordings: readonly Recording[]) {
  return {
    devices: recordings.map(({ name }) => device(name, { kind: 'unknown', status: 'imported' })),
    series: new Map(
      recordings.map((recording) => {
        const one = (
          indicator: 'cpu_used_ratio' | 'cpu_cores' | 'memory_used_bytes' | 'memory_size_bytes',
          values: Float64Array,
        ) => ({
          indicator,
          item: '',
          startMs: recording.startMs,
          mean: values,
          max: values,
          last: values,
        });
        return [
          recording.name,
          [
            one('cpu_used_ratio', recording.cpu),
            one('cpu_cores', recording.cores),
            one('memory_used_bytes', recording.memoryUsedBytes),
            one('memory_size_bytes', recording.memorySizeBytes),
          ],
        ] as const;
      }),
    ),
  };
}

/** Percentages, of the UTC days that have figures. */
function dailyMeans({ cpu, startMs }: Recording, month: string): Float64Array {
  const { fromMs, toMs } = monthPeriod(month, 'UTC');
  const means: number[] = [];
  for (let dayMs = fromMs; dayMs < toMs; dayMs += DAY_MS) {
    const first = (dayMs - startMs) / SLOT_MS;
    const mean = meanOf(cpu.subarray(first, first + DAY_MS / SLOT_MS));
    if (!Number.isNaN(mean)) means.push(mean * 100);
  }
  return Float64Array.from(means);
}
