/**
 * The monthly capacity report of a large fleet over a synthetic history: what computing and
 * rendering cost, apart from reading. Reading is measured where the store is.
 */
import { join } from 'node:path';
import type {
  DayHistogram,
  IndicatorHistory,
  SlotSeries,
} from '../src/collector/indicators/indicators.ts';
import { seededRandom } from '../src/collector/reports/figures/seeded-random.ts';
import {
  loadReportPolicy,
  makeReport,
  type ReportFormat,
} from '../src/collector/reports/reports.ts';
import type { IndicatorName } from '../src/shared/indicator.ts';
import { DAY_MS, SLOT_MS } from '../src/shared/units.ts';
import type { BenchOptions, BenchTable } from './support/part.ts';

interface Cost {
  readonly format: ReportFormat;
  /** Wall time in all, and the part spent in the synthetic history. */
  readonly seconds: number;
  readonly readingSeconds: number;
  /** Processor time outside the history: computing, rendering, collecting garbage. */
  readonly cpuSeconds: number;
  readonly bytes: number;
}

const MONTH = '2026-03';
const FROM_MS = Date.UTC(2026, 0, 1);
const TO_MS = Date.UTC(2026, 3, 2);
const SLOTS = (TO_MS - FROM_MS) / SLOT_MS;
const SHAPES = 24;
const GIB = 1024 ** 3;

/** Loads of different height and daily rhythm; devices share them, as arrays are only read. */
function shapes(): readonly Float64Array[] {
  return Array.from({ length: SHAPES }, (_, shape) => {
    const random = seededRandom(`shape ${shape}`);
    const height = 0.05 + (0.9 * shape) / SHAPES;
    return Float64Array.from({ length: SLOTS }, (_, slot) => {
      if (random() < 0.01) return NaN;
      const rhythm = 0.6 + 0.4 * Math.sin((slot / 288) * 2 * Math.PI);
      return Math.min(1, Math.max(0, height * rhythm + 0.05 * random()));
    });
  });
}

const scaled = (values: Float64Array, factor: number): Float64Array =>
  values.map((value) => value * factor);
const constant = (value: number): Float64Array => new Float64Array(SLOTS).fill(value);

function fleet(): (device: string) => readonly SlotSeries[] {
  const bases = shapes().map((load, shape) => ({
    load,
    memory: scaled(
      load.map((v) => 0.3 + 0.5 * v),
      16 * GIB,
    ),
    traffic: scaled(load, 40e6),
    disk: Float64Array.from(
      { length: SLOTS },
      (_, i) => (0.3 + (0.6 * i * shape) / SHAPES / SLOTS) * 100 * GIB,
    ),
  }));
  const cores = constant(8);
  const memory = constant(16 * GIB);
  const disk = constant(100 * GIB);
  const speed = constant(125e6);
  const none = constant(0);
  return (device) => {
    const number = Number(device.slice(4));
    const base = bases[number % SHAPES];
    if (base === undefined) return [];
    const one = (indicator: IndicatorName, values: Float64Array, item = ''): SlotSeries => ({
      indicator,
      item,
      startMs: FROM_MS,
      mean: values,
      max: values,
      last: values,
    });
    return [
      one('cpu_used_ratio', base.load),
      one('cpu_cores', cores),
      one('cpu_iowait_ratio', none),
      one('cpu_steal_ratio', none),
      one('memory_used_bytes', base.memory),
      one('memory_size_bytes', memory),
      one('swap_used_bytes', none),
      one('oom_kills_total', none),
      ...['/', '/data', '/var'].flatMap((mount, i) => [
        one('filesystem_used_bytes', bases[(number + i) % SHAPES]?.disk ?? disk, mount),
        one('filesystem_size_bytes', disk, mount),
        one('filesystem_inodes_used_ratio', none, mount),
      ]),
      one('network_receive_bytes_per_second', base.traffic, 'eth0'),
      one('network_transmit_bytes_per_second', base.traffic, 'eth0'),
      one('network_speed_bytes_per_second', speed, 'eth0'),
      one('network_errors_ratio', none, 'eth0'),
    ];
  };
}

/** Counts the time spent inside, so that it can be told apart. */
function syntheticHistory(seriesOf: (device: string) => readonly SlotSeries[]) {
  const spent = { ms: 0 };
  const timed = <T>(work: () => T): Promise<T> => {
    const started = performance.now();
    const result = work();
    spent.ms += performance.now() - started;
    return Promise.resolve(result);
  };
  const history: IndicatorHistory = {
    slots: (device, fromMs, toMs, only) =>
      timed(() => {
        const [from, to] = [(fromMs - FROM_MS) / SLOT_MS, (toMs - FROM_MS) / SLOT_MS];
        return seriesOf(device)
          .filter(({ indicator }) => only === undefined || only.includes(indicator))
          .map((series) => {
            const values = series.mean.subarray(from, to);
            return { ...series, startMs: fromMs, mean: values, max: values, last: values };
          });
      }),
    histograms: (device, fromMs, toMs) =>
      timed(() => {
        const first = Math.max(FROM_MS, fromMs);
        const days = Math.max(0, Math.floor((toMs - first) / DAY_MS));
        return seriesOf(device).flatMap((series) =>
          Array.from({ length: days }, (_, day) => dayOf(series, first + day * DAY_MS)),
        );
      }),
    rollUp: () => Promise.resolve(false),
  };
  return { history, spent };
}

function dayOf(series: SlotSeries, dayMs: number): DayHistogram {
  const value = series.mean[(dayMs - FROM_MS) / SLOT_MS] ?? 0;
  const linear = series.indicator.endsWith('_ratio');
  return {
    indicator: series.indicator,
    item: series.item,
    dayMs,
    scale: linear ? 'linear' : 'log',
    buckets: Int32Array.of(linear ? Math.floor(value * 200) || 0 : 0),
    counts: Uint32Array.of(288),
    sum: value * 288,
    max: value,
    last: value,
  };
}

async function reportOf(format: ReportFormat, names: readonly string[]): Promise<Cost> {
  const { history, spent } = syntheticHistory(fleet());
  const policy = loadReportPolicy(join(import.meta.dirname, '../config/capacity.yaml'));
  const cpu = process.cpuUsage();
  const started = performance.now();
  const { content } = await makeReport(
    {
      name: 'capacity',
      month: MONTH,
      timezone: 'UTC',
      locale: 'zh-CN',
      format,
      policy,
      organisation: '',
    },
    {
      devices: async () =>
        names.map((name) => ({ name, kind: 'server', status: 'live', labels: {}, facts: {} })),
      history,
      faults: async () => [],
    },
  );
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const readingSeconds = spent.ms / 1_000;
  return {
    format,
    seconds,
    readingSeconds,
    cpuSeconds: (user + system) / 1e6 - readingSeconds,
    bytes: Buffer.byteLength(content),
  };
}

export async function run({ smoke }: BenchOptions): Promise<readonly BenchTable[]> {
  const devices = smoke ? 50 : 1_000;
  const names = Array.from({ length: devices }, (_, i) => `srv-${String(i).padStart(5, '0')}`);
  // The first report compiles the code; it is not counted.
  await reportOf('json', names.slice(0, 20));
  const costs: Cost[] = [];
  for (const format of ['json', 'csv', 'html'] as const) costs.push(await reportOf(format, names));
  return [
    {
      title: `Capacity report of ${devices} devices × 1 month (2 months decide)`,
      columns: ['format', 'own CPU s', 'wall s', 'in the history s', 'KiB'],
      rows: costs.map(({ format, cpuSeconds, seconds, readingSeconds, bytes }) => [
        format,
        cpuSeconds.toFixed(2),
        seconds.toFixed(2),
        readingSeconds.toFixed(2),
        Math.round(bytes / 1024),
      ]),
      notes: [
        'Per device: CPU, memory, swap, 3 file systems with inodes, 1 interface; 5-minute slots from memory.',
        'Goal: ≤ 4 s for computing and rendering, so that reading has 6 s of the 10 s.',
      ],
    },
  ];
}
