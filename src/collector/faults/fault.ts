/** The nouns of the room: a fault, its clocks, its record, and the entries of its ledger. */
import type { Severity, Urgency } from '../evaluate/evaluate.ts';

export type Level = 1 | 2 | 3 | 4;
export type Impact = 'high' | 'medium' | 'low';
/** `suppressed`: it goes on, but the people hear of its cause instead; no clock runs. */
export type FaultState =
  | 'open'
  | 'suppressed'
  | 'responded'
  | 'arrived'
  | 'repaired'
  | 'recovered'
  | 'verified'
  | 'closed';
/** Who noticed: our thresholds, a person (R20), a trap, another system's alert, or ourselves. */
export type FaultOrigin = 'threshold' | 'person' | 'trap' | 'inbound' | 'self';
export type ClockName = 'respond' | 'arrive' | 'repair';
export type Share = 0.5 | 0.8 | 1;

/** Why a fault is not announced. `merged`: a person said it is part of another. */
export interface Quiet {
  readonly why: 'dependency' | 'window' | 'flapping' | 'held' | 'merged';
  /** The fault or window behind it. */
  readonly by: string;
  readonly note: string;
}

/** What stops the clocks; which ones do is a matter of the level policy (R13). */
export type PauseReason = 'force_majeure' | 'waiting_for_user' | 'waiting_for_parts' | 'agreed';

export interface Pause {
  readonly fromMs: number;
  /** Null while it lasts. */
  readonly toMs: number | null;
  readonly reason: PauseReason;
  readonly by: string;
}

export interface FaultClock {
  readonly clock: ClockName;
  /** Working time of the level in force; null: the rule names no limit. */
  readonly limitMs: number | null;
  /** Null while the fault is suppressed: then no clock has begun. */
  readonly startMs: number | null;
  /** Null: no limit, not begun, or paused (it moves on while the pause lasts). */
  readonly deadlineMs: number | null;
  /** The step that ends it, or the end of the fault. */
  readonly stoppedMs: number | null;
  /** Highest share that was entered into the ledger; 0 for none. */
  readonly told: 0 | Share;
  /** `none`: no limit. `missed` also while it still runs, once its whole limit is used. */
  readonly state: 'none' | 'waiting' | 'running' | 'paused' | 'met' | 'missed';
}

/** What was the matter, and what was done (R11). */
export interface FaultRecord {
  /** One of the classes of the levels file; '' while unknown. */
  readonly causeClass: string;
  readonly cause: string;
  readonly measures: string;
  readonly result: string;
}

export interface FaultLink {
  readonly fault: string;
  readonly how: 'related' | 'cause' | 'merged' | 'split';
}

export interface Fault {
  /** `F-000123`: short enough to say on the phone. */
  readonly id: string;
  readonly origin: FaultOrigin;
  readonly device: string;
  readonly rule: string;
  /** The indicator of a threshold; the origin of a fault that was raised. */
  readonly indicator: string;
  readonly item: string;
  readonly state: FaultState;
  readonly level: Level;
  readonly severity: Severity;
  readonly urgency: Urgency;
  readonly impact: Impact;
  /** Name of its level policy; '' for faults older than clocks. */
  readonly policy: string;
  /** Business systems of the device (its label `system`), R11. */
  readonly systems: readonly string[];
  /** The phenomenon in words, both languages (R11). */
  readonly phenomenon: { readonly en: string; readonly zh: string };
  readonly value: number;
  readonly limit: number;
  /** Event time of the first bad sample. */
  readonly beganMs: number;
  /** When we knew (R10: clocks run from here unless policy says otherwise). */
  readonly openedMs: number;
  readonly respondedMs: number | null;
  readonly arrivedMs: number | null;
  readonly repairedMs: number | null;
  readonly recoveredMs: number | null;
  readonly verifiedMs: number | null;
  readonly closedMs: number | null;
  /** Who responded last; '' before. */
  readonly owner: string;
  /** Why it is suppressed; null when it is not. */
  readonly quiet: Quiet | null;
  /** It comes and goes: one notice for all of it. */
  readonly flapping: boolean;
  /** How often it came back after a recovery. */
  readonly reopened: number;
  /** Found in late data after it was over: history, never announced. */
  readonly late: boolean;
  readonly falseAlarm: boolean;
  readonly paused: Pause | null;
  readonly clocks: readonly FaultClock[];
  readonly record: FaultRecord;
  readonly links: readonly FaultLink[];
  /** Number of its newest ledger entry: its version, for `Writing.expected`. */
  readonly last: number;
}

/**
 * Begins a fault: `opened`, or `late` (already over when it was found; told once for many by
 * `late_summary`, detail {faults, devices, fromMs, toMs}). Everything else changes one.
 * `suppressed`/`flapping`: detail is the `Quiet`; `released`/`steadied` end it. `clock`: detail
 * {clock, share, dueMs, deadlineMs}. `promoted`: {clock, from, level, sinceMs}. Steps of people:
 * {whenMs} when it was not now, {record} when they said more.
 */
export type LedgerKind =
  | 'opened'
  | 'late'
  | 'late_summary'
  | 'suppressed'
  | 'released'
  | 'worsened'
  | 'eased'
  | 'clock'
  | 'promoted'
  | 'levelled'
  | 'paused'
  | 'resumed'
  | 'recovered'
  | 'reopened'
  | 'flapping'
  | 'steadied'
  | 'responded'
  | 'arrived'
  | 'repaired'
  | 'verified'
  | 'closed'
  | 'false_alarm'
  | 'merged'
  | 'linked'
  | 'split'
  | 'comment'
  | 'attached'
  | 'corrected';

export interface LedgerEntry {
  /** Rises by 1 over all faults; what `notify` remembers as its mark. */
  readonly number: number;
  readonly fault: string;
  readonly kind: LedgerKind;
  /** Unix ms of writing. */
  readonly atMs: number;
  /** `system`, or the person who did it. */
  readonly by: string;
  readonly note: string;
  readonly detail: Readonly<Record<string, unknown>>;
}
