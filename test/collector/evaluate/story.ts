/**
 * An evaluator in domain time: thresholds as YAML, one device, minutes that pass. What it says is
 * returned as lines `+mm:ss rule item state severity reason`, time counted from the start.
 */

import type {
  Breach,
  DeviceFacts,
  EvaluatorOptions,
  Verdict,
} from '../../../src/collector/evaluate/evaluate.ts';
import { openEvaluator } from '../../../src/collector/evaluate/evaluate.ts';
import { checkThresholds, type ThresholdPolicy } from '../../../src/collector/evaluate/policy.ts';
import { parseYaml } from '../../../src/shared/config.ts';
import type { IndicatorName, IndicatorValue } from '../../../src/shared/indicator.ts';
import { parseDuration } from '../../../src/shared/units.ts';

export const START_MS = Date.UTC(2026, 0, 5, 8, 0, 0);
const TICK_MS = 5_000;

export function policyOf(yaml: string): ThresholdPolicy {
  return checkThresholds(parseYaml(yaml, 'thresholds.yaml'), 'thresholds.yaml');
}

export interface StoryOptions {
  readonly labels?: Record<string, string>;
  readonly breached?: readonly Breach[];
  readonly past?: EvaluatorOptions['past'];
  readonly startMs?: number;
}

export interface Stretch {
  /** Samples sent every 15 s: `cpu_used_ratio` or `filesystem_used_bytes /data`. */
  readonly send?: Record<string, number>;
  readonly every?: string;
  /** False: the agent is not heard. */
  readonly heard?: boolean;
  /** How old samples are when they arrive. */
  readonly late?: string;
}

export class Story {
  nowMs: number;
  readonly device: string = 'web-1';
  readonly verdicts: Verdict[] = [];
  facts: DeviceFacts;
  evaluator;
  private sentMs = Number.NEGATIVE_INFINITY;

  constructor(yaml: string, options: StoryOptions = {}) {
    this.nowMs = options.startMs ?? START_MS;
    this.facts = {
      name: this.device,
      labels: options.labels ?? {},
      newestMs: 0,
      heardMs: this.nowMs,
      watched: true,
    };
    this.evaluator = openEvaluator({
      policy: policyOf(yaml),
      past: options.past ?? (() => null),
      ...(options.breached && { breached: options.breached }),
    });
  }

  /** Lets time pass in ticks of 5 s. */
  run(
    span: string,
    { send = {}, every = '15s', heard = true, late = '0s' }: Stretch = {},
  ): string[] {
    const lines: string[] = [];
    const endMs = this.nowMs + parseDuration(span);
    while (this.nowMs < endMs) {
      this.nowMs += TICK_MS;
      let values: readonly IndicatorValue[] = [];
      if (this.nowMs - this.sentMs >= parseDuration(every)) {
        values = this.values(send, this.nowMs - parseDuration(late));
        if (values.length > 0) this.sentMs = this.nowMs;
      }
      if (heard) this.facts = { ...this.facts, heardMs: this.nowMs };
      lines.push(...this.tick(values));
    }
    return lines;
  }

  tick(values: readonly IndicatorValue[]): string[] {
    const verdicts = this.evaluator.tick(values, [this.facts], this.nowMs);
    this.verdicts.push(...verdicts);
    return verdicts.map((verdict) => this.line(verdict));
  }

  values(send: Record<string, number>, timeMs: number): readonly IndicatorValue[] {
    return Object.entries(send).map(([key, value]) => {
      const [indicator = '', item = ''] = key.split(' ');
      return { device: this.device, indicator: indicator as IndicatorName, item, timeMs, value };
    });
  }

  /** Every verdict now, as `rule item state reason`. */
  now(): string[] {
    return this.evaluator
      .verdicts(this.device, true)
      .map(({ rule, item, state, reason }) =>
        [rule, item, state, reason.name].filter((part) => part !== '').join(' '),
      );
  }

  private line({ rule, item, state, severity, reason }: Verdict): string {
    const seconds = (this.nowMs - START_MS) / 1000;
    const clock = [Math.floor(seconds / 60), seconds % 60]
      .map((part) => String(part).padStart(2, '0'))
      .join(':');
    return [`+${clock}`, rule, item, state, state === 'breached' ? severity : '', reason.name]
      .filter((part) => part !== '')
      .join(' ');
  }
}
