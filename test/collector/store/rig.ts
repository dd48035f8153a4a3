/** A store on a real file in a directory of its own, and short ways to fill and read it. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type Append,
  openStore,
  type Receipt,
  type Store,
  type StoreOptions,
} from '../../../src/collector/store/store.ts';
import { createLog } from '../../../src/shared/log.ts';
import { formatSeries, type Labels, makeLabels } from '../../../src/shared/sample.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';

export const T0 = Date.UTC(2026, 0, 5);

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'watchkeeper-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface Rig {
  readonly store: Store;
  readonly directory: string;
  readonly clock: ManualClock;
  /** Log lines written so far. */
  readonly lines: string[];
}

export type RigOptions = Partial<
  Pick<StoreOptions, 'directory' | 'settings' | 'readOnly' | 'onFatal'>
> & { readonly clock?: ManualClock; readonly leaveOpen?: boolean };

/** Opens a store; it is closed when the test ends, unless it is told to be left open. */
export async function rig(options: RigOptions = {}): Promise<Rig> {
  const directory = options.directory ?? temporaryDirectory();
  const clock = options.clock ?? manualClock(T0);
  const lines: string[] = [];
  const store = await openStore({
    directory,
    clock,
    log: createLog({ level: 'debug', write: (line) => lines.push(line) }),
    settings: { minFreeBytes: 0, ...options.settings },
    ...(options.readOnly === undefined ? {} : { readOnly: options.readOnly }),
    ...(options.onFatal === undefined ? {} : { onFatal: options.onFatal }),
  });
  if (!options.leaveOpen) onTestFinished(() => store.close());
  return { store, directory, clock, lines };
}

/** Closes the store and opens it again. */
export async function restart(before: Rig, options: RigOptions = {}): Promise<Rig> {
  await before.store.close();
  return rig({ directory: before.directory, clock: before.clock, ...options });
}

/** What a power cut would leave: the files as they are now, opened elsewhere. */
export function crashCopy({ directory }: Pick<Rig, 'directory'>): string {
  const copy = join(temporaryDirectory(), 'copy');
  mkdirSync(copy);
  for (const name of ['samples.db', 'samples.db-wal']) {
    if (existsSync(join(directory, name))) cpSync(join(directory, name), join(copy, name));
  }
  return copy;
}

/** `series('up', { instance: 'a' })` */
export function series(name: string, labels: Readonly<Record<string, string>> = {}): Labels {
  return makeLabels(Object.entries({ __name__: name, ...labels }));
}

export type Point = readonly [labels: Labels, timeMs: number, value: number];

/** One request with these samples. */
export function request(
  store: Store,
  points: readonly Point[],
  extra: Partial<Omit<Append, 'shape' | 'times' | 'values'>> = {},
): Append {
  const sender = extra.sender ?? 'tester';
  return {
    sender,
    shape: store.shape(points.map(([labels]) => store.resolve(labels, sender))),
    times: Float64Array.from(points, ([, timeMs]) => timeMs),
    values: Float64Array.from(points, ([, , value]) => value),
    ...extra,
  };
}

export function append(
  store: Store,
  points: readonly Point[],
  extra: Partial<Omit<Append, 'shape' | 'times' | 'values'>> = {},
): Promise<Receipt> {
  return store.append(request(store, points, extra));
}

/** Many requests in one turn of the event loop: one commit. */
export async function appendAll(
  store: Store,
  requests: readonly (readonly Point[])[],
): Promise<void> {
  await Promise.all(requests.map((points) => append(store, points)));
}

/** Everything of a device, series by name: `{ 'up{instance="a"}': [[time, value], …] }`. */
export async function contents(
  store: Store,
  device: string,
  fromMs = -(2 ** 51),
  toMs = 2 ** 51,
): Promise<Record<string, [number, number][]>> {
  const result: Record<string, [number, number][]> = {};
  for (const { labels, times, values } of await store.read(device, fromMs, toMs)) {
    result[formatSeries(labels)] = [...times].map((time, i) => [time, values[i]!]);
  }
  return result;
}

/** The 64 bits of a double, as text. */
export function bitsOf(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** A double of these bits, in an array: a variable might not keep a NaN's payload. */
export function doubleOf(high: number, low: number): Float64Array {
  words[0] = low;
  words[1] = high;
  return Float64Array.from(double);
}

/** How Prometheus marks a series that ended. */
export const STALE = [0x7ff00000, 2] as const;
