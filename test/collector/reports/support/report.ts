/** Makes reports of a fake history, in one call. */

import type { SlotSeries } from '../../../../src/collector/indicators/indicators.ts';
import type { ReportPolicy } from '../../../../src/collector/reports/policy.ts';
import {
  makeReport,
  type ReportDevice,
  type ReportFault,
  type ReportRequest,
} from '../../../../src/collector/reports/reports.ts';
import type { IndicatorName } from '../../../../src/shared/indicator.ts';
import { DAY_MS } from '../../../../src/shared/units.ts';
import { GIB, policy } from './cases.ts';
import { fakeHistory, series } from './fake-history.ts';

/** February and March 2026, UTC: the two months most tests decide on. */
export const SPAN = { fromMs: Date.UTC(2026, 1, 1), toMs: Date.UTC(2026, 3, 1) };
export const MARCH_MS = Date.UTC(2026, 2, 1);

/** Days since the begin of March; negative in February. */
export const dayOf = (ms: number): number => (ms - MARCH_MS) / DAY_MS;

export type Figures = Readonly<Record<string, (ms: number) => number>>;

/** Keys are `indicator` or `indicator|item`. */
export function seriesOf(figures: Figures, span = SPAN): SlotSeries[] {
  return Object.entries(figures).map(([key, figure]) => {
    const [indicator = '', item = ''] = key.split('|');
    return series(indicator as IndicatorName, span, figure, item);
  });
}

/** A server of 8 cores and 16 GiB with a tenth of its CPU in use. */
export const SMALL_LOAD: Figures = {
  cpu_used_ratio: (ms) => 0.1 + 0.02 * Math.sin(ms / 3.7e6),
  cpu_cores: () => 8,
  memory_used_bytes: () => 4 * GIB,
  memory_size_bytes: () => 16 * GIB,
};

export function device(name: string, change: Partial<ReportDevice> = {}): ReportDevice {
  return { name, kind: 'server', facts: {}, labels: {}, status: 'live', ...change };
}

export interface Fleet {
  readonly devices: readonly ReportDevice[];
  readonly series: ReadonlyMap<string, readonly SlotSeries[]>;
  readonly faults?: readonly ReportFault[];
}

/** One server named `srv` with these figures. */
export function single(figures: Figures, change: Partial<ReportDevice> = {}): Fleet {
  const own = device('srv', change);
  return { devices: [own], series: new Map([[own.name, seriesOf(figures)]]) };
}

export async function report(fleet: Fleet, change: Partial<ReportRequest> = {}): Promise<string> {
  const rendering = await makeReport(
    {
      name: 'capacity',
      month: '2026-03',
      timezone: 'UTC',
      locale: 'en',
      format: 'json',
      policy: policy(),
      organisation: '',
      ...change,
    },
    {
      devices: async () => fleet.devices,
      history: fakeHistory(fleet.series),
      faults: async () => fleet.faults ?? [],
    },
  );
  return rendering.content;
}

/** What tests read of the JSON rendering. */
export interface JsonRow {
  readonly resource: string;
  readonly item: string | null;
  readonly unit: string;
  readonly capacity: number | null;
  readonly coverage: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99_5: number;
  readonly max: number;
  readonly busy_hours: number;
  readonly busy_days: number;
  readonly verdict: string;
  readonly current: number;
  readonly target: number;
  readonly raw_target: number;
  readonly confidence: string;
  readonly reason: string;
  readonly reason_name: string;
  readonly gaps: readonly string[];
  readonly blocked_by: string | null;
  readonly notes: readonly string[];
  readonly days: number;
  readonly aliases: readonly string[];
  readonly evidence: Readonly<Record<string, number | null>>;
}

export interface JsonReport {
  readonly report: string;
  readonly month: string;
  readonly timezone: string;
  readonly generated_from: string;
  readonly digest: string;
  readonly demo: boolean;
  readonly summary: Readonly<Record<string, number>>;
  readonly devices: readonly {
    readonly device: string;
    readonly verdict: string;
    readonly demo: boolean;
    readonly resources: readonly JsonRow[];
  }[];
}

export async function json(fleet: Fleet, change: Partial<ReportRequest> = {}): Promise<JsonReport> {
  return JSON.parse(await report(fleet, change)) as JsonReport;
}

/** The row of one resource of the only device. */
export async function row(
  figures: Figures,
  resource: string,
  change: { readonly request?: Partial<ReportRequest>; readonly policy?: ReportPolicy } = {},
): Promise<JsonRow> {
  const own = await json(single(figures), {
    ...change.request,
    ...(change.policy ? { policy: change.policy } : {}),
  });
  const found = own.devices[0]?.resources.find((one) => one.resource === resource);
  if (found === undefined) throw new Error(`no row for ${resource}`);
  return found;
}
