/** The outbox's table and its rows. */
import type { Level } from '../faults/faults.ts';
import type { Address, Locale } from '../people/people.ts';
import type { EntryFacts } from './notice-view.ts';
import type { NoticeRecord, NoticeState, Step } from './notify.ts';

export const OUTBOX_SCHEMA = `
CREATE TABLE IF NOT EXISTS notify_mark (only INTEGER PRIMARY KEY CHECK (only = 1), mark INTEGER);
CREATE TABLE IF NOT EXISTS notify_outcome_mark (
  only INTEGER PRIMARY KEY CHECK (only = 1), mark INTEGER
);
CREATE TABLE IF NOT EXISTS notify_outbox (
  number INTEGER PRIMARY KEY,
  fault TEXT NOT NULL,
  entry INTEGER NOT NULL,
  step TEXT NOT NULL,
  recipient TEXT NOT NULL,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  locale TEXT NOT NULL,
  level INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  planned_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  sent_ms INTEGER,
  message TEXT NOT NULL,
  -- The ledger entry and the channels still untried, as JSON.
  facts TEXT NOT NULL,
  others TEXT NOT NULL,
  UNIQUE (fault, entry, step, recipient, channel)
) STRICT;
CREATE INDEX IF NOT EXISTS notify_outbox_pending
  ON notify_outbox (channel, recipient, due_ms) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS notify_outbox_sent
  ON notify_outbox (recipient, channel, sent_ms) WHERE sent_ms IS NOT NULL;
`;

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
