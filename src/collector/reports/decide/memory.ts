/**
 * Memory: sized on the maximum of two periods, never on a percentile. A cut is refused whenever
 * the server showed pressure or the memory is known to be taken in advance. Figures are GiB.
 */
import type { LoadMeasure, PeriodDemand } from '../measure/load.ts';
import type { ReportPolicy } from '../policy.ts';
import { type Cut, cutTo, grownSize } from './catalogue.ts';
import {
  type Block,
  type Decision,
  type Judgement,
  judged,
  type Note,
  type Reason,
  type Restraint,
} from './decision.ts';
import { assessQuality, mayCut, type Quality } from './quality.ts';

export interface MemoryMeasure extends LoadMeasure {
  /** What was bought, GiB: the whole number just above what the kernel reports. */
  readonly nominal: number;
  /** Kills for lack of memory in the month, and in the window; NaN when not collected. */
  readonly oomKills: number;
  readonly oomKillsWindow: number;
  /** Days of the window on which swap in use grew noticeably; NaN when not collected. */
  readonly swapDays: number;
  /** Trend of the daily P95 in points of the size per month; NaN when not significant. */
  readonly risePoints: number;
}

export interface MemoryContext {
  readonly windows: boolean;
  readonly restraint: Restraint | null;
}

interface Case {
  readonly measure: MemoryMeasure;
  readonly context: MemoryContext;
  readonly policy: ReportPolicy;
  readonly need: number;
  readonly quality: Quality;
  readonly cut: Cut;
}

export function decideMemory(
  measure: MemoryMeasure,
  context: MemoryContext,
  policy: ReportPolicy,
): Decision {
  const need = Math.max(memoryNeed(measure, policy), context.restraint?.peerNeed ?? 0);
  const agreement = {
    periodsAgree: new Set(directions(measure, policy)).size <= 1,
    censored: false,
  };
  const quality = assessQuality(measure.quality, agreement, policy.quality);
  const system = context.windows ? 'windows' : 'linux';
  const floor = Math.max(policy.memory.floor_gib[system], context.restraint?.floor ?? 0);
  const cut = cutTo(need, measure.nominal, cutRule(policy, floor));
  const own: Case = { measure, context, policy, need, quality, cut };
  return explain(own, judge(own));
}

/** The largest need of all deciding periods, GiB; NaN without any. */
export function memoryNeed(measure: MemoryMeasure, policy: ReportPolicy): number {
  return measure.demands.reduce(
    (need, { max }) => Math.max(Number.isNaN(need) ? 0 : need, max / policy.memory.target_max),
    NaN,
  );
}

const cutRule = ({ memory, catalogue }: ReportPolicy, floor: number) => ({
  ...memory,
  floor,
  sizes: catalogue.memory_gib,
});

function judge(own: Case): Judgement {
  const { measure, quality, policy } = own;
  if (quality.confidence === 'insufficient') return judged('insufficient', 'quality');
  const pressure = pressureOf(own);
  if (pressure === null) return judgeRoom(own);
  const need = Math.max(0, ...measure.demands.map(({ max }) => max)) / policy.memory.add_target_max;
  const target = grownSize(need, measure.nominal, {
    sizes: policy.catalogue.memory_gib,
    maxGrowth: policy.memory.max_growth,
  });
  return judged('add', pressure, { target });
}

function pressureOf({ measure, policy: { memory } }: Case): Reason | null {
  if (measure.oomKills >= 1) return 'out_of_memory';
  if (measure.decided.statistics.p95 >= memory.add_p95) return 'memory_pressure';
  return measure.swapDays >= memory.swap_days ? 'swapping' : null;
}

/** No pressure: cut, watch or keep. */
function judgeRoom(own: Case): Judgement {
  const { measure, quality, cut, policy } = own;
  const worthwhile = cut.worthwhile && measure.nominal - cut.target >= policy.memory.min_cut_gib;
  const block = worthwhile ? blockOf(own) : null;
  if (block === 'confidence') return judged('insufficient', 'quality', { blockedBy: block });
  const rising = measure.risePoints >= policy.memory.rise_points_per_month;
  if (worthwhile && block === null) {
    const notes: Note[] = [];
    if (cut.capped) notes.push('capped');
    if (rising) notes.push('rising');
    return judged('reduce', 'oversized', { target: cut.target, notes });
  }
  if (rising) return judged('watch', 'memory_rising', { blockedBy: block });
  if (block !== null) return judged('keep', 'cut_blocked', { blockedBy: block });
  if (!mayCut(quality.confidence) && quality.gaps.includes('too_few_days')) {
    return judged('insufficient', 'quality');
  }
  return judged('keep', cut.target < measure.nominal ? 'cut_too_small' : 'fits');
}

function blockOf({ measure, quality, context }: Case): Block | null {
  if (!mayCut(quality.confidence)) return 'confidence';
  if (measure.oomKillsWindow >= 1) return 'out_of_memory';
  if (measure.swapDays >= 1) return 'swapping';
  return context.restraint?.forbids ? 'excluded' : null;
}

/** Which way each period alone would point. */
function directions(measure: MemoryMeasure, policy: ReportPolicy): string[] {
  const rule = cutRule(policy, 0);
  return measure.demands.map((demand: PeriodDemand) => {
    if (demand.p95 >= policy.memory.add_p95 * measure.size) return 'more';
    const need = demand.max / policy.memory.target_max;
    return cutTo(need, measure.nominal, rule).worthwhile ? 'less' : 'same';
  });
}

function explain(own: Case, { target, notes, ...judgement }: Judgement): Decision {
  const { measure, context, policy, need, quality } = own;
  const load = measure.decided.statistics;
  const size = target ?? measure.nominal;
  const used = Math.max(0, ...measure.demands.map(({ max }) => max));
  const restraint = context.restraint;
  return {
    ...judgement,
    current: measure.nominal,
    target: size,
    rawTarget: need,
    confidence: quality.confidence,
    gaps: quality.gaps,
    notes: [
      ...notes,
      ...((restraint?.peerNeed ?? 0) > 0 ? (['peers'] as const) : []),
      ...((restraint?.floor ?? 0) > 0 ? (['minimum'] as const) : []),
    ],
    evidence: {
      p50: load.p50,
      p95: load.p95,
      max: load.max,
      used_max_gib: used,
      oom_kills: measure.oomKills,
      oom_kills_window: measure.oomKillsWindow,
      swap_days: measure.swapDays,
      rise_points: measure.risePoints,
      cut_to_gib: own.cut.target,
      expected_max: used / size,
      expected_p95: (load.p95 * measure.size) / size,
      periods_over: directions(measure, policy).filter((way) => way === 'more').length,
    },
  };
}
