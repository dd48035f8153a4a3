/**
 * Runs the report's own decisions on recorded months and judges them by the period that followed.
 * Nothing of the judged period is visible to the decision.
 */

import type { SlotSeries } from '../../src/collector/indicators/indicators.ts';
import { monthsUntil, type Period } from '../../src/collector/reports/calendar.ts';
import { decideCpu } from '../../src/collector/reports/decide/cpu.ts';
import type { Decision } from '../../src/collector/reports/decide/decision.ts';
import { decideMemory } from '../../src/collector/reports/decide/memory.ts';
import { measureCpu } from '../../src/collector/reports/measure/cpu.ts';
import { GIB, measureMemory } from '../../src/collector/reports/measure/memory.ts';
import { seriesIndex } from '../../src/collector/reports/measure/series-index.ts';
import { reportWindow } from '../../src/collector/reports/measure/window.ts';
import type { ReportPolicy } from '../../src/collector/reports/policy.ts';
import type { IndicatorName } from '../../src/shared/indicator.ts';
import { DAY_MS, SLOT_MS } from '../../src/shared/units.ts';
import type { Recording } from './recordings.ts';

/** One decision and what the next period made of it. */
export interface Outcome {
  readonly name: string;
  readonly decision: Decision;
  /** More than 1 % of the next slots exceed 90 % of the target, and did not exceed 90 % before. */
  readonly regret: boolean;
  /** More than 5 % of the next slots above 85 % of the present size. */
  readonly overloaded: boolean;
}

export interface Score {
  readonly servers: number;
  readonly cuts: number;
  /** Share of all capacity that the cuts give back. */
  readonly cutShare: number;
  readonly regrets: readonly string[];
  readonly flagged: number;
  readonly precision: number;
  readonly recall: number;
}

export function score(outcomes: readonly Outcome[]): Score {
  const cuts = outcomes.filter(({ decision }) => decision.target < decision.current);
  const flagged = outcomes.filter(({ decision }) => decision.target > decision.current);
  const right = flagged.filter(({ overloaded }) => overloaded).length;
  const sum = (of: readonly Outcome[], value: (decision: Decision) => number): number =>
    of.reduce((total, { decision }) => total + value(decision), 0);
  return {
    servers: outcomes.length,
    cuts: cuts.length,
    cutShare: sum(cuts, (d) => d.current - d.target) / sum(outcomes, (d) => d.current),
    regrets: cuts.filter(({ regret }) => regret).map(({ name }) => name),
    flagged: flagged.length,
    precision: right / flagged.length,
    recall: right / outcomes.filter(({ overloaded }) => overloaded).length,
  };
}

function seriesOf(indicator: IndicatorName, startMs: number, values: Float64Array): SlotSeries {
  return { indicator, item: '', startMs, mean: values, max: values, last: values };
}

const above = (values: Float64Array, limit: number): number => {
  const seen = values.filter((value) => !Number.isNaN(value));
  return seen.filter((value) => value > limit).length / Math.max(1, seen.length);
};

function judge(name: string, decision: Decision, next: Float64Array): Outcome {
  const { current, target } = decision;
  return {
    name,
    decision,
    regret: above(next, 0.9 * target) > 0.01 && !(above(next, 0.9 * current) > 0.01),
    overloaded: above(next, 0.85 * current) > 0.05,
  };
}

/** Trained on the two months before `judged`, judged on it; machines with three full months only. */
export function backtestMonths(
  recordings: readonly Recording[],
  judged: string,
  policy: ReportPolicy,
): { readonly cpu: readonly Outcome[]; readonly memory: readonly Outcome[] } {
  const months = monthsUntil(judged, policy.history.months + 1, 'UTC');
  const trained = months.slice(0, -1);
  const next = months.at(-1);
  if (next === undefined) throw new Error('BUG: no months');
  const window = reportWindow(trained, 'UTC');
  const full = recordings.filter((recording) =>
    months.every((month) => coverage(recording, month) >= policy.quality.medium.coverage),
  );
  const cpu: Outcome[] = [];
  const memory: Outcome[] = [];
  for (const recording of full) {
    const { name, startMs } = recording;
    const cut = (values: Float64Array, { fromMs, toMs }: Period): Float64Array =>
      values.slice((fromMs - startMs) / SLOT_MS, (toMs - startMs) / SLOT_MS);
    const past = { name: 'trained', fromMs: trained[0]?.fromMs ?? 0, toMs: next.fromMs };
    const series = seriesIndex(
      [
        seriesOf('cpu_used_ratio', past.fromMs, cut(recording.cpu, past)),
        seriesOf('cpu_cores', past.fromMs, cut(recording.cores, past)),
        seriesOf('memory_used_bytes', past.fromMs, cut(recording.memoryUsedBytes, past)),
        seriesOf('memory_size_bytes', past.fromMs, cut(recording.memorySizeBytes, past)),
      ],
      past,
    );
    const cores = cut(recording.cores, next);
    const cpuMeasure = measureCpu(series, window, policy);
    const memoryMeasure = measureMemory(series, window, policy);
    if (cpuMeasure === null || memoryMeasure === null) continue;
    const context = {
      memoryKnown: true,
      networkP95: NaN,
      machine: 'unknown' as const,
      restraint: null,
    };
    const nextCores = cut(recording.cpu, next).map((share, i) => share * (cores[i] ?? NaN));
    const nextGib = cut(recording.memoryUsedBytes, next).map((used) => used / GIB);
    cpu.push(judge(name, decideCpu(cpuMeasure, context, policy), nextCores));
    const memoryDecision = decideMemory(memoryMeasure, { windows: false, restraint: null }, policy);
    memory.push(judge(name, memoryDecision, nextGib));
  }
  return { cpu, memory };
}

function coverage({ cpu, startMs }: Recording, { fromMs, toMs }: Period): number {
  const part = cpu.subarray((fromMs - startMs) / SLOT_MS, (toMs - startMs) / SLOT_MS);
  return part.filter((value) => !Number.isNaN(value)).length / part.length;
}

const TRAIN_DAYS = 14;
/** The trace does not say how large the machines are; every one is taken for 8 vCPUs. */
const AZURE_CORES = 8;

/** Trained on the first 14 days, judged on the rest. */
export function backtestFortnight(
  machines: ReadonlyMap<string, Float64Array>,
  policy: ReportPolicy,
): readonly Outcome[] {
  const fromMs = Date.UTC(2017, 0, 1);
  const toMs = fromMs + TRAIN_DAYS * DAY_MS;
  const before = { name: 'before', fromMs: fromMs - TRAIN_DAYS * DAY_MS, toMs: fromMs };
  const window = reportWindow([before, { name: 'trained', fromMs, toMs }], 'UTC');
  const slots = (toMs - fromMs) / SLOT_MS;
  const outcomes: Outcome[] = [];
  for (const [name, shares] of machines) {
    const cores = new Float64Array(slots).fill(AZURE_CORES);
    const series = seriesIndex(
      [
        seriesOf('cpu_used_ratio', fromMs, shares.slice(0, slots)),
        seriesOf('cpu_cores', fromMs, cores),
      ],
      { fromMs: before.fromMs, toMs },
    );
    const measure = measureCpu(series, window, policy);
    if (measure === null) continue;
    const context = {
      memoryKnown: true,
      networkP95: NaN,
      machine: 'unknown' as const,
      restraint: null,
    };
    const next = shares.slice(slots).map((share) => share * AZURE_CORES);
    outcomes.push(judge(name, decideCpu(measure, context, policy), next));
  }
  return outcomes;
}
