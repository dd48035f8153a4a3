/**
 * Evaluate: thresholds + indicator values + now → verdicts. Pure: reads no clock, writes nothing.
 * A verdict always carries its reason. `unknown` is a verdict of its own: no data is not OK.
 */
import type { IndicatorName, IndicatorValue } from '../../shared/indicator.ts';
import { createEvaluator } from './evaluator.ts';
import { readThresholdPolicy, type ThresholdPolicy } from './policy.ts';

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
  /** The value judged and the limit it was judged by; NaN when unknown. */
  readonly value: number;
  readonly limit: number;
  /** Unix ms: since when the condition holds (event time of its first bad sample). */
  readonly sinceMs: number;
  /** Stable name (`above_open`, `held`, `no_data` …) and one sentence for people, both languages. */
  readonly reason: { readonly name: string; readonly en: string; readonly zh: string };
  /** Which layer of the policy gave the limit: `default`, `labels:<n>`, `device:<name>`. */
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
}

export interface Evaluator {
  /**
   * New values (event time decides; values older than the newest seen for a series, or older than
   * `lateMs`, change no verdict) and the passing of time. Returns verdicts that changed state or
   * severity since the last call.
   */
  tick(
    values: readonly IndicatorValue[],
    devices: readonly DeviceFacts[],
    nowMs: number,
  ): readonly Verdict[];
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

/** Reads and checks the thresholds file (YAML). Throws `config` with every problem. */
export function loadThresholds(file: string): ThresholdPolicy {
  return readThresholdPolicy(file);
}
