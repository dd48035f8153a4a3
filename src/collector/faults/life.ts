/**
 * A fault is what its ledger says: `fold` makes it from the entries, `STEPS` says which step is
 * possible in which state. Pure.
 */
import { bug, Failure } from '../../shared/errors.ts';
import type { Severity, Urgency } from '../evaluate/evaluate.ts';
import type { Fault, FaultState, Impact, LedgerEntry, LedgerKind, Level } from './faults.ts';

/** The one transition table. A kind that is not named in a state is not possible there. */
export const STEPS: Readonly<
  Record<FaultState, Readonly<Partial<Record<LedgerKind, FaultState>>>>
> = Object.freeze({
  open: {
    worsened: 'open',
    eased: 'open',
    recovered: 'recovered',
    responded: 'responded',
    arrived: 'arrived',
    repaired: 'repaired',
    comment: 'open',
    closed: 'closed',
  },
  responded: {
    worsened: 'responded',
    eased: 'responded',
    recovered: 'recovered',
    arrived: 'arrived',
    repaired: 'repaired',
    comment: 'responded',
    closed: 'closed',
  },
  arrived: {
    worsened: 'arrived',
    eased: 'arrived',
    recovered: 'recovered',
    repaired: 'repaired',
    comment: 'arrived',
    closed: 'closed',
  },
  // Worse again after a repair: the repair did not hold, the fault needs an answer again.
  repaired: {
    worsened: 'open',
    eased: 'repaired',
    recovered: 'recovered',
    comment: 'repaired',
    closed: 'closed',
  },
  recovered: { reopened: 'open', comment: 'recovered', closed: 'closed' },
  closed: { comment: 'closed' },
});

/** The steps a person can take. */
const BY_PEOPLE: readonly LedgerKind[] = ['responded', 'arrived', 'repaired', 'comment', 'closed'];

/** What an entry that opens or changes a breach says; the `detail` of the ledger. */
export interface BreachDetail {
  readonly severity: Severity;
  readonly urgency: Urgency;
  readonly impact: Impact;
  readonly level: Level;
  readonly phenomenon: { readonly en: string; readonly zh: string };
  /** Null stands for NaN, which JSON does not have. */
  readonly value: number | null;
  readonly limit: number | null;
}

export interface OpenedDetail extends BreachDetail {
  readonly device: string;
  readonly rule: string;
  readonly indicator: string;
  readonly item: string;
  readonly beganMs: number;
  readonly layer: string;
}

/** A fault and what the room must remember besides. */
export interface Case {
  readonly fault: Fault;
  /** When we knew of the recovery (`fault.recoveredMs` is when it was); null before. */
  readonly recoveryKnownMs: number | null;
  /** Number of the newest entry that is folded in. */
  readonly last: number;
}

/** True while its breach goes on: such a fault is the one of its device, rule and item. */
export function isActive(state: FaultState): boolean {
  return state !== 'recovered' && state !== 'closed';
}

export function fold(before: Case | undefined, entry: LedgerEntry): Case {
  if (entry.kind === 'opened') return opened(entry);
  if (before === undefined) bug(`ledger entry ${entry.number} is for a fault that was not opened`);
  const state = STEPS[before.fault.state][entry.kind];
  if (state === undefined) {
    bug(`ledger entry ${entry.number}: ${entry.kind} is not possible in ${before.fault.state}`);
  }
  const fault: Fault = { ...before.fault, state };
  const after = { ...before, fault, last: entry.number };
  switch (entry.kind) {
    case 'worsened':
    case 'eased':
      return { ...after, fault: { ...fault, ...breachOf(entry) } };
    case 'reopened':
      return {
        ...after,
        fault: { ...fault, ...breachOf(entry), recoveredMs: null },
        recoveryKnownMs: null,
      };
    case 'recovered': {
      const recoveredMs = Number(entry.detail.recoveredMs);
      return { ...after, fault: { ...fault, recoveredMs }, recoveryKnownMs: entry.atMs };
    }
    case 'closed':
      return { ...after, fault: { ...fault, closedMs: entry.atMs } };
    default:
      return after;
  }
}

function opened(entry: LedgerEntry): Case {
  const { device, rule, indicator, item, beganMs } = entry.detail as unknown as OpenedDetail;
  const fault: Fault = {
    id: entry.fault,
    device,
    rule,
    indicator,
    item,
    state: 'open',
    ...breachOf(entry),
    beganMs,
    openedMs: entry.atMs,
    recoveredMs: null,
    closedMs: null,
  };
  return { fault, recoveryKnownMs: null, last: entry.number };
}

function breachOf(entry: LedgerEntry) {
  const { severity, urgency, impact, level, phenomenon, value, limit } =
    entry.detail as unknown as BreachDetail;
  return {
    level,
    severity,
    urgency,
    impact,
    phenomenon,
    value: value ?? Number.NaN,
    limit: limit ?? Number.NaN,
  };
}

/** Refuses a person's step that the state does not allow. Throws `conflict` naming the possible ones. */
export function checkStep({ id, state }: Fault, kind: LedgerKind): void {
  const steps = STEPS[state];
  if (steps[kind] !== undefined) return;
  const possible = BY_PEOPLE.filter((step) => steps[step] !== undefined);
  throw new Failure('conflict', `${id} is ${state}: it cannot be ${kind}`, {
    hint: `possible now: ${possible.join(', ')}`,
    detail: { state, possible },
  });
}
