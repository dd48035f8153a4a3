/** Builders for decision tests: a plain, healthy case, and what a test changes about it. */

import type { CpuContext, CpuMeasure } from '../../../../src/collector/reports/decide/cpu.ts';
import type { Restraint } from '../../../../src/collector/reports/decide/decision.ts';
import type { MemoryMeasure } from '../../../../src/collector/reports/decide/memory.ts';
import type { NetworkMeasure } from '../../../../src/collector/reports/decide/network.ts';
import type { QualityFacts } from '../../../../src/collector/reports/decide/quality.ts';
import type { StorageMeasure } from '../../../../src/collector/reports/decide/storage.ts';
import type { Forecast } from '../../../../src/collector/reports/figures/forecast.ts';
import type { Statistics } from '../../../../src/collector/reports/figures/statistics.ts';
import { type ReportPolicy, readReportPolicy } from '../../../../src/collector/reports/policy.ts';
import { DAY_MS } from '../../../../src/shared/units.ts';
import { projectFile } from '../../../support/parts.ts';

export const POLICY_FILE = projectFile('config/capacity.yaml');

/** The shipped policy; `change` edits a copy. */
export function policy(change: (policy: ReportPolicy) => void = () => {}): ReportPolicy {
  const own = readReportPolicy(POLICY_FILE);
  change(own);
  return own;
}

export const MONTH_MS = Date.UTC(2026, 2, 1);
export const GIB = 1024 ** 3;

export function quality(change: Partial<QualityFacts> = {}): QualityFacts {
  return {
    days: 59,
    coverage: 0.99,
    firstMs: MONTH_MS - 28 * DAY_MS,
    lastMs: MONTH_MS + 31 * DAY_MS - 300_000,
    holeDays: 0.1,
    sizeChangedMs: NaN,
    sizeChangedInMonth: false,
    sizeElastic: false,
    sizeKnown: true,
    ...change,
  };
}

export function statistics(change: Partial<Statistics> = {}): Statistics {
  const { p95 = 0.5, ...rest } = change;
  return {
    count: 8928,
    mean: p95 * 0.6,
    p50: p95 * 0.6,
    p90: p95 * 0.9,
    p95,
    p99_5: Math.min(1, p95 * 1.1),
    max: Math.min(1, p95 * 1.2),
    ...rest,
  };
}

interface LoadChange {
  readonly size?: number;
  readonly load?: Partial<Statistics>;
  readonly busy?: { readonly hours: number; readonly days: number; readonly observed?: number };
  /** Demands of the two months in the unit of the size; default: as the load says. */
  readonly demands?: CpuMeasure['demands'];
  readonly quality?: Partial<QualityFacts>;
}

function load(change: LoadChange, defaultSize: number) {
  const size = change.size ?? defaultSize;
  const own = statistics(change.load);
  const busy = { observed: 744, ...(change.busy ?? { hours: 0, days: 0 }) };
  const demand = (name: string) => ({
    name,
    p95: own.p95 * size,
    p99_5: own.p99_5 * size,
    max: own.max * size,
  });
  return {
    size,
    statistics: own,
    busy,
    decided: { statistics: own, busy },
    demands: change.demands ?? [demand('2026-02'), demand('2026-03')],
    quality: quality(change.quality),
  };
}

export function cpu(
  change: LoadChange & Partial<Pick<CpuMeasure, 'stealRatio' | 'iowaitRatio' | 'peaks'>> = {},
): CpuMeasure {
  return {
    ...load(change, 8),
    stealRatio: change.stealRatio ?? 0,
    iowaitRatio: change.iowaitRatio ?? 0,
    peaks: change.peaks ?? { slots: 0, days: 0 },
  };
}

export function cpuContext(change: Partial<CpuContext> = {}): CpuContext {
  return { memoryKnown: true, networkP95: 1e6, machine: 'unknown', restraint: null, ...change };
}

export function restraint(change: Partial<Restraint> = {}): Restraint {
  return {
    kind: 'dr_standby',
    reason: 'standby of db-01',
    until: '2026-12-31',
    decidedBy: 'Zhang Wei',
    forbids: true,
    floor: 0,
    peerNeed: 0,
    ...change,
  };
}

export function memory(
  change: LoadChange &
    Partial<
      Pick<MemoryMeasure, 'nominal' | 'oomKills' | 'oomKillsWindow' | 'swapDays' | 'risePoints'>
    > = {},
): MemoryMeasure {
  const measured = load(change, 16);
  return {
    ...measured,
    nominal: change.nominal ?? measured.size,
    oomKills: change.oomKills ?? 0,
    oomKillsWindow: change.oomKillsWindow ?? change.oomKills ?? 0,
    swapDays: change.swapDays ?? 0,
    risePoints: change.risePoints ?? NaN,
  };
}

export function forecastOf(change: Partial<Forecast> = {}): Forecast {
  return {
    days: 90,
    level: 50 * GIB,
    slopeLong: 0,
    slopeShort: 0,
    slope: 0,
    slopeLow: 0,
    slopeHigh: 0,
    noisy: false,
    daysToWarning: Infinity,
    daysToFull: Infinity,
    earliest: Infinity,
    latest: Infinity,
    p30: 0,
    p60: 0,
    p90: 0,
    jump: 0,
    shiftDay: NaN,
    ...change,
  };
}

export function storage(
  change: Partial<Omit<StorageMeasure, 'forecast' | 'quality'>> & {
    readonly forecast?: Partial<Forecast> | null;
    readonly quality?: Partial<QualityFacts>;
  } = {},
): StorageMeasure {
  const { forecast, quality: facts, ...rest } = change;
  return {
    size: 100 * GIB,
    statistics: statistics({ p95: 0.5 }),
    highest: 50 * GIB,
    daysSeen: 90,
    monthChange: 0,
    unit: 'bytes',
    ...rest,
    forecast: forecast === null ? null : forecastOf(forecast),
    quality: quality(facts),
  };
}

export function network(
  change: Partial<Omit<NetworkMeasure, 'quality'>> & {
    readonly p95?: number;
    readonly quality?: Partial<QualityFacts>;
  } = {},
): NetworkMeasure {
  const { p95 = 0.2, quality: facts, ...rest } = change;
  const speed = change.speed ?? 125e6;
  const own = statistics({ p95 });
  const scaled = statistics({ p95: p95 * speed, p99_5: p95 * speed, max: p95 * speed * 1.2 });
  return {
    speed,
    statistics: own,
    busiest: scaled,
    receive: scaled,
    transmit: scaled,
    busy: { hours: 0, days: 0, observed: 744 },
    errorsRatio: 0,
    monthsP95: p95,
    ...rest,
    quality: quality(facts),
  };
}
