/**
 * CPU: add on sustained load, not on a peak; cut on what two periods needed, never by more than
 * half, only when a quarter or more is gained. All constants are policy, with their measurements.
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
import type { Machine } from './platform.ts';
import { assessQuality, mayCut, type Quality } from './quality.ts';

export interface CpuMeasure extends LoadMeasure {
  /** Means over the busy slots of the month (all slots where none was busy); NaN unknown. */
  readonly stealRatio: number;
  readonly iowaitRatio: number;
  /** Slots of the month above the watch limit, and the days they fall on. */
  readonly peaks: { readonly slots: number; readonly days: number };
}

const SLOT_MINUTES = 5;

export interface CpuContext {
  readonly memoryKnown: boolean;
  /** Receive + transmit over all interfaces, P95 of the month, bytes/s; NaN unknown. */
  readonly networkP95: number;
  readonly machine: Machine;
  readonly restraint: Restraint | null;
}

interface Case {
  readonly measure: CpuMeasure;
  readonly context: CpuContext;
  readonly policy: ReportPolicy;
  readonly need: number;
  readonly quality: Quality;
  readonly cut: Cut;
}

export function decideCpu(
  measure: CpuMeasure,
  context: CpuContext,
  policy: ReportPolicy,
): Decision {
  const { cpu, catalogue } = policy;
  const need = Math.max(cpuNeed(measure, policy), context.restraint?.peerNeed ?? 0);
  const agreement = {
    periodsAgree: new Set(directions(measure, policy)).size <= 1,
    censored: measure.decided.statistics.p95 >= cpu.censored_p95,
  };
  const quality = assessQuality(measure.quality, agreement, policy.quality);
  const floor = Math.max(cpu.floor_cores, context.restraint?.floor ?? 0);
  const cut = cutTo(need, measure.size, { ...cpu, floor, sizes: catalogue.cores });
  const own: Case = { measure, context, policy, need, quality, cut };
  return explain(own, judge(own));
}

/** The largest need of all deciding periods, cores; NaN without any. */
export function cpuNeed(measure: CpuMeasure, policy: ReportPolicy): number {
  return measure.demands.reduce(
    (need, demand) => Math.max(Number.isNaN(need) ? 0 : need, needOf(demand, policy)),
    NaN,
  );
}

function needOf({ p95, p99_5 }: PeriodDemand, { cpu }: ReportPolicy): number {
  return Math.max(p95 / cpu.target_p95, p99_5 / cpu.target_p99_5);
}

function judge(own: Case): Judgement {
  if (own.quality.confidence === 'insufficient') return judged('insufficient', 'quality');
  const overload = overloadOf(own);
  return overload === null ? judgeRoom(own) : judgeOverload(own, overload);
}

function judgeOverload(own: Case, overload: Reason): Judgement {
  const { cpu, catalogue } = own.policy;
  const { size, stealRatio, iowaitRatio } = own.measure;
  const { statistics, busy } = own.measure.decided;
  // More cores would not help where the host gives too few, or the load waits for disks.
  if (stealRatio >= cpu.steal) return judged('watch', 'host_contention');
  if (iowaitRatio >= cpu.iowait_share * statistics.p95) return judged('watch', 'waiting_for_disk');
  const censored = statistics.p95 >= cpu.censored_p95;
  const wanted = censored ? Math.max(own.need, cpu.max_growth * size) : own.need;
  const target = grownSize(wanted, size, { sizes: catalogue.cores, maxGrowth: cpu.max_growth });
  const urgent =
    statistics.p90 >= cpu.urgent_p90 || busy.hours >= cpu.urgent_busy_share * busy.observed;
  return judged(urgent ? 'urgent' : 'add', overload, {
    target,
    notes: censored ? ['censored'] : [],
  });
}

function overloadOf({ measure, policy: { cpu } }: Case): Reason | null {
  const { statistics, busy } = measure.decided;
  if (statistics.p95 >= cpu.add_p95) return 'sustained_load';
  const often = busy.hours >= cpu.add_busy_hours && busy.days >= cpu.add_busy_days;
  return often ? 'busy_hours' : null;
}

/** Not overloaded: cut, watch, idle or keep. */
function judgeRoom(own: Case): Judgement {
  const { measure, quality, cut, policy } = own;
  const peaks = measure.decided.statistics.max > policy.cpu.watch_max;
  const block = cut.worthwhile ? blockOf(own) : null;
  if (block === 'confidence') return judged('insufficient', 'quality', { blockedBy: block });
  if (cut.worthwhile && block === null) return judgeCut(own, peaks);
  if (peaks) return judged('watch', 'short_peaks', { blockedBy: block });
  if (block !== null) return judged('keep', 'cut_blocked', { blockedBy: block });
  if (!mayCut(quality.confidence) && quality.gaps.includes('too_few_days')) {
    return judged('insufficient', 'quality');
  }
  if (isUnused(own) && mayCut(quality.confidence)) return judged('idle', 'unused');
  return judged('keep', cut.target < measure.size ? 'cut_too_small' : 'fits');
}

function judgeCut(own: Case, peaks: boolean): Judgement {
  const notes: Note[] = [];
  if (own.cut.capped) notes.push('capped');
  if (peaks) notes.push('peaks');
  if (isUnused(own)) notes.push('unused');
  if (own.context.machine === 'physical') notes.push('consolidate');
  return judged('reduce', 'oversized', { target: own.cut.target, notes });
}

function blockOf({ quality, context, policy }: Case): Block | null {
  if (!mayCut(quality.confidence)) return 'confidence';
  if (!context.memoryKnown && policy.memory.require_for_cpu_cut) return 'memory_unknown';
  return context.restraint?.forbids ? 'excluded' : null;
}

function isUnused({ measure, context, policy }: Case): boolean {
  const { idle } = policy.cpu;
  const { p95, max } = measure.decided.statistics;
  const quiet = context.networkP95 < idle.network_p95_bytes_per_second;
  return p95 < idle.p95 && max < idle.max && quiet && measure.quality.days >= idle.days;
}

/** Which way each period alone would point. */
function directions(measure: CpuMeasure, policy: ReportPolicy): string[] {
  const { cpu, catalogue } = policy;
  const rule = { ...cpu, floor: cpu.floor_cores, sizes: catalogue.cores };
  return measure.demands.map((demand) => {
    if (demand.p95 >= cpu.add_p95 * measure.size) return 'more';
    return cutTo(needOf(demand, policy), measure.size, rule).worthwhile ? 'less' : 'same';
  });
}

function explain(own: Case, { target, notes, ...judgement }: Judgement): Decision {
  const { measure, context, policy, need, quality } = own;
  const { statistics: load, busy } = measure.decided;
  const size = target ?? measure.size;
  const peerNotes: Note[] = (context.restraint?.peerNeed ?? 0) > 0 ? ['peers'] : [];
  const floorNotes: Note[] = (context.restraint?.floor ?? 0) > 0 ? ['minimum'] : [];
  return {
    ...judgement,
    current: measure.size,
    target: size,
    rawTarget: need,
    confidence: quality.confidence,
    gaps: quality.gaps,
    notes: [...notes, ...peerNotes, ...floorNotes],
    evidence: {
      p50: load.p50,
      p90: load.p90,
      p95: load.p95,
      p99_5: load.p99_5,
      max: load.max,
      busy_hours: busy.hours,
      busy_days: busy.days,
      hours_observed: busy.observed,
      steal: measure.stealRatio,
      iowait: measure.iowaitRatio,
      expected_p95: (load.p95 * measure.size) / size,
      expected_p99_5: (load.p99_5 * measure.size) / size,
      peak_minutes: measure.peaks.slots * SLOT_MINUTES,
      peak_days: measure.peaks.days,
      cut_to: own.cut.target,
      network_p95: context.networkP95,
      periods_over: directions(measure, policy).filter((way) => way === 'more').length,
    },
  };
}
