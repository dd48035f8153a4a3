import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  histogramQuantile,
  mergeHistograms,
  openHistory,
} from '../../../src/collector/indicators/indicators.ts';
import { type MemoryStore, memoryStore } from '../../support/memory-store.ts';
import { sharedFile } from '../../support/parts.ts';
import { series } from './samples.ts';

/** Virtual machines of every kind: hot, medium, cold. */
const CHOSEN = ['4', '46', '185', '323'];
const AUGUST = { fromMs: Date.UTC(2013, 7, 1), toMs: Date.UTC(2013, 8, 1) };

interface Expected {
  readonly n: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p995: number;
  readonly max: number;
}

async function load(file: string): Promise<MemoryStore> {
  const store = memoryStore();
  const chosen = new Set(CHOSEN);
  const samples = [];
  for (const line of gunzipSync(readFileSync(file)).toString().split('\n')) {
    const [vm = '', seconds, , percent] = line.split(',');
    if (!chosen.has(vm)) continue;
    const labels = series(`cpu_used_ratio{instance="${vm}"}`);
    samples.push({ labels, timeMs: Number(seconds) * 1_000, value: Number(percent) * 0.01 });
  }
  await store.add(samples);
  return store;
}

function quantile(sorted: readonly number[], q: number): number {
  const rank = (sorted.length - 1) * q;
  const low = sorted[Math.floor(rank)] ?? Number.NaN;
  return low + ((sorted[Math.ceil(rank)] ?? Number.NaN) - low) * (rank - Math.floor(rank));
}

test('a month of recorded machines has the statistics that numpy finds', async (context) => {
  const store = await load(sharedFile('data/bitbrains_rnd_60vm_5min.csv.gz', context));
  const oracle = JSON.parse(
    readFileSync(sharedFile('data/bitbrains_oracle_numpy.json', context), 'utf8'),
  ) as Record<string, Expected>;
  const history = openHistory(store);
  await history.rollUp({ budgetMs: Number.POSITIVE_INFINITY });
  for (const vm of CHOSEN) {
    const expected = oracle[`${vm}|2013-08`] as Expected;
    const [cpu] = await history.slots(vm, AUGUST.fromMs, AUGUST.toMs);
    const values = [...(cpu?.mean ?? [])].filter((value) => !Number.isNaN(value));
    values.sort((a, b) => a - b);
    expect(values).toHaveLength(expected.n);
    const days = await history.histograms(vm, AUGUST.fromMs, AUGUST.toMs);
    const month = mergeHistograms(days);
    if (month === null) throw new Error(`no histogram of ${vm}`);
    // The oracle is in percent, rounded to six decimals.
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    expect(Math.abs(mean - expected.mean / 100)).toBeLessThan(1e-6);
    expect(Math.abs(month.sum / values.length - expected.mean / 100)).toBeLessThan(1e-6);
    expect(Math.abs(month.max - expected.max / 100)).toBeLessThan(1e-6);
    for (const [q, percent] of [
      [0.5, expected.p50],
      [0.95, expected.p95],
      [0.995, expected.p995],
    ] as const) {
      expect(Math.abs(quantile(values, q) - percent / 100)).toBeLessThan(1e-6);
      // What lies above 100 % is shown as 100 %.
      const shown = Math.min(1, percent / 100);
      expect(Math.abs(histogramQuantile(month, q) - shown)).toBeLessThan(0.005);
    }
  }
});
