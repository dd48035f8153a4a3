/**
 * The store alone, without HTTP: what an append costs with `synchronous=FULL`, what sealing,
 * merging and reading cost per sample, how long a start takes, and how small a recorded trace gets.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { openStore, type Store } from '../src/collector/store/store.ts';
import { systemClock } from '../src/shared/clock.ts';
import { createLog } from '../src/shared/log.ts';
import { type Labels, makeLabels } from '../src/shared/sample.ts';
import { DAY_MS } from '../src/shared/units.ts';
import { type HostSeries, hostSeries, SERIES_PER_HOST } from './support/node-series.ts';
import type { BenchOptions, BenchTable } from './support/part.ts';

const STEP_MS = 15_000;
const START_MS = Date.UTC(2026, 0, 5);
const TRACE = resolve(import.meta.dirname, '../../shared/data/bitbrains_rnd_60vm_5min.csv.gz');
/** The columns of the trace after device and time, and their scale to base units. */
const TRACE_COLUMNS = ['cpu_cores', 'cpu_used_ratio', 'memory_size_bytes', 'memory_used_bytes'];
const TRACE_RATES = ['disk_read', 'disk_written', 'network_receive', 'network_transmit'];
const TRACE_SCALES = [1, 0.01, 1024, 1024, 1024, 1024, 1024, 1024];

/** Processor time of this process, its threads and the kernel for it, microseconds. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function measure(work: () => Promise<unknown>): Promise<{ cpu: number; wall: number }> {
  const cpu = cpuMicros();
  const wall = performance.now();
  await work();
  return { cpu: cpuMicros() - cpu, wall: (performance.now() - wall) * 1000 };
}

function open(directory: string): Promise<Store> {
  const log = createLog({ level: 'error' });
  return openStore({
    directory,
    clock: systemClock,
    log,
    settings: { rawMs: 400 * DAY_MS, minFreeBytes: 0 },
  });
}

/** Values like a quiet server's: counters grow, gauges wander in steps a kernel would show. */
function walk(kinds: readonly HostSeries[], values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    const { kind, pace, level } = kinds[i % kinds.length] as HostSeries;
    if (kind === 'constant') continue;
    const fine = pace < 100 ? 0.01 : 1;
    const by = kind === 'counter' ? Math.random() * 2 * pace : (Math.random() - 0.5) * pace;
    const next = (values[i] as number) + by;
    values[i] = Math.max(
      0,
      Math.round((kind === 'counter' ? next : (next * 9 + level) / 10) / fine) * fine,
    );
  }
}

interface Spent {
  cpu: number;
  wall: number;
}

/** Appends `rounds` steps of every device, caring for the store between them. */
async function appendRounds(
  store: Store,
  devices: number,
  rounds: number,
): Promise<{ readonly append: Spent; readonly care: Spent }> {
  const kinds = hostSeries('host');
  const shapes = Array.from({ length: devices }, (_, device) =>
    store.shape(
      hostSeries(`host-${device}`).map(({ labels }) => store.resolve(labels, `agent-${device}`)),
    ),
  );
  const values = Float64Array.from({ length: devices * SERIES_PER_HOST }, (_, i) => {
    return kinds[i % kinds.length]?.level ?? 0;
  });
  const times = new Float64Array(SERIES_PER_HOST);
  const round = async (number: number): Promise<void> => {
    times.fill(START_MS + number * STEP_MS);
    await Promise.all(
      shapes.map((shape, i) => {
        const own = values.subarray(i * SERIES_PER_HOST, (i + 1) * SERIES_PER_HOST);
        return store.append({
          sender: 'bench',
          shape,
          times,
          values: own,
          cursor: { agent: `host-${i}`, epoch: 'e', seq: number + 1 },
        });
      }),
    );
  };
  const append = { cpu: 0, wall: 0 };
  const care = { cpu: 0, wall: 0 };
  for (let number = 0; number < rounds; number++) {
    walk(kinds, values);
    const cost = await measure(() => round(number));
    append.cpu += number === 0 ? 0 : cost.cpu;
    append.wall += number === 0 ? 0 : cost.wall;
    const spent = await measure(() => store.maintain(1e9));
    care.cpu += spent.cpu;
    care.wall += spent.wall;
  }
  return { append, care };
}

async function hosts(directory: string, devices: number, rounds: number): Promise<BenchTable> {
  let store = await open(directory);
  const { append, care } = await appendRounds(store, devices, rounds);
  const samples = devices * SERIES_PER_HOST * rounds;
  const appends = devices * (rounds - 1);
  const before = store.stats();
  await store.close();
  const start = await measure(async () => {
    store = await open(directory);
  });
  const seal = await measure(() => store.sealAll());
  const { blockBytes, blockSamples } = store.stats();
  const someDevices = Math.min(devices, 50);
  let found = 0;
  const read = await measure(async () => {
    for (let i = 0; i < someDevices; i++) {
      for (const { times } of await store.read(`host-${i}`, 0, START_MS * 2)) found += times.length;
    }
  });
  await store.close();
  return {
    title: `store: ${devices} hosts × ${SERIES_PER_HOST} series × ${rounds} steps`,
    columns: ['figure', 'processor time', 'elapsed'],
    rows: [
      ['append of 100 samples, FULL, µs', append.cpu / appends, append.wall / appends],
      [
        'care between the steps, ns per sample',
        (care.cpu / samples) * 1e3,
        (care.wall / samples) * 1e3,
      ],
      ['start with the journal, ms', start.cpu / 1e3, start.wall / 1e3],
      [
        'seal and merge the rest, ns per sample',
        (seal.cpu / before.journalSamples) * 1e3,
        (seal.wall / before.journalSamples) * 1e3,
      ],
      ['read, ns per sample', (read.cpu / found) * 1e3, (read.wall / found) * 1e3],
      ['bytes per sample, blocks', blockBytes / blockSamples, ''],
    ],
    notes: [
      `The journal held ${before.journalRows} rows and ${before.journalSamples} samples at the start.`,
    ],
  };
}

function traceLabels(vm: string): Labels[] {
  const device = [
    ...TRACE_COLUMNS.map((name) => [name, {}]),
    ...TRACE_RATES.map((name) => [
      `${name}_bytes_per_second`,
      name.startsWith('disk') ? { device: 'all' } : { interface: 'all' },
    ]),
  ] as [string, Record<string, string>][];
  return device.map(([name, extra]) =>
    makeLabels(Object.entries({ __name__: name, instance: `vm-${vm}`, ...extra })),
  );
}

async function trace(directory: string): Promise<BenchTable> {
  const store = await open(directory);
  const lines = gunzipSync(readFileSync(TRACE)).toString().split('\n').slice(1);
  const shapes = new Map<string, ReturnType<Store['shape']>>();
  let pending: Promise<unknown>[] = [];
  const append = await measure(async () => {
    for (const line of lines) {
      if (line === '') continue;
      const [vm = '', seconds, ...cells] = line.split(',');
      const shape =
        shapes.get(vm) ??
        store.shape(traceLabels(vm).map((labels) => store.resolve(labels, 'trace')));
      shapes.set(vm, shape);
      pending.push(
        store.append({
          sender: 'trace',
          shape,
          times: new Float64Array(8).fill(Number(seconds) * 1000),
          values: Float64Array.from(cells, (cell, i) => Number(cell) * (TRACE_SCALES[i] ?? 1)),
        }),
      );
      if (pending.length === 2000) {
        await Promise.all(pending);
        pending = [];
        await store.maintain(20);
      }
    }
    await Promise.all(pending);
  });
  const seal = await measure(() => store.sealAll());
  const { blockBytes, blockSamples, blocks } = store.stats();
  let found = 0;
  const read = await measure(async () => {
    for (const device of store.devices()) {
      for (const { times } of await store.read(device, 0, START_MS)) found += times.length;
    }
  });
  await store.close();
  const file = join(directory, 'samples.db');
  const database = new Sqlite(file, { readonly: true });
  const tables = database
    .prepare("SELECT sum(pgsize) FROM dbstat WHERE name IN ('blocks', 'blocks_by_device')")
    .pluck()
    .get() as number;
  database.close();
  return {
    title: `store: the Bitbrains trace, ${shapes.size} virtual machines, ${blockSamples} samples`,
    columns: ['figure', 'value'],
    rows: [
      ['bytes per sample, blocks', blockBytes / blockSamples],
      ['bytes per sample, table of blocks with its index', tables / blockSamples],
      ['bytes per sample, whole file', statSync(file).size / blockSamples],
      ['blocks', blocks],
      ['import, care between included, CPU ns per sample', (append.cpu / blockSamples) * 1e3],
      ['seal and merge the rest, CPU ns per sample', (seal.cpu / blockSamples) * 1e3],
      ['read all, CPU ns per sample', (read.cpu / found) * 1e3],
    ],
    notes: ['victoria-metrics keeps the same trace in 0.98 bytes per sample.'],
  };
}

export async function run({ smoke, directory }: BenchOptions): Promise<readonly BenchTable[]> {
  const tables = [await hosts(join(directory, 'hosts'), smoke ? 50 : 1000, smoke ? 20 : 480)];
  if (!smoke && existsSync(TRACE)) tables.push(await trace(join(directory, 'trace')));
  return tables;
}
