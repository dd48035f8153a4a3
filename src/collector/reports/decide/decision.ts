/** The vocabulary of decisions. A decision always carries its reason by name and its numbers. */

/** From worst to best; how several become one verdict of a server is in `server.ts`. */
export const VERDICTS = [
  'urgent',
  'add',
  'plan',
  'watch',
  'insufficient',
  'keep',
  'reduce',
  'idle',
] as const;
export type Verdict = (typeof VERDICTS)[number];

export type Confidence = 'high' | 'medium' | 'low' | 'insufficient';

export type ResourceKind = 'cpu' | 'memory' | 'filesystem' | 'inodes' | 'network' | 'database';

/** Why the data are not better; the first one is the one to print. */
export type QualityGap =
  | 'no_data'
  | 'size_unknown'
  | 'too_few_days'
  | 'low_coverage'
  | 'long_hole'
  | 'size_changed'
  | 'size_elastic'
  | 'periods_disagree'
  | 'censored';

export type Reason =
  // Why the verdict is what it is.
  | 'sustained_load'
  | 'busy_hours'
  | 'short_peaks'
  | 'host_contention'
  | 'waiting_for_disk'
  | 'oversized'
  | 'unused'
  | 'fits'
  | 'cut_too_small'
  | 'cut_blocked'
  | 'out_of_memory'
  | 'memory_pressure'
  | 'swapping'
  | 'memory_rising'
  | 'fills_soon'
  | 'nearly_full'
  | 'above_warning'
  | 'full_but_static'
  | 'growing'
  | 'no_growth'
  | 'reclaim_at_rebuild'
  | 'link_busy'
  | 'link_errors'
  | 'link_oversized'
  | 'quality';

/** Why a cut that the figures allow is not advised. */
export type Block = 'confidence' | 'memory_unknown' | 'out_of_memory' | 'swapping' | 'excluded';

/** Remarks that do not change the verdict. */
export type Note =
  | 'capped'
  | 'unused'
  | 'peaks'
  | 'censored'
  | 'consolidate'
  | 'peers'
  | 'minimum'
  | 'rising'
  | 'after_cpu';

export interface Decision {
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** In the unit of the resource; `target` is `current` unless a change is advised. */
  readonly current: number;
  readonly target: number;
  /** What the figures alone ask for, before catalogue, caps and guards. NaN when unknown. */
  readonly rawTarget: number;
  readonly confidence: Confidence;
  readonly gaps: readonly QualityGap[];
  readonly blockedBy: Block | null;
  readonly notes: readonly Note[];
  /** The numbers the wording prints, by stable name. NaN for unknown. */
  readonly evidence: Readonly<Record<string, number>>;
}

/** What an exclusion of the policy means for one resource of one device. */
export interface Restraint {
  readonly kind: string;
  readonly reason: string;
  /** `YYYY-MM-DD`, the last day on which it counts. */
  readonly until: string;
  readonly decidedBy: string;
  /** True when it forbids a cut; peers and minima only change the figures. */
  readonly forbids: boolean;
  /** Smallest size, in the unit of the resource; 0 for none. */
  readonly floor: number;
  /** Need of the peers, in the unit of the resource; 0 for none. */
  readonly peerNeed: number;
}

/** What the rules say, before it is dressed with figures. `target` null: no change. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly target: number | null;
  readonly blockedBy: Block | null;
  readonly notes: readonly Note[];
}

export function judged(
  verdict: Verdict,
  reason: Reason,
  more: Partial<Pick<Judgement, 'target' | 'blockedBy' | 'notes'>> = {},
): Judgement {
  return { verdict, reason, target: null, blockedBy: null, notes: [], ...more };
}
