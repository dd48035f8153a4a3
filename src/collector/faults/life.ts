/** A fault is what its ledger says: `fold` makes it from the entries, one at a time. Pure. */
import { bug } from '../../shared/errors.ts';
import type { Severity, Urgency } from '../evaluate/evaluate.ts';
import type {
  Fault,
  FaultOrigin,
  FaultRecord,
  Impact,
  LedgerEntry,
  Level,
  Quiet,
} from './fault.ts';
import { foldStep, withLink } from './life-steps.ts';
import { STEPS } from './steps.ts';
import { begin, ended, type TimeSheet, withLevel } from './time-sheet.ts';

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

/** What begins the clocks. Entries older than clocks do not have it. */
export interface TermsDetail {
  readonly policy: string;
  /** Key of the terms. */
  readonly terms: string;
  /** Where the clocks begin. */
  readonly startMs: number;
}

export interface OpenedDetail extends BreachDetail, Partial<TermsDetail> {
  readonly device: string;
  readonly rule: string;
  readonly indicator: string;
  readonly item: string;
  readonly beganMs: number;
  readonly layer: string;
  readonly origin?: FaultOrigin;
  readonly systems?: readonly string[];
}

/** What is written down of a fault; its clocks are computed from the time sheet. */
export type FaultBody = Omit<Fault, 'clocks' | 'paused' | 'last'>;

/** A fault and what the room must remember besides. */
export interface Case {
  readonly fault: FaultBody;
  readonly sheet: TimeSheet;
  /** A promotion or a person set the level: a verdict may only raise it. */
  readonly levelHeld: boolean;
  /** When it opened, recovered and came back, newest last. */
  readonly changesMs: readonly number[];
  /** When we knew of the recovery (`fault.recoveredMs` is when it was); null before. */
  readonly recoveryKnownMs: number | null;
  /** Number of the newest entry that is folded in. */
  readonly last: number;
}

/** Enough to tell flapping from bad luck; the ledger has them all. */
const CHANGES_KEPT = 32;
const NO_RECORD: FaultRecord = Object.freeze({
  causeClass: '',
  cause: '',
  measures: '',
  result: '',
});

export function fold(before: Case | undefined, entry: LedgerEntry): Case {
  if (entry.kind === 'opened' || entry.kind === 'late') return opened(entry);
  if (before === undefined) bug(`ledger entry ${entry.number} is for a fault that was not opened`);
  const state = STEPS[before.fault.state][entry.kind];
  if (state === undefined) {
    bug(`ledger entry ${entry.number}: ${entry.kind} is not possible in ${before.fault.state}`);
  }
  const after: Case = {
    ...before,
    fault: { ...before.fault, state, ...recordOf(before.fault, entry) },
    last: entry.number,
  };
  switch (entry.kind) {
    case 'worsened':
    case 'eased':
      return changed(before, after, entry);
    case 'reopened':
      return reopened(after, entry);
    case 'recovered':
      return recovered(after, entry);
    case 'suppressed':
    case 'merged':
      return silenced(after, entry);
    case 'released':
    case 'split':
      return released(after, entry);
    default:
      return foldStep(after, entry);
  }
}

/** Any step may say more about cause and measures. */
function recordOf({ record }: FaultBody, { detail }: LedgerEntry): { record?: FaultRecord } {
  if (detail.record === undefined) return {};
  return { record: { ...record, ...(detail.record as Partial<FaultRecord>) } };
}

function opened(entry: LedgerEntry): Case {
  const detail = entry.detail as unknown as OpenedDetail & { readonly endedMs?: number };
  const { device, rule, indicator, item, beganMs, origin = 'threshold', systems = [] } = detail;
  const late = entry.kind === 'late';
  const endedMs = late ? (detail.endedMs ?? beganMs) : null;
  const fault: FaultBody = {
    id: entry.fault,
    ...{ origin, device, rule, indicator, item, systems, beganMs, late },
    state: late ? 'closed' : 'open',
    ...breachOf(entry),
    policy: detail.policy ?? '',
    openedMs: entry.atMs,
    ...{ respondedMs: null, arrivedMs: null, repairedMs: null, verifiedMs: null },
    recoveredMs: endedMs,
    closedMs: late ? entry.atMs : null,
    ...{ owner: '', quiet: null, flapping: false, reopened: 0, falseAlarm: false },
    record: NO_RECORD,
    links: [],
  };
  return {
    fault,
    sheet: begin(detail.terms ?? '', late ? null : (detail.startMs ?? null), fault.level),
    levelHeld: false,
    changesMs: [entry.atMs],
    recoveryKnownMs: late ? entry.atMs : null,
    last: entry.number,
  };
}

function changed(before: Case, after: Case, entry: LedgerEntry): Case {
  const breach = breachOf(entry);
  const fault = { ...after.fault, ...breach };
  // A repair that did not hold: everything is to be done again, and the clocks begin again.
  if (before.fault.state === 'repaired' && fault.state === 'open') {
    const sheet = begin(after.sheet.terms, entry.atMs, breach.level);
    return { ...after, fault: { ...fault, ...NOTHING_DONE }, sheet };
  }
  return { ...after, fault, sheet: withLevel(after.sheet, breach.level, entry.atMs) };
}

const NOTHING_DONE = Object.freeze({
  respondedMs: null,
  arrivedMs: null,
  repairedMs: null,
  recoveredMs: null,
  verifiedMs: null,
});

function reopened(after: Case, entry: LedgerEntry): Case {
  const { policy, terms, startMs } = entry.detail as Partial<TermsDetail>;
  const breach = breachOf(entry);
  const { fault, sheet } = after;
  const again = { ...NOTHING_DONE, quiet: null, reopened: fault.reopened + 1 };
  return {
    ...withChange(after, entry),
    fault: { ...fault, ...breach, ...again, policy: policy ?? fault.policy },
    sheet: begin(terms ?? sheet.terms, startMs ?? null, breach.level),
    recoveryKnownMs: null,
  };
}

function recovered(after: Case, entry: LedgerEntry): Case {
  const recoveredMs = Number(entry.detail.recoveredMs);
  return {
    ...withChange(after, entry),
    fault: { ...after.fault, recoveredMs },
    sheet: ended(after.sheet, recoveredMs),
    recoveryKnownMs: entry.atMs,
  };
}

function withChange(after: Case, { atMs }: LedgerEntry): Case {
  return { ...after, changesMs: [...after.changesMs.slice(1 - CHANGES_KEPT), atMs] };
}

/** Its people hear of the cause instead. No clock runs; one that ran begins anew if it is released. */
function silenced(after: Case, entry: LedgerEntry): Case {
  const quiet = entry.detail as unknown as Quiet;
  const how = entry.kind === 'merged' ? 'merged' : 'cause';
  const links = quiet.by.startsWith('F-')
    ? withLink(after.fault.links, { fault: quiet.by, how })
    : after.fault.links;
  return {
    ...after,
    fault: { ...after.fault, quiet, links },
    sheet: begin(after.sheet.terms, null, after.fault.level),
  };
}

function released(after: Case, entry: LedgerEntry): Case {
  const { fault, sheet } = after;
  const links =
    entry.kind === 'split' ? fault.links.filter(({ how }) => how !== 'merged') : fault.links;
  return {
    ...after,
    fault: { ...fault, quiet: null, links, ...NOTHING_DONE },
    sheet: begin(sheet.terms, sheet.terms === '' ? null : entry.atMs, fault.level),
  };
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
