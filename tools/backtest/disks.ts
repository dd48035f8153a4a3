/** Judges the storage forecast: on generated disks by what came, on the chain by its real size. */
import type { DailySeries } from '../../src/collector/reports/figures/daily-series.ts';
import { type Forecast, forecast } from '../../src/collector/reports/figures/forecast.ts';
import { median } from '../../src/collector/reports/figures/statistics.ts';
import type { ReportPolicy } from '../../src/collector/reports/policy.ts';
import { ARCHETYPES, type Archetype, type DiskCase } from './disk-cases.ts';

type StoragePolicy = ReportPolicy['storage'];

export interface HorizonScore {
  readonly days: number;
  /** Share of the disks that really filled. */
  readonly baseRate: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly brier: number;
}

export interface DiskScore {
  readonly cases: number;
  readonly horizons: readonly HorizonScore[];
  /** Flagged for 60 days and not full after 90, by archetype. */
  readonly falseAlarms: Readonly<Record<Archetype, number>>;
}

interface Judged {
  readonly archetype: Archetype;
  readonly forecast: Forecast;
  /** Day on which it was full, counted from the last day seen; Infinity when it was not. */
  readonly fullOn: number;
}

const HORIZONS = [30, 60, 90] as const;

export function judgeDisks(cases: readonly DiskCase[], policy: ReportPolicy): DiskScore {
  const judged = cases.flatMap((one) => judge(one, policy));
  const falseAlarms = Object.fromEntries(
    ARCHETYPES.map((archetype) => [
      archetype,
      judged.filter(
        (one) => one.archetype === archetype && one.fullOn > 90 && flagged(one, 60, policy.storage),
      ).length,
    ]),
  ) as Record<Archetype, number>;
  return {
    cases: judged.length,
    horizons: HORIZONS.map((days) => scoreOf(judged, days, policy.storage)),
    falseAlarms,
  };
}

/** The forecast sees the policy's days of history, and a disk that is not full yet. */
function judge({ name, archetype, history, future }: DiskCase, policy: ReportPolicy): Judged[] {
  if ((history.at(-1) ?? 1) >= 1) return [];
  const values = history.slice(-policy.history.storage_days);
  const series: DailySeries = { days: Int32Array.from(values, (_, i) => i), values };
  const made = forecast(series, { size: 1, seed: name, policy: policy.storage });
  if (made === null) return [];
  const index = future.findIndex((value) => value >= 1);
  return [{ archetype, forecast: made, fullOn: index < 0 ? Infinity : index + 1 }];
}

function probability({ forecast: made }: Judged, days: number): number {
  return { 30: made.p30, 60: made.p60, 90: made.p90 }[days] ?? NaN;
}

function flagged(one: Judged, days: number, policy: StoragePolicy): boolean {
  const soon = one.forecast.daysToFull <= days;
  return soon && probability(one, days) >= policy.flag_probability;
}

function scoreOf(judged: readonly Judged[], days: number, policy: StoragePolicy): HorizonScore {
  const filled = judged.filter(({ fullOn }) => fullOn <= days);
  const raised = judged.filter((one) => flagged(one, days, policy));
  const right = raised.filter(({ fullOn }) => fullOn <= days).length;
  const squares = judged.map((one) => (probability(one, days) - (one.fullOn <= days ? 1 : 0)) ** 2);
  return {
    days,
    baseRate: filled.length / judged.length,
    precision: right / raised.length,
    recall: right / filled.length,
    f1: (2 * right) / (raised.length + filled.length),
    brier: squares.reduce((sum, square) => sum + square, 0) / judged.length,
  };
}

export interface ChainScore {
  readonly days: number;
  readonly windows: number;
  /** Median of |predicted − real| / real days until a size that was really reached. */
  readonly relativeError: number;
}

/** Megabytes below which the chain was a toy. */
const CHAIN_FROM = 100;
const CHAIN_STEP_DAYS = 2;
/** Every tenth day is a window of its own. */
const CHAIN_STRIDE = 5;

export function judgeChain(chain: DailySeries, policy: ReportPolicy): readonly ChainScore[] {
  const span = policy.history.storage_days;
  return HORIZONS.map((days) => {
    const errors: number[] = [];
    const ahead = days / CHAIN_STEP_DAYS;
    for (let now = span / CHAIN_STEP_DAYS; now + ahead < chain.days.length; now += CHAIN_STRIDE) {
      if ((chain.values[now] ?? 0) < CHAIN_FROM) continue;
      const from = now - span / CHAIN_STEP_DAYS + 1;
      const seen = {
        days: chain.days.subarray(from, now + 1),
        values: chain.values.subarray(from, now + 1),
      };
      const size = chain.values[now + ahead] ?? NaN;
      const real = (chain.days[now + ahead] ?? 0) - (chain.days[now] ?? 0);
      const made = forecast(seen, { size, seed: 'chain', policy: policy.storage });
      // No date at all counts as wrong by all of it.
      const error = made ? Math.abs(made.daysToFull - real) / real : 1;
      errors.push(Math.min(error, 1e3));
    }
    return { days, windows: errors.length, relativeError: median(Float64Array.from(errors)) };
  });
}
