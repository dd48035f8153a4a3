/** Samples for the tests of this room, from text as an exporter writes it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SeriesWindow } from '../../../src/collector/store/store.ts';
import { openExpositionReader } from '../../../src/shared/exposition.ts';
import { type Labels, labelsKey, makeLabels, type Sample } from '../../../src/shared/sample.ts';

/** A Monday, midnight UTC. */
export const DAY = Date.UTC(2026, 0, 5);
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** The usual time between two scrapes. */
export const STEP = 15 * SECOND;

export function series(text: string, extra: Readonly<Record<string, string>> = {}): Labels {
  const parsed = openExpositionReader('prometheus').line(`${text} 0`);
  const given = Object.entries(parsed?.labels ?? {});
  return makeLabels([['instance', 'host'], ...given, ...Object.entries(extra)]);
}

export function sample(text: string, timeMs: number, value: number): Sample {
  return { labels: series(text), timeMs, value };
}

/** Samples of one series, `stepMs` apart. */
export function samples(
  text: string,
  values: readonly number[],
  { startMs = DAY, stepMs = STEP } = {},
): Sample[] {
  const labels = series(text);
  return values.map((value, i) => ({ labels, timeMs: startMs + i * stepMs, value }));
}

/** A recorded scrape of this folder's fixtures. */
export function scrape(
  name: string,
  timeMs: number,
  extra: Readonly<Record<string, string>> = {},
): Sample[] {
  const file = fileURLToPath(new URL(`fixtures/${name}.prom`, import.meta.url));
  const reader = openExpositionReader('prometheus');
  const found: Sample[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const parsed = reader.line(line);
    if (parsed === null) continue;
    const pairs = [['instance', 'host'], ['job', 'node'], ...Object.entries(parsed.labels)];
    const labels = makeLabels([...pairs, ...Object.entries(extra)] as [string, string][]);
    found.push({ labels, timeMs, value: parsed.value });
  }
  return found;
}

/** What a store would read of these samples. */
export function windows(list: readonly Sample[]): SeriesWindow[] {
  const groups = new Map<string, Sample[]>();
  for (const one of list) {
    const key = labelsKey(one.labels);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group, number) => {
    const sorted = [...group].sort((a, b) => a.timeMs - b.timeMs);
    return {
      series: number,
      labels: (sorted[0] as Sample).labels,
      times: Float64Array.from(sorted, ({ timeMs }) => timeMs),
      values: Float64Array.from(sorted, ({ value }) => value),
    };
  });
}
