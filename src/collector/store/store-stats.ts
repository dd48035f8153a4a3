/** The store in numbers: counters that are kept, never counted by SQL. */
import { statSync } from 'node:fs';
import type { StoreStats } from './store.ts';
import type { StoreParts } from './store-parts.ts';

export interface StatsSources {
  readonly parts: StoreParts;
  readonly file: string;
  readonly commits: { readonly commits: number; readonly commitSeconds: number } | null;
  readonly appends: {
    readonly counts: Readonly<Record<'stored' | 'duplicates' | 'late', number>>;
    readonly lastMs: number;
  } | null;
}

export function statsOf({ parts, file, commits, appends }: StatsSources): StoreStats {
  const { blocks, dictionary, gaps, hours, journal, rollups } = parts;
  return {
    series: dictionary.size,
    devices: dictionary.devices.size,
    journalRows: journal.rows,
    journalSamples: journal.samples,
    blocks: blocks.count,
    blockSamples: blocks.samples,
    blockBytes: blocks.bytes,
    corruptParts: journal.corruptRows + blocks.corrupt + rollups.corrupt,
    databaseBytes: sizeOf(file),
    walBytes: sizeOf(`${file}-wal`),
    pendingHours: hours.count,
    commits: commits?.commits ?? 0,
    storedSamples: appends?.counts.stored ?? 0,
    duplicateSamples: appends?.counts.duplicates ?? 0,
    lateSamples: appends?.counts.late ?? 0,
    declaredLostSamples: gaps.samples,
    lastAppendMs: appends?.lastMs ?? 0,
    commitSeconds: commits?.commitSeconds ?? 0,
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
