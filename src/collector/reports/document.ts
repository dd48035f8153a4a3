/** The one model that every rendering of the capacity report is made from. Plain data. */
import type { Period } from './calendar.ts';
import type { Decision, ResourceKind, Restraint, Verdict } from './decide/decision.ts';
import type { Machine } from './decide/platform.ts';
import type { BusyHours } from './figures/busy-hours.ts';
import type { DailySeries } from './figures/daily-series.ts';
import type { Statistics } from './figures/statistics.ts';
import type { ReportPolicy } from './policy.ts';
import type { ReportFault } from './reports.ts';

export type ResourceUnit = 'cores' | 'bytes' | 'bytes_per_second' | 'ratio';

/** One resource of one device. Sizes are in `unit`, statistics are shares of the capacity. */
export interface ResourceRow {
  readonly resource: ResourceKind;
  /** Mount point, interface or database; null where the device has one. */
  readonly item: string | null;
  /** Other names of the same item (mounts of one file system). */
  readonly aliases: readonly string[];
  readonly unit: ResourceUnit;
  /** As measured; NaN unknown. `decision.current` is what was bought. */
  readonly capacity: number;
  readonly coverage: number;
  /** Distinct days with figures in the decision window, and the first of them, `YYYY-MM-DD`. */
  readonly days: number;
  readonly since: string | null;
  /** `YYYY-MM-DD` from which the size is as it is; null when it did not change. */
  readonly resizedOn: string | null;
  /** The months the need is the maximum of, oldest first; the month alone where it stands alone. */
  readonly months: readonly string[];
  readonly statistics: Statistics;
  readonly busy: BusyHours;
  /** P95 of the month before as share of the present capacity; NaN unknown. */
  readonly previousP95: number;
  readonly decision: Decision;
  readonly restraint: Restraint | null;
}

export interface DeviceFinding {
  readonly device: string;
  readonly kind: string;
  readonly demo: boolean;
  readonly machine: Machine;
  readonly address: string;
  readonly business: string;
  readonly importance: string;
  readonly owner: string;
  readonly verdict: Verdict;
  readonly rows: readonly ResourceRow[];
}

export interface Summary {
  readonly devices: number;
  /** Urgent ones included; `urgent` says how many. Every device is in exactly one other figure. */
  readonly add: number;
  readonly urgent: number;
  readonly plan: number;
  readonly watch: number;
  readonly insufficient: number;
  readonly keep: number;
  readonly reduce: number;
  readonly idle: number;
}

/** One advised step, in the order in which to take them. */
export interface Action {
  readonly device: DeviceFinding;
  readonly row: ResourceRow;
  /** `YYYY-MM-DD`. */
  readonly due: string;
}

/** The load of a flagged server over the month, in the unit of the row. */
export interface Strip {
  readonly device: DeviceFinding;
  readonly row: ResourceRow;
  /** Begin of each point, Unix ms; NaN bands where nothing was collected. */
  readonly times: readonly number[];
  readonly p5: Float64Array;
  readonly p50: Float64Array;
  readonly p95: Float64Array;
}

export interface StorageChart {
  readonly device: DeviceFinding;
  readonly row: ResourceRow;
  readonly history: DailySeries;
  /** First day the trend rests on, and the trend line. */
  readonly trendFrom: number;
  readonly trend: { readonly atLast: number; readonly perDay: number };
  /** Days ahead of the newest day, and the levels there by share of futures. */
  readonly fanDays: readonly number[];
  readonly fan: {
    readonly low: Float64Array;
    readonly middle: Float64Array;
    readonly high: Float64Array;
  };
}

/** Only what is printed: a JSON or CSV rendering needs none of it. */
export interface Charts {
  readonly strips: readonly Strip[];
  readonly storage: readonly StorageChart[];
  /** Monthly CPU P95 by device, oldest month first; NaN where nothing is kept. */
  readonly sparklines: ReadonlyMap<string, Float64Array>;
}

export interface CapacityDocument {
  readonly month: string;
  readonly timezone: string;
  readonly period: Period;
  /** The months decisions rest on, oldest first. */
  readonly months: readonly string[];
  readonly organisation: string;
  readonly demo: boolean;
  /** First and last slot with a figure in the window, Unix ms; NaN without data. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** SHA-256 over every figure below: equal digests, equal reports. */
  readonly digest: string;
  readonly generatedFrom: string;
  readonly summary: Summary;
  readonly devices: readonly DeviceFinding[];
  readonly actions: readonly Action[];
  readonly faults: readonly ReportFault[];
  readonly policy: ReportPolicy;
}
