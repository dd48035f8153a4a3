/** A watch's standing as a verdict: with the value, the limit, the layer and the reason. */
import { isIndicatorName } from '../../shared/indicator.ts';
import type { Breach, Verdict } from './evaluate.ts';
import type { Words } from './kind.ts';
import { reasonOf } from './reason.ts';
import { CRITICAL, OK, stateOf, UNKNOWN, type Watch } from './watch.ts';

export function verdictOf(watch: Watch, nowMs: number): Verdict {
  const { rule, standing, limit, slot } = watch;
  const unknown = standing === UNKNOWN;
  const severe = (standing >= OK && standing !== OK ? standing : watch.reported) === CRITICAL;
  const sinceMs = unknown ? (slot?.newestMs ?? 0) : watch.sinceMs;
  return {
    device: watch.device,
    rule: rule.name,
    indicator: rule.measure.indicator,
    item: watch.item,
    state: stateOf(standing),
    severity: severe ? 'critical' : (limit?.severity ?? 'warning'),
    urgency: limit?.urgency ?? 'medium',
    summary: rule.summary,
    value: unknown ? Number.NaN : watch.value,
    limit: unknown ? Number.NaN : (limit?.open.value ?? Number.NaN),
    sinceMs: Number.isNaN(sinceMs) ? (slot?.firstMs ?? watch.judgedMs) : sinceMs,
    reason: reasonOf(watch, nowMs),
    layer: watch.effective.winner,
  };
}

/** A breach whose rule is gone is over: nothing will ever say so but this. */
export function orphanVerdict(breach: Breach, why: Words, nowMs: number): Verdict {
  return {
    device: breach.device,
    rule: breach.rule,
    indicator: isIndicatorName(breach.indicator) ? breach.indicator : 'agent_silent',
    item: breach.item,
    state: 'ok',
    severity: breach.severity,
    urgency: 'medium',
    summary: why,
    value: Number.NaN,
    limit: Number.NaN,
    sinceMs: nowMs,
    reason: why,
    layer: 'default',
  };
}
