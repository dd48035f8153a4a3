/**
 * Evaluate: thresholds + indicator values + now → verdicts. Pure: reads no clock, writes nothing.
 * A verdict always carries its reason. `unknown` is a verdict of its own: no data is not OK.
 */

import { jsonSchema } from '../../shared/config.ts';
import type { IndicatorName, IndicatorValue } from '../../shared/indicator.ts';
import { createEvaluator } from './evaluator.ts';
import { readThresholdPolicy, type ThresholdPolicy, thresholdsSchema } from './policy.ts';

export type VerdictState = 'ok' | 'breached' | 'unknown';
export type Severity = 'warning' | 'critical';
export type Urgency = 'high' | 'medium' | 'low';

export interface Verdict {
  readonly device: string;
  readonly rule: string;
  readonly indicator: IndicatorName | 'agent_silent';
  readonly item: string;
  readonly state: VerdictState;
  readonly severity: Severity;
  readonly urgency: Urgency;
  /** The rule's phenomenon in a few words. */
  readonly summary: { readonly en: string; readonly zh: string };
  /** The value judged and the limit it was judged by; NaN when unknown. */
  readonly value: number;
  readonly limit: number;
  /** Unix ms: since when the condition holds (event time of its first bad sample). */
  readonly sinceMs: number;
  /** Stable name (`above_open`, `held`, `no_data` …) and one sentence for people, both languages. */
  readonly reason: { readonly name: string; readonly en: string; readonly zh: string };
  /** The layer that gave the limit: `default`, `items:<n>`, `labels:<n>`, `device:<name>`. */
  readonly layer: string;
}

/** What evaluate must know of a device besides its figures; from the ledger. */
export interface DeviceFacts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Unix ms of the newest sample; 0 for never. */
  readonly newestMs: number;
  /** Unix ms of the newest *arrival* of anything from the agent that watches it; 0 for never. */
  readonly heardMs: number;
  /** False for retired or imported devices: absence is not judged. */
  readonly watched: boolean;
  /** Sender's clock minus ours, where known: lateness is judged on the sender's clock (P6). */
  readonly clockOffsetSeconds?: number;
}

/** A breach the ledger of faults holds open, to be continued after a restart. */
export interface Breach {
  readonly device: string;
  readonly rule: string;
  readonly indicator: string;
  readonly item: string;
  readonly severity: Severity;
  /** Event time of its first bad sample, Unix ms. */
  readonly sinceMs: number;
}

export interface Evaluator {
  /**
   * New values (event time decides; values older than the newest seen for a series, or older than
   * `lateMs`, change no verdict) and the passing of time. Returns verdicts that changed state or
   * severity since the last call; what was ok from its first value on is not a change. Call it
   * every second or so: after a pause of a minute it takes itself to have been deaf, not the
   * agents to have been silent.
   */
  tick(
    values: readonly IndicatorValue[],
    devices: readonly DeviceFacts[],
    nowMs: number,
  ): readonly Verdict[];
  /**
   * Rebuilds hold timers after a restart from values of the past, oldest first, `nowMs` being the
   * moment they were new. Silence is not judged; what changed is told by the next `tick`.
   */
  replay(values: readonly IndicatorValue[], device: DeviceFacts, nowMs: number): void;
  /** All verdicts of a device that are not `ok`, or of every threshold with `all`. */
  verdicts(device: string, all?: boolean): readonly Verdict[];
  /** Why: the layers that apply to (device, indicator), which won, and the verdict now. */
  explain(device: DeviceFacts, indicator: string): readonly Explanation[];
  /** Swaps the policy; timers of unchanged rules go on. */
  reload(policy: ThresholdPolicy): void;
  forget(device: string): void;
}

export interface Explanation {
  readonly rule: string;
  readonly item: string;
  /** Every layer in order of rising precedence, with the fields it sets. */
  readonly layers: readonly {
    readonly layer: string;
    readonly applies: boolean;
    readonly sets: Readonly<Record<string, unknown>>;
  }[];
  readonly effective: Readonly<Record<string, unknown>>;
  readonly winner: string;
  readonly verdict: Verdict | null;
}

export interface EvaluatorOptions {
  readonly policy: ThresholdPolicy;
  /** Faults open in the ledger when the evaluator starts: it goes on from there. */
  readonly breached?: readonly Breach[];
  /** Slots of a device's recent past for the trend kind: ascending times (ms), values. */
  readonly past: (
    device: string,
    indicator: IndicatorName,
    item: string,
  ) => { readonly times: Float64Array; readonly values: Float64Array } | null;
}

export function openEvaluator(options: EvaluatorOptions): Evaluator {
  return createEvaluator(options);
}

/** With this share of the agents or more getting an answer, a device is not down. */
const QUORUM = 0.5;

/**
 * Of a device's verdicts the one that says that most agents get no answer from it: the parent of its
 * other breaches, which may be nothing but its consequences. Null while it is reachable, or unknown.
 */
export function unreachable(verdicts: readonly Verdict[]): Verdict | null {
  const isDown = ({ indicator, state, value }: Verdict): boolean =>
    indicator === 'reachable' && state === 'breached' && value < QUORUM;
  return verdicts.find(isDown) ?? null;
}

/** The thresholds file's JSON Schema, for editors. */
export function thresholdsJsonSchema(): unknown {
  return jsonSchema(thresholdsSchema);
}

/** Reads and checks the thresholds file (YAML). Throws `config` with every problem. */
export function loadThresholds(file: string): ThresholdPolicy {
  return readThresholdPolicy(file);
}
