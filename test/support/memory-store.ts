/**
 * The `Store` door in memory, for tests of the rooms downstream: sorted and deduplicated reads,
 * cursors, pending hours with revisions, rollups. Nothing is durable and nothing is ever pruned.
 */

import type {
  Append,
  PendingHour,
  Receipt,
  RollupDay,
  SeriesWindow,
  Shape,
  Store,
  StoredGap,
  StoreStats,
} from '../../src/collector/store/store.ts';
import { type Labels, labelsKey, type Sample } from '../../src/shared/sample.ts';
import { DAY_MS, HOUR_MS } from '../../src/shared/units.ts';

interface StoredSeries {
  readonly labels: Labels;
  readonly device: string;
  /** Ascending times. */
  readonly samples: { time: number; value: number }[];
  removed: boolean;
}

export interface MemoryStore extends Store {
  /** Appends samples of any devices; those without `instance` belong to `sender`. */
  add(samples: Iterable<Sample>, sender?: string): Promise<Receipt>;
  /** How many times `read` was called, and for how many milliseconds of time in all. */
  readonly reads: { count: number; spanMs: number };
}

export function memoryStore(now: () => number = () => 0): MemoryStore {
  const series: StoredSeries[] = [];
  const numbers = new Map<string, number>();
  const numbersOf = new Map<string, number[]>();
  const revisions = new Map<string, number>();
  const cursors = new Map<string, number>();
  const gaps: StoredGap[] = [];
  const pending = new Map<string, Required<PendingHour>>();
  const days = new Map<string, RollupDay>();
  const counts = { commits: 0, stored: 0, duplicates: 0, late: 0, lost: 0, lastAppendMs: 0 };
  const reads = { count: 0, spanMs: 0 };
  let changed = new Set<string>();
  let generation = 1;
  let latest = { times: new Float64Array(64), values: new Float64Array(64).fill(Number.NaN) };

  const grow = (size: number): void => {
    if (size <= latest.times.length) return;
    const times = new Float64Array(size * 2);
    const values = new Float64Array(size * 2).fill(Number.NaN);
    times.set(latest.times);
    values.set(latest.values);
    latest = { times, values };
  };
  const at = (number: number): StoredSeries => {
    const found = series[number];
    if (found === undefined || found.removed) throw new Error(`no series ${number}`);
    return found;
  };
  const ofDevice = (device: string): number[] => numbersOf.get(device) ?? [];

  const resolve = (labels: Labels, sender: string): number => {
    const key =
      labels.instance === undefined ? `${sender}\u0000${labelsKey(labels)}` : labelsKey(labels);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const device = labels.instance ?? sender;
    const number = series.push({ labels, device, samples: [], removed: false }) - 1;
    numbers.set(key, number);
    numbersOf.set(device, [...ofDevice(device), number]);
    revisions.set(device, (revisions.get(device) ?? 0) + 1);
    grow(series.length);
    return number;
  };

  const insert = (number: number, time: number, value: number): boolean => {
    const { samples, device } = at(number);
    let low = 0;
    let high = samples.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((samples[middle]?.time ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    if (samples[low]?.time === time) return false;
    if (low < samples.length) counts.late++;
    samples.splice(low, 0, { time, value });
    if (time > (latest.times[number] ?? 0)) {
      latest.times[number] = time;
      latest.values[number] = value;
    }
    const hourMs = Math.floor(time / HOUR_MS) * HOUR_MS;
    pending.set(`${device}\u0000${hourMs}`, { device, hourMs, revision: counts.commits });
    changed.add(device);
    return true;
  };

  const append = async (batch: Append): Promise<Receipt> => {
    if (batch.shape.generation !== generation) throw new Error('a shape of an older generation');
    if (batch.cursor !== undefined) {
      const key = `${batch.cursor.agent}\u0000${batch.cursor.epoch}`;
      const last = cursors.get(key) ?? 0;
      if (batch.cursor.seq <= last) return { kind: 'duplicate' };
      if (batch.cursor.seq > last + 1) return { kind: 'gap', expected: last + 1 };
      cursors.set(key, batch.cursor.seq);
    }
    counts.commits++;
    counts.lastAppendMs = now();
    for (const gap of batch.gaps ?? []) {
      gaps.push({ ...gap, agent: batch.cursor?.agent ?? batch.sender, receivedMs: now() });
      counts.lost += gap.samples;
    }
    let samples = 0;
    batch.shape.series.forEach((number, i) => {
      if (insert(number, batch.times[i] ?? 0, batch.values[i] ?? Number.NaN)) samples++;
    });
    const duplicates = batch.shape.series.length - samples;
    counts.stored += samples;
    counts.duplicates += duplicates;
    return { kind: 'stored', samples, duplicates };
  };

  const shape = (list: readonly number[]): Shape => ({
    series: Uint32Array.from(list),
    generation,
  });

  return {
    reads,
    resolve,
    shape,
    append,
    get generation() {
      return generation;
    },
    get latest() {
      return latest;
    },
    add: (samples, sender = 'test') => {
      const list = [...samples];
      return append({
        sender,
        shape: shape(list.map(({ labels }) => resolve(labels, sender))),
        times: Float64Array.from(list, ({ timeMs }) => timeMs),
        values: Float64Array.from(list, ({ value }) => value),
      });
    },
    cursor: (agent, epoch) => cursors.get(`${agent}\u0000${epoch}`) ?? 0,
    labelsOf: (number) => at(number).labels,
    deviceOf: (number) => at(number).device,
    devices: () => [...numbersOf.keys()],
    deviceRevision: (device) => (numbersOf.has(device) ? (revisions.get(device) ?? 0) : 0),
    seriesOf: (device) => ofDevice(device).map((n) => ({ series: n, labels: at(n).labels })),
    takeChanged: () => {
      const names = [...changed];
      changed = new Set();
      return names;
    },
    newest: (device) => Math.max(0, ...ofDevice(device).map((n) => latest.times[n] ?? 0)),
    read: async (device, fromMs, toMs) => {
      reads.count++;
      reads.spanMs += toMs - fromMs;
      const windows: SeriesWindow[] = [];
      for (const number of ofDevice(device)) {
        const { labels, samples } = at(number);
        const inside = samples.filter(({ time }) => time >= fromMs && time < toMs);
        if (inside.length === 0) continue;
        const times = Float64Array.from(inside, ({ time }) => time);
        const values = Float64Array.from(inside, ({ value }) => value);
        windows.push({ series: number, labels, times, values });
      }
      return windows;
    },
    gaps: async (fromMs, toMs) => gaps.filter((g) => g.fromMs < toMs && g.toMs >= fromMs),

    pendingHours: (device) =>
      [...pending.values()]
        .filter((hour) => device === undefined || hour.device === device)
        .sort((a, b) => a.hourMs - b.hourMs),
    writeRollup: async (day, clearedHours, cleared) => {
      days.set(`${day.device}\u0000${day.dayMs}`, day);
      clearedHours.forEach((hourMs, i) => {
        const key = `${day.device}\u0000${hourMs}`;
        const revised = cleared !== undefined && cleared[i] !== pending.get(key)?.revision;
        if (!revised) pending.delete(key);
      });
    },
    rollups: async (device, fromMs, toMs) =>
      [...days.values()]
        .filter((d) => d.device === device && d.dayMs + DAY_MS > fromMs && d.dayMs < toMs)
        .sort((a, b) => a.dayMs - b.dayMs),

    maintain: async () => false,
    sealAll: async () => {},
    removeDevice: async (device) => {
      for (const number of ofDevice(device)) {
        const entry = at(number);
        entry.removed = true;
        latest.times[number] = 0;
        latest.values[number] = Number.NaN;
      }
      numbersOf.delete(device);
      for (const [key, n] of numbers) if (series[n]?.removed) numbers.delete(key);
      for (const [key, hour] of pending) if (hour.device === device) pending.delete(key);
      for (const [key, day] of days) if (day.device === device) days.delete(key);
      changed.delete(device);
      generation++;
    },
    stats: (): StoreStats => ({
      series: series.filter((s) => !s.removed).length,
      devices: numbersOf.size,
      journalRows: counts.commits,
      journalSamples: counts.stored,
      blocks: 0,
      blockSamples: 0,
      blockBytes: 0,
      corruptParts: 0,
      databaseBytes: 0,
      walBytes: 0,
      pendingHours: pending.size,
      commits: counts.commits,
      storedSamples: counts.stored,
      duplicateSamples: counts.duplicates,
      lateSamples: counts.late,
      declaredLostSamples: counts.lost,
      lastAppendMs: counts.lastAppendMs,
      commitSeconds: 0,
    }),
    close: async () => {},
  };
}
