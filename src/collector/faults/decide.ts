/** A verdict or the passing of time → the step a fault takes, or none. Pure. */
import type { Verdict } from '../evaluate/evaluate.ts';
import type { Impact, LedgerKind } from './faults.ts';
import { closesAfterMs, type LevelPolicy, levelOf } from './levels.ts';
import { type BreachDetail, type Case, isActive, type OpenedDetail } from './life.ts';
import { phenomenonOf } from './phenomenon.ts';

/** An entry not yet numbered. */
export interface Step {
  readonly kind: LedgerKind;
  readonly note: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Circumstances {
  readonly levels: LevelPolicy;
  readonly impact: Impact;
  readonly nowMs: number;
}

/**
 * What a verdict does to the newest fault of its device, rule and item. The same verdict a second
 * time does nothing, so it may be applied again after a crash.
 */
export function decide(
  current: Case | undefined,
  verdict: Verdict,
  circumstances: Circumstances,
): Step | null {
  const active = current !== undefined && isActive(current.fault.state);
  if (verdict.state === 'breached') return onBreach(current, verdict, circumstances);
  if (verdict.state === 'ok' && active) return recovery(current, verdict);
  return null;
}

function onBreach(
  current: Case | undefined,
  verdict: Verdict,
  circumstances: Circumstances,
): Step | null {
  const note = verdict.reason.en;
  if (current !== undefined && isActive(current.fault.state)) {
    if (current.fault.severity === verdict.severity) return null;
    const kind = verdict.severity === 'critical' ? 'worsened' : 'eased';
    return { kind, note, detail: { ...breachDetail(verdict, circumstances) } };
  }
  const detail = breachDetail(verdict, circumstances);
  if (current !== undefined && mayReopen(current, circumstances)) {
    return { kind: 'reopened', note, detail: { ...detail } };
  }
  const { device, rule, indicator, item, sinceMs, layer } = verdict;
  const opened: OpenedDetail = {
    ...detail,
    device,
    rule,
    indicator,
    item,
    beganMs: sinceMs,
    layer,
  };
  return { kind: 'opened', note, detail: { ...opened } };
}

function mayReopen({ fault, recoveryKnownMs }: Case, { levels, nowMs }: Circumstances): boolean {
  if (fault.state !== 'recovered' || recoveryKnownMs === null) return false;
  return nowMs - recoveryKnownMs <= levels.reopen_within;
}

function recovery({ fault }: Case, { sinceMs, value, reason }: Verdict): Step {
  // A recovery cannot be before the breach, whatever the clocks of two senders say.
  const recoveredMs = Math.max(sinceMs, fault.beganMs);
  return {
    kind: 'recovered',
    note: reason.en,
    detail: { recoveredMs, value: numberOrNull(value), reason },
  };
}

function breachDetail(verdict: Verdict, { levels, impact }: Circumstances): BreachDetail {
  const { severity, urgency, value, limit } = verdict;
  return {
    severity,
    urgency,
    impact,
    level: levelOf(levels, urgency, impact),
    phenomenon: phenomenonOf(verdict),
    value: numberOrNull(value),
    limit: numberOrNull(limit),
  };
}

function numberOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The closing that policy owes a recovered fault; null while it is not due, or a person's. */
export function closing(current: Case, levels: LevelPolicy, nowMs: number): Step | null {
  const { fault, recoveryKnownMs } = current;
  const after = closesAfterMs(levels, fault.level);
  if (fault.state !== 'recovered' || recoveryKnownMs === null || after === null) return null;
  if (nowMs - recoveryKnownMs < after) return null;
  return { kind: 'closed', note: 'recovered and closed by policy', detail: { policy: true } };
}
