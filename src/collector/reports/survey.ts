/** Reads and measures every device, one after the other, and keeps only the measures. */
import { dateOfDay, monthsUntil } from './calendar.ts';
import { cpuNeed } from './decide/cpu.ts';
import { decideDevice } from './decide/device.ts';
import { type Peer, restraintOf } from './decide/exclusions.ts';
import { memoryNeed } from './decide/memory.ts';
import type { DeviceFinding } from './document.ts';
import { CAPACITY_INDICATORS, type DeviceMeasure, measureDevice } from './measure/device.ts';
import { monthlyP95 } from './measure/monthly-p95.ts';
import { type ReportWindow, reportWindow, slotCount } from './measure/window.ts';
import type { ReportDevice, ReportReaders, ReportRequest } from './reports.ts';

export interface Survey {
  readonly window: ReportWindow;
  readonly findings: readonly DeviceFinding[];
  /** First and last slot with a figure, Unix ms; NaN without any. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Monthly CPU P95 by device, for `history.sparkline_months`; empty unless asked for. */
  readonly sparklines: ReadonlyMap<string, Float64Array>;
}

interface Measured {
  readonly device: ReportDevice;
  readonly measure: DeviceMeasure;
}

/** How far back the histograms are read: as far as the charts, or as far as the rules need. */
export function historyFromMs(
  window: ReportWindow,
  request: ReportRequest,
  charts: boolean,
): number {
  const { history } = request.policy;
  const daysBack = (days: number): number => window.month.toMs - days * 86_400_000;
  const rules = daysBack(history.storage_days);
  if (!charts) return rules;
  const [first] = monthsUntil(request.month, history.sparkline_months, request.timezone);
  return Math.min(rules, daysBack(history.chart_days), first?.fromMs ?? rules);
}

export async function survey(
  request: ReportRequest,
  readers: ReportReaders,
  charts: boolean,
): Promise<Survey> {
  const { policy, month, timezone } = request;
  const window = reportWindow(monthsUntil(month, policy.history.months, timezone), timezone);
  const sparkMonths = monthsUntil(month, policy.history.sparkline_months, timezone);
  const sparklines = new Map<string, Float64Array>();
  const measured: Measured[] = [];
  const devices = [...(await readers.devices())].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const device of devices) {
    const slots = await readers.history.slots(
      device.name,
      window.fromMs,
      window.toMs,
      CAPACITY_INDICATORS,
    );
    const wanted = charts || slots.some(({ indicator }) => STORED.has(indicator));
    const fromMs = historyFromMs(window, request, charts);
    const histograms =
      wanted && fromMs < window.fromMs
        ? await readers.history.histograms(device.name, fromMs, window.fromMs)
        : [];
    const measure = measureDevice(
      { device: device.name, kind: device.kind, slots, histograms },
      window,
      policy,
    );
    if (!counts(device, measure)) continue;
    measured.push({ device, measure });
    if (charts) sparklines.set(device.name, monthlyP95(sparkMonths, histograms, measure.cpu));
  }
  return {
    window,
    findings: decideAll(measured, window, request),
    ...extent(measured),
    sparklines,
  };
}

const STORED: ReadonlySet<string> = new Set([
  'filesystem_used_bytes',
  'filesystem_inodes_used_ratio',
  'database_used_bytes',
]);

/** Services and retired devices without capacity figures are no gap in the report. */
function counts({ kind, status }: ReportDevice, measure: DeviceMeasure): boolean {
  const { cpu, memory, filesystems, databases, networks } = measure;
  const measured = cpu ?? memory ?? filesystems[0] ?? databases[0] ?? networks[0] ?? null;
  return measured !== null || (status !== 'retired' && (kind === 'server' || kind === 'unknown'));
}

function decideAll(
  measured: readonly Measured[],
  window: ReportWindow,
  { policy }: ReportRequest,
): readonly DeviceFinding[] {
  const lastDay = window.days.at(-1) ?? 0;
  const date = dateOfDay(lastDay);
  const peersOf = (need: (measure: DeviceMeasure) => number): readonly Peer[] =>
    measured.map(({ device, measure }) => ({ name: device.name, need: need(measure) }));
  const cpuPeers = peersOf(({ cpu }) => (cpu ? cpuNeed(cpu, policy) : NaN));
  const memoryPeers = peersOf(({ memory }) => (memory ? memoryNeed(memory, policy) : NaN));
  return measured.map(({ device, measure }) =>
    decideDevice({
      device,
      measure,
      policy,
      month: window.month.name,
      dayOf: (ms) => window.days[slotCount(window.fromMs, ms)] ?? lastDay,
      restraints: {
        cpu: restraintOf(device.name, 'cpu', { policy, date, peers: cpuPeers }),
        memory: restraintOf(device.name, 'memory', { policy, date, peers: memoryPeers }),
      },
    }),
  );
}

function extent(measured: readonly Measured[]): { firstMs: number; lastMs: number } {
  let firstMs = NaN;
  let lastMs = NaN;
  for (const { measure } of measured) {
    const { cpu, memory, filesystems, databases, networks } = measure;
    const items = [...filesystems, ...databases, ...networks].map((item) => item.measure);
    for (const { quality } of [cpu, memory, ...items].filter((one) => one !== null)) {
      if (!(quality.firstMs >= firstMs))
        firstMs = Number.isNaN(quality.firstMs) ? firstMs : quality.firstMs;
      if (!(quality.lastMs <= lastMs))
        lastMs = Number.isNaN(quality.lastMs) ? lastMs : quality.lastMs;
    }
  }
  return { firstMs, lastMs };
}
