/** The rows of the outbox. */
import type { Level } from '../faults/faults.ts';
import type { Address, Locale } from '../people/people.ts';
import type { EntryFacts } from './notice-view.ts';
import type { NoticeRecord, NoticeState, Step } from './notify.ts';

/** One notice as it is planned. */
export interface Planned {
  readonly fault: string;
  readonly entry: number;
  readonly step: Step;
  readonly recipient: string;
  readonly locale: Locale;
  readonly address: Address;
  /** Channels to try when this one fails, in order. */
  readonly others: readonly Address[];
  readonly level: Level;
  readonly digest: boolean;
  readonly reason: string;
  readonly facts: EntryFacts;
  readonly plannedMs: number;
  readonly dueMs: number;
}

/** A waiting notice. */
export interface Waiting extends Planned {
  readonly number: number;
  readonly attempts: number;
}

export interface Row {
  readonly number: number;
  readonly fault: string;
  readonly entry: number;
  readonly step: Step;
  readonly recipient: string;
  readonly channel: string;
  readonly address: string;
  readonly locale: Locale;
  readonly level: Level;
  readonly digest: number;
  readonly state: NoticeState;
  readonly reason: string;
  readonly attempts: number;
  readonly planned_ms: number;
  readonly due_ms: number;
  readonly sent_ms: number | null;
  readonly message: string;
  readonly facts: string;
  readonly others: string;
}

export function toWaiting(row: Row): Waiting {
  return {
    ...{ number: row.number, fault: row.fault, entry: row.entry, step: row.step },
    ...{ recipient: row.recipient, locale: row.locale, level: row.level },
    address: { channel: row.channel, to: row.address },
    others: JSON.parse(row.others) as Address[],
    digest: row.digest === 1,
    reason: row.reason,
    facts: JSON.parse(row.facts) as EntryFacts,
    ...{ plannedMs: row.planned_ms, dueMs: row.due_ms, attempts: row.attempts },
  };
}

export function toRecord(row: Row): NoticeRecord {
  const { number, fault, entry, step, recipient, channel, level, state, reason, attempts } = row;
  return {
    ...{ number, fault, entry, step, recipient, channel, level, state, reason, attempts },
    to: row.address,
    digest: row.digest === 1,
    plannedMs: row.planned_ms,
    dueMs: row.due_ms,
    sentMs: row.sent_ms,
    message: row.message,
  };
}
