/**
 * The judge of durability tests. Every value is a pure function of (sender, series, index), so the
 * content of the store can be checked without remembering what was sent; only *which* batches were
 * acknowledged is remembered. It is never faulted itself.
 */

import type { SeriesWindow, Store } from '../../src/collector/store/store.ts';
import { encodeSamples } from '../../src/shared/remote-write.ts';
import { makeLabels, type Sample } from '../../src/shared/sample.ts';

export const SERIES_PER_SENDER = 10;
const STEP_MS = 1_000;

export interface Judgement {
  /** Acknowledged samples that are not in the store. */
  readonly lost: number;
  /** Stored more than once. */
  readonly doubled: number;
  /** Stored with another value than was sent. */
  readonly wrong: number;
  /** In the store, and never sent. */
  readonly invented: number;
  readonly stored: number;
}

export function expectedValue(sender: string, series: number, index: number): number {
  let hash = 2166136261;
  for (const c of `${sender}/${series}/${index}`) {
    hash = Math.imul(hash ^ c.charCodeAt(0), 16777619);
  }
  return (hash >>> 0) / 1000;
}

export function expectedTime(startMs: number, index: number): number {
  return startMs + index * STEP_MS;
}

/** Batch number `index` (from 1) of a sender: one sample of each of its series. */
export function batchOf(sender: string, startMs: number, index: number): Buffer {
  const samples: Sample[] = [];
  for (let series = 0; series < SERIES_PER_SENDER; series++) {
    samples.push({
      labels: makeLabels([
        ['__name__', `oracle_series_${series}`],
        ['instance', sender],
        ['agent', sender],
      ]),
      timeMs: expectedTime(startMs, index),
      value: expectedValue(sender, series, index),
    });
  }
  return encodeSamples(samples);
}

function seriesNumber(window: SeriesWindow): number {
  return Number(/^oracle_series_(\d+)$/.exec(window.labels.__name__ ?? '')?.[1] ?? -1);
}

/**
 * Holds the store against what was acknowledged (`acked`: batch indexes per sender) and what was
 * sent at all (`sent`: highest index tried). A batch sent but not acknowledged may be there or not.
 */
export async function judge(
  store: Store,
  startMs: number,
  senders: ReadonlyMap<string, { readonly acked: ReadonlySet<number>; readonly sent: number }>,
): Promise<Judgement> {
  const found = { lost: 0, doubled: 0, wrong: 0, invented: 0, stored: 0 };
  for (const [sender, { acked, sent }] of senders) {
    const windows = await store.read(sender, startMs, expectedTime(startMs, sent + 2));
    const seen = new Set<string>();
    for (const window of windows) {
      const series = seriesNumber(window);
      if (series < 0) continue;
      for (let i = 0; i < window.times.length; i++) {
        const index = ((window.times[i] ?? 0) - startMs) / STEP_MS;
        const key = `${series}/${index}`;
        found.stored++;
        if (seen.has(key)) found.doubled++;
        seen.add(key);
        if (index < 1 || index > sent) found.invented++;
        else if (window.values[i] !== expectedValue(sender, series, index)) found.wrong++;
      }
    }
    for (const index of acked) {
      for (let series = 0; series < SERIES_PER_SENDER; series++) {
        if (!seen.has(`${series}/${index}`)) found.lost++;
      }
    }
  }
  return found;
}
