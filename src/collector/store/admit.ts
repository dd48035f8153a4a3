/**
 * Which samples of a row are new. Newer than the series' newest: the usual case. Equal to it in
 * time and bits: a duplicate, dropped. Older, or the same time with another value: late, stored,
 * and settled when it is read or sealed (the last write wins).
 */
import type { PendingRow } from './journal-row.ts';
import type { LatestSamples } from './latest-samples.ts';

export interface Admission {
  readonly late: number;
  /** Places of the duplicates in the row; null when there are none. */
  readonly duplicates: readonly number[] | null;
}

/** Decides, and moves the newest samples forward. */
export function admit(row: PendingRow, latest: LatestSamples): Admission {
  const { series, times, chunk, at } = row;
  latest.expect(series.length);
  const latestTimes = latest.times;
  let late = 0;
  let duplicates: number[] | null = null;
  for (let i = 0; i < series.length; i++) {
    const number = series[i] ?? 0;
    const timeMs = times === null ? row.fromMs : (times[i] ?? 0);
    const newest = latestTimes[number] ?? 0;
    if (timeMs > newest) {
      latest.change(number, timeMs, chunk.doubles[at + i] ?? 0);
    } else if (timeMs < newest) {
      late++;
    } else if (sameBits(row, i, latest, number)) {
      duplicates ??= [];
      duplicates.push(i);
    } else {
      late++;
      latest.change(number, timeMs, chunk.doubles[at + i] ?? 0);
    }
  }
  return { late, duplicates };
}

function sameBits(row: PendingRow, i: number, latest: LatestSamples, number: number): boolean {
  const { words } = row.chunk;
  const at = 2 * (row.at + i);
  return words[at] === latest.words[2 * number] && words[at + 1] === latest.words[2 * number + 1];
}
