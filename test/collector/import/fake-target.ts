/** A collector that remembers batches as the real one does: by agent, epoch and number. */
import type { ImportTarget, WriteAnswer } from '../../../src/collector/import/import.ts';
import { type DecodedSeries, decodeWrite, unsnappy } from './decode-write.ts';

export interface FakeTarget extends ImportTarget {
  readonly epochs: Map<string, DecodedSeries[][]>;
  readonly finished: { agent: string; devices: readonly string[] }[];
  readonly begun: { agent: string; epoch: string; demo: readonly string[] }[];
  /** Answers given instead of storing, first come first. */
  readonly refusals: WriteAnswer[];
  writes: number;
}

export function fakeTarget(): FakeTarget {
  const epochs = new Map<string, DecodedSeries[][]>();
  const target: FakeTarget = {
    window: 1,
    epochs,
    finished: [],
    begun: [],
    refusals: [],
    writes: 0,
    begin: async (opening) => {
      target.begun.push(opening);
      return { token: 'secret-token', stored: epochs.get(opening.epoch)?.length ?? 0 };
    },
    write: async (body, headers) => {
      target.writes++;
      const refusal = target.refusals.shift();
      if (refusal !== undefined) return refusal;
      if (headers.authorization !== 'Bearer secret-token') throw new Error('no token');
      const epoch = headers['x-watchkeeper-epoch'] ?? '';
      const batches = epochs.get(epoch) ?? [];
      epochs.set(epoch, batches);
      const seq = Number(headers['x-watchkeeper-seq']);
      if (seq !== batches.length + 1) {
        const error = { code: 'sequence_gap', message: `${batches.length + 1} is expected` };
        return { status: 409, headers: {}, body: JSON.stringify({ error }) };
      }
      batches.push(decodeWrite(unsnappy(body)));
      return { status: 204, headers: { 'x-watchkeeper-receipt': `${epoch}/${seq}` }, body: '' };
    },
    finish: async (end) => {
      target.finished.push(end);
      return { refused_samples: 0 };
    },
  };
  return target;
}

/** All samples of all epochs: series as text → [time, value]. */
export function storedSamples(target: FakeTarget): Map<string, (readonly [number, number])[]> {
  const all = new Map<string, (readonly [number, number])[]>();
  for (const batch of [...target.epochs.values()].flat()) {
    for (const { labels, samples } of batch) {
      const key = JSON.stringify(labels);
      all.set(key, [...(all.get(key) ?? []), ...samples]);
    }
  }
  return all;
}
