/** What the charts draw. Only the devices that are drawn are read again, and they are bounded. */
import { SLOT_MS } from '../../shared/units.ts';
import type {
  CapacityDocument,
  Charts,
  DeviceFinding,
  ResourceRow,
  StorageChart,
  Strip,
} from './document.ts';
import { fan } from './figures/bootstrap.ts';
import { fromDay } from './figures/daily-series.ts';
import { futuresOf, presentRegime } from './figures/forecast.ts';
import { percentiles } from './figures/statistics.ts';
import { seriesIndex } from './measure/series-index.ts';
import { DATABASE, FILESYSTEM, INODES, measureStorage } from './measure/storage.ts';
import { type ReportWindow, slotsOf } from './measure/window.ts';
import type { ReportReaders, ReportRequest } from './reports.ts';
import { historyFromMs, type Survey } from './survey.ts';

interface Source {
  readonly request: ReportRequest;
  readonly readers: ReportReaders;
}

interface Drawn {
  readonly device: DeviceFinding;
  readonly row: ResourceRow;
}

export async function chartsOf(
  document: CapacityDocument,
  surveyed: Survey,
  source: Source,
): Promise<Charts> {
  const { strips, disk_charts: disks } = document.policy.report;
  const storage: StorageChart[] = [];
  for (const drawn of storageDrawn(document, disks)) {
    const chart = await storageChart(drawn, surveyed.window, source);
    if (chart) storage.push(chart);
  }
  const loads: Strip[] = [];
  for (const drawn of flagged(document).slice(0, strips)) {
    loads.push(await stripOf(drawn, surveyed.window, source));
  }
  return { strips: loads, storage, sparklines: surveyed.sparklines };
}

/** CPU and memory rows that ask for something, in the order of the actions. */
function flagged({ actions }: CapacityDocument): readonly Drawn[] {
  return actions.filter(({ row }) => row.resource === 'cpu' || row.resource === 'memory');
}

/** Stores that ask for something first, then those that grow, the soonest full first. */
function storageDrawn(document: CapacityDocument, limit: number): readonly Drawn[] {
  const stored = ({ row }: Drawn): boolean =>
    row.resource === 'filesystem' || row.resource === 'inodes' || row.resource === 'database';
  const days = ({ row }: Drawn): number => row.decision.evidence.days_to_full ?? NaN;
  const pressing: readonly Drawn[] = document.actions.filter(stored);
  const rows = new Set(pressing.map(({ row }) => row));
  const growing = document.devices
    .flatMap((device) => device.rows.map((row) => ({ device, row })))
    .filter((drawn) => stored(drawn) && !rows.has(drawn.row) && Number.isFinite(days(drawn)))
    .sort((a, b) => days(a) - days(b) || (a.device.device < b.device.device ? -1 : 1));
  return [...pressing, ...growing].slice(0, limit);
}

/** Hours that one point of a strip stands for: day and night stay apart, noise does not. */
const STRIP_HOURS = 6;

async function stripOf(drawn: Drawn, window: ReportWindow, { readers }: Source): Promise<Strip> {
  const { device, row } = drawn;
  const { month } = window;
  const [used, size] =
    row.resource === 'cpu'
      ? (['cpu_used_ratio', 'cpu_cores'] as const)
      : (['memory_used_bytes', 'memory_size_bytes'] as const);
  const slots = await readers.history.slots(device.device, month.fromMs, month.toMs, [used, size]);
  const index = seriesIndex(slots, month);
  const values = slotsOf(index.one(used), row.resource === 'cpu' ? 'mean' : 'last', month).values;
  const sizes = slotsOf(index.one(size), 'last', month).values;
  const perPoint = (STRIP_HOURS * 3_600_000) / SLOT_MS;
  const count = Math.ceil(values.length / perPoint);
  const bands = [
    new Float64Array(count),
    new Float64Array(count),
    new Float64Array(count),
  ] as const;
  for (let point = 0; point < count; point++) {
    const own = values.slice(point * perPoint, (point + 1) * perPoint);
    // Cores in use; a slot whose size is missing takes the present one.
    if (row.resource === 'cpu') {
      for (let i = 0; i < own.length; i++) {
        const cores = sizes[point * perPoint + i] ?? NaN;
        own[i] = (own[i] ?? NaN) * (cores > 0 ? cores : row.capacity);
      }
    }
    percentiles(own, [0.05, 0.5, 0.95]).forEach((value, i) => {
      const band = bands[i];
      if (band) band[point] = value;
    });
  }
  const [p5, p50, p95] = bands;
  const times = Array.from({ length: count }, (_, i) => month.fromMs + i * STRIP_HOURS * 3_600_000);
  return { device, row, times, p5, p50, p95 };
}

const FAN = { step: 5, horizon: 90 };

async function storageChart(
  drawn: Drawn,
  window: ReportWindow,
  { request, readers }: Source,
): Promise<StorageChart | null> {
  const { device, row } = drawn;
  const { policy } = request;
  const kind = { filesystem: FILESYSTEM, inodes: INODES, database: DATABASE }[
    row.resource as 'filesystem'
  ];
  const names = kind.size === null ? [kind.used] : [kind.used, kind.size];
  const slots = await readers.history.slots(device.device, window.fromMs, window.toMs, names);
  const fromMs = historyFromMs(window, request, true);
  const histograms =
    fromMs < window.fromMs
      ? await readers.history.histograms(device.device, fromMs, window.fromMs)
      : [];
  const series = seriesIndex(slots, window);
  const items = measureStorage({ device: device.device, series, histograms }, kind, {
    window,
    policy,
    ignore: [],
  });
  const item = items.find((one) => one.item === row.item);
  if (item === undefined || item.history.days.length === 0) return null;
  const lastDay = item.history.days.at(-1) ?? 0;
  const recent = fromDay(item.history, lastDay - policy.history.storage_days + 1);
  const regime = presentRegime(recent, policy.storage).series;
  const seed = `${device.device}\n${item.item}`;
  const futures = futuresOf(regime.values, { size: row.capacity, seed, policy: policy.storage });
  const [early, late] = policy.storage.range;
  const [low, middle, high] = fan(futures, FAN, [early, 0.5, late]);
  const none = new Float64Array(0);
  return {
    device,
    row,
    history: fromDay(item.history, lastDay - policy.history.chart_days + 1),
    trendFrom: regime.days[0] ?? lastDay,
    trend: {
      atLast: item.measure.forecast?.level ?? NaN,
      perDay: item.measure.forecast?.slope ?? NaN,
    },
    fanDays: Array.from(low ?? none, (_, i) => (i + 1) * FAN.step),
    fan: { low: low ?? none, middle: middle ?? none, high: high ?? none },
  };
}
