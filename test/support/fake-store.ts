/**
 * The writing half of a store, in memory, for tests of what comes before it: exactly once by cursor
 * and by (series, time), with the same limits. Whoever reads windows or rollups needs the real one.
 */

import type { Append, Receipt, Store, StoredGap } from '../../src/collector/store/store.ts';
import { Failure } from '../../src/shared/errors.ts';
import { formatSeries, type Labels, labelsKey } from '../../src/shared/sample.ts';

type Half = Pick<
  Store,
  'resolve' | 'shape' | 'generation' | 'append' | 'cursor' | 'labelsOf' | 'deviceOf' | 'devices'
>;

export interface FakeStore extends Half {
  /** The same object as the door's type. Calling what is not in `Half` throws. */
  readonly door: Store;
  /** Every sample as `series time value`, sorted. */
  dump(): readonly string[];
  readonly gaps: StoredGap[];
  readonly appends: Append[];
  /** The next appends are refused with this. */
  failWith(failure: Error | null): void;
  /** Holds appends until the returned function is called. */
  hold(): () => void;
  /** Forgets every series: shapes and numbers are void. */
  forgetSeries(): void;
}

export function fakeStore(limits: { seriesPerSender?: number } = {}): FakeStore {
  const seriesPerSender = limits.seriesPerSender ?? 2_000;
  const samples = new Map<string, number>();
  const cursors = new Map<string, number>();
  const gaps: StoredGap[] = [];
  const appends: Append[] = [];
  let numbers = new Map<string, number>();
  let labelsByNumber: Labels[] = [];
  let counts = new Map<string, number>();
  let generation = 1;
  let failure: Error | null = null;
  let held: Promise<void> = Promise.resolve();

  const resolve = (labels: Labels, sender: string): number => {
    const key = labelsKey(labels);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const count = counts.get(sender) ?? 0;
    if (count >= seriesPerSender) {
      throw new Failure('limit_reached', `${sender} has ${count} series, the limit`);
    }
    counts.set(sender, count + 1);
    labelsByNumber.push(labels);
    numbers.set(key, labelsByNumber.length - 1);
    return labelsByNumber.length - 1;
  };
  const deviceOf = (series: number): string => labelsByNumber[series]?.instance ?? 'unknown';

  const store = (batch: Append): Receipt => {
    const place = batch.cursor && `${batch.cursor.agent}/${batch.cursor.epoch}`;
    if (batch.cursor && place) {
      const last = cursors.get(place) ?? 0;
      if (batch.cursor.seq <= last) return { kind: 'duplicate' };
      if (batch.cursor.seq > last + 1) return { kind: 'gap', expected: last + 1 };
      cursors.set(place, batch.cursor.seq);
    }
    for (const gap of batch.gaps ?? []) gaps.push({ ...gap, agent: batch.sender, receivedMs: 0 });
    let duplicates = 0;
    batch.shape.series.forEach((series, index) => {
      const key = `${formatSeries(labelsByNumber[series]!)} ${batch.times[index]}`;
      if (samples.has(key)) duplicates++;
      else samples.set(key, batch.values[index]!);
    });
    return { kind: 'stored', samples: batch.shape.series.length - duplicates, duplicates };
  };

  const half: Half = {
    resolve,
    shape: (series) => ({ series: Uint32Array.from(series), generation }),
    get generation() {
      return generation;
    },
    append: async (batch) => {
      const copy: Append = {
        ...batch,
        times: batch.times.slice(),
        values: batch.values.slice(),
      };
      if (batch.shape.generation !== generation) throw new Error('BUG: stale shape');
      if (copy.times.length !== batch.shape.series.length) throw new Error('BUG: lengths differ');
      const waiting = held;
      const refusal = failure;
      await waiting;
      if (refusal !== null) throw refusal;
      appends.push(copy);
      return store(copy);
    },
    cursor: (agent, epoch) => cursors.get(`${agent}/${epoch}`) ?? 0,
    labelsOf: (series) => labelsByNumber[series]!,
    deviceOf,
    devices: () => [...new Set(labelsByNumber.map((_, series) => deviceOf(series)))],
  };
  const extras = {
    dump: () => [...samples].map(([key, value]) => `${key} ${value}`).sort(),
    gaps,
    appends,
    failWith: (next: Error | null) => {
      failure = next;
    },
    hold: () => {
      let release = (): void => {};
      held = new Promise((done) => {
        release = done;
      });
      return release;
    },
    forgetSeries: () => {
      numbers = new Map();
      labelsByNumber = [];
      counts = new Map();
      generation++;
    },
    door: half as Store,
  };
  // Descriptors, so that `generation` says what it is when asked.
  return Object.defineProperties(extras, Object.getOwnPropertyDescriptors(half)) as typeof extras &
    Half;
}
