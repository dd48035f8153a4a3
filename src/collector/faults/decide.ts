/** A verdict, a report or the passing of time → the step a fault takes, or none. Pure. */
import type { Verdict } from '../evaluate/evaluate.ts';
import type { FaultOrigin, Impact, LedgerKind, Level } from './fault.ts';
import { closesAfterMs, type LevelPolicy, levelOf, relapsesAfterMs } from './levels.ts';
import type { BreachDetail, Case, OpenedDetail, TermsDetail } from './life.ts';
import type { Terms } from './limits.ts';
import { phenomenonOf } from './phenomenon.ts';
import { isActive } from './steps.ts';
import { openPause } from './time-sheet.ts';

/** An entry not yet numbered. */
export interface Step {
  readonly kind: LedgerKind;
  readonly note: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Circumstances {
  readonly levels: LevelPolicy;
  readonly impact: Impact;
  readonly systems: readonly string[];
  /** What a fault that begins now is held to, and the key it is kept under. */
  readonly terms: Terms;
  readonly termsKey: string;
  readonly nowMs: number;
}

/** Something wrong, whoever noticed it. */
export type Breach = Omit<OpenedDetail, 'impact' | 'level' | 'policy' | 'terms' | 'startMs'>;

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
  if (verdict.state === 'breached') {
    const breach = { note: verdict.reason.en, breach: breachOf(verdict) };
    return onBreach(current, breach, circumstances);
  }
  return verdict.state === 'ok' && active ? recovery(current, verdict) : null;
}

export function onBreach(
  current: Case | undefined,
  { breach, note }: { readonly breach: Breach; readonly note: string },
  circumstances: Circumstances,
): Step | null {
  const { origin = 'threshold' } = breach;
  const same = current?.fault.origin === origin;
  if (current !== undefined && isActive(current.fault.state)) {
    // A report confirms what another origin noticed: it says nothing of that one's figures.
    if (!same && origin !== 'threshold') return null;
    return change(current, { breach, note }, circumstances);
  }
  const { impact, levels } = circumstances;
  const { severity, urgency, phenomenon, value, limit } = breach;
  const weight = { severity, urgency, impact, level: levelOf(levels, urgency, impact) };
  const detail: BreachDetail = { ...weight, phenomenon, value, limit };
  const terms = termsDetail(breach, circumstances);
  // Reopened by another origin, it would wait for an end that its own never tells.
  if (current !== undefined && same && mayReopen(current, circumstances)) {
    const level = current.levelHeld ? current.fault.level : detail.level;
    return { kind: 'reopened', note, detail: { ...detail, level, ...terms } };
  }
  const { systems } = circumstances;
  return { kind: 'opened', note, detail: { ...breach, ...detail, systems, ...terms } };
}

function termsDetail({ beganMs }: Breach, { terms, termsKey, nowMs }: Circumstances): TermsDetail {
  const startMs = terms.from === 'began' ? Math.min(beganMs, nowMs) : nowMs;
  return { policy: terms.policy, terms: termsKey, startMs };
}

/** Only another severity is news; a level that a person or a missed limit gave is not lowered. */
function change(
  { fault, levelHeld }: Case,
  { breach, note }: { readonly breach: Breach; readonly note: string },
  { levels, impact }: Circumstances,
): Step | null {
  if (fault.severity === breach.severity) return null;
  const { severity, urgency, phenomenon, value, limit } = breach;
  const kind = severity === 'critical' ? 'worsened' : 'eased';
  const judged = levelOf(levels, urgency, impact);
  const level = levelHeld ? (Math.min(fault.level, judged) as Level) : judged;
  const detail: BreachDetail = { severity, urgency, impact, level, phenomenon, value, limit };
  return { kind, note, detail: { ...detail } };
}

function mayReopen({ fault, recoveryKnownMs }: Case, { levels, nowMs }: Circumstances): boolean {
  const over = fault.state === 'recovered' || fault.state === 'verified';
  if (!over || recoveryKnownMs === null) return false;
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

export function breachOf(verdict: Verdict): Breach {
  const { device, rule, indicator, item, severity, urgency, sinceMs, layer } = verdict;
  return {
    ...{ device, rule, indicator, item, beganMs: sinceMs, layer, severity, urgency },
    phenomenon: phenomenonOf(verdict),
    value: numberOrNull(verdict.value),
    limit: numberOrNull(verdict.limit),
  };
}

function numberOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Origins that say by themselves when it is over: what they have not ended goes on. */
const TELL_THE_END: readonly FaultOrigin[] = ['threshold', 'inbound', 'self'];

/** When a repair that the breach outlives has failed; null: not repaired, paused, or unknowable. */
export function relapsesAt({ fault, sheet }: Case, levels: LevelPolicy): number | null {
  const { state, origin, level, repairedMs } = fault;
  if (state !== 'repaired' || repairedMs === null || openPause(sheet) !== null) return null;
  return TELL_THE_END.includes(origin) ? repairedMs + relapsesAfterMs(levels, level) : null;
}

/** The clocks of a repaired fault stand still: without this nothing would ever speak of it again. */
export function relapse({ fault }: Case): Step {
  const { severity, urgency, impact, level, phenomenon, value, limit } = fault;
  const weight = { severity, urgency, impact, level, phenomenon };
  const reason = { en: 'still failing after the repair', zh: '修复后故障仍在持续' };
  const figures = { value: numberOrNull(value), limit: numberOrNull(limit) };
  return { kind: 'worsened', note: reason.en, detail: { ...weight, ...figures, reason } };
}

/** The closing that policy owes a recovered fault; null while it is not due, or a person's. */
export function closing(current: Case, levels: LevelPolicy, nowMs: number): Step | null {
  const { fault, recoveryKnownMs } = current;
  const after = closesAfter(current, levels);
  if (isActive(fault.state) || recoveryKnownMs === null || after === null) return null;
  if (nowMs - recoveryKnownMs < after) return null;
  const reason = { en: 'recovered and closed by policy', zh: '恢复后按策略自动关闭' };
  return { kind: 'closed', note: reason.en, detail: { policy: true, reason } };
}

/**
 * Milliseconds after its recovery was known; null: never by itself. What was suppressed to its end
 * was told to nobody: its cause is the one that people answer for.
 */
export function closesAfter({ fault }: Case, levels: LevelPolicy): number | null {
  if (fault.state === 'closed') return null;
  return fault.quiet !== null ? levels.reopen_within : closesAfterMs(levels, fault.level);
}
