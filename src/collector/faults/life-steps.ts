/** What people's steps and the passing of time make of a fault. Part of `fold`. */
import type { ClockName, FaultLink, LedgerEntry, Level, PauseReason, Share } from './fault.ts';
import type { Correction } from './faults.ts';
import type { Case, FaultBody } from './life.ts';
import {
  ended,
  type TimeSheet,
  withExcluded,
  withLevel,
  withoutPause,
  withPause,
  withStart,
  withStep,
  withTold,
} from './time-sheet.ts';

/** When it happened: a person may enter it later than that. */
function momentOf({ atMs, detail }: LedgerEntry): number {
  return typeof detail.whenMs === 'number' ? detail.whenMs : atMs;
}

/** `after` has its new state and number already. */
export function foldStep(after: Case, entry: LedgerEntry): Case {
  const { fault, sheet } = after;
  const when = momentOf(entry);
  const worked = (clock: ClockName, done: Partial<FaultBody>): Case => ({
    ...after,
    fault: { ...fault, ...done },
    sheet: withStep(sheet, clock, when),
  });
  switch (entry.kind) {
    case 'responded':
      return worked('respond', { respondedMs: when, owner: entry.by });
    case 'arrived':
      return worked('arrive', { arrivedMs: when, owner: fault.owner || entry.by });
    case 'repaired':
      return worked('repair', { repairedMs: when, owner: fault.owner || entry.by });
    case 'verified':
      return verified(after, when);
    case 'closed':
    case 'false_alarm':
      return closed(after, entry);
    case 'clock':
      return withSheet(after, toldOf(sheet, entry));
    case 'promoted':
    case 'levelled':
      return levelled(after, entry);
    case 'paused':
    case 'resumed':
      return withSheet(after, pausedOf(sheet, entry));
    case 'flapping':
    case 'steadied':
      return { ...after, fault: { ...fault, flapping: entry.kind === 'flapping' } };
    case 'linked':
      return { ...after, fault: { ...fault, links: withLink(fault.links, linkOf(entry)) } };
    case 'corrected':
      return corrected(after, entry);
    default:
      return after;
  }
}

function withSheet(after: Case, sheet: TimeSheet): Case {
  return { ...after, sheet };
}

/** What no threshold measures has no recovery of its own: it was over when it was repaired. */
function verified(after: Case, verifiedMs: number): Case {
  const { fault, sheet } = after;
  const recoveredMs = fault.recoveredMs ?? fault.repairedMs ?? verifiedMs;
  return {
    ...after,
    fault: { ...fault, verifiedMs, recoveredMs },
    sheet: ended(sheet, sheet.endMs ?? recoveredMs),
    recoveryKnownMs: after.recoveryKnownMs ?? verifiedMs,
  };
}

function closed(after: Case, { kind, atMs }: LedgerEntry): Case {
  const { fault, sheet } = after;
  const falseAlarm = kind === 'false_alarm';
  return {
    ...after,
    fault: { ...fault, closedMs: atMs, falseAlarm, flapping: false },
    sheet: ended(sheet, sheet.endMs ?? atMs),
  };
}

function toldOf(sheet: TimeSheet, { detail }: LedgerEntry): TimeSheet {
  return withTold(sheet, detail.clock as ClockName, detail.share as Share);
}

function levelled(after: Case, entry: LedgerEntry): Case {
  const level = entry.detail.level as Level;
  const { sinceMs } = entry.detail;
  const since = typeof sinceMs === 'number' ? sinceMs : momentOf(entry);
  return {
    ...after,
    fault: { ...after.fault, level },
    sheet: withLevel(after.sheet, level, since),
    levelHeld: true,
  };
}

function pausedOf(sheet: TimeSheet, entry: LedgerEntry): TimeSheet {
  const when = momentOf(entry);
  if (entry.kind === 'resumed') return withoutPause(sheet, when);
  const reason = entry.detail.reason as PauseReason;
  return withPause(sheet, { fromMs: when, toMs: null, reason, by: entry.by });
}

function linkOf({ detail }: LedgerEntry): FaultLink {
  return { fault: String(detail.fault), how: detail.how as FaultLink['how'] };
}

/** The newest word on how two faults belong together, once. */
export function withLink(links: readonly FaultLink[], link: FaultLink): readonly FaultLink[] {
  const others = links.filter(({ fault, how }) => fault !== link.fault || how !== link.how);
  return [...others, link];
}

function corrected(after: Case, entry: LedgerEntry): Case {
  const now = entry.detail.correction as Correction;
  let { fault, sheet } = after;
  const { beganMs, startMs, respondedMs, arrivedMs, repairedMs, excluded } = now;
  if (beganMs !== undefined) fault = { ...fault, beganMs };
  if (startMs !== undefined) sheet = withStart(sheet, startMs);
  if (respondedMs !== undefined) {
    fault = { ...fault, respondedMs };
    sheet = withStep(sheet, 'respond', respondedMs);
  }
  if (arrivedMs !== undefined) {
    fault = { ...fault, arrivedMs };
    sheet = withStep(sheet, 'arrive', arrivedMs);
  }
  if (repairedMs !== undefined) {
    fault = { ...fault, repairedMs };
    sheet = withStep(sheet, 'repair', repairedMs);
  }
  if (excluded !== undefined) sheet = withExcluded(sheet, { ...excluded, by: entry.by });
  return { ...after, fault, sheet };
}
