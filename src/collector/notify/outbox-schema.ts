/** The tables of the outbox, and how those of earlier versions become them. */
import type { DeskConnection } from '../desk/desk.ts';

const KEY = 'UNIQUE (fault, entry, step, recipient, channel, address)';

const NOTICES = `
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
  ${KEY}
) STRICT;
CREATE INDEX IF NOT EXISTS notify_outbox_pending
  ON notify_outbox (channel, recipient, due_ms) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS notify_outbox_sent
  ON notify_outbox (recipient, channel, sent_ms) WHERE sent_ms IS NOT NULL;
CREATE INDEX IF NOT EXISTS notify_outbox_settled
  ON notify_outbox (planned_ms) WHERE state <> 'pending';
`;

const MARKS = `
CREATE TABLE IF NOT EXISTS notify_mark (only INTEGER PRIMARY KEY CHECK (only = 1), mark INTEGER);
CREATE TABLE IF NOT EXISTS notify_outcome_mark (
  only INTEGER PRIMARY KEY CHECK (only = 1), mark INTEGER
);
-- Addresses that were refused for good since the last message they took.
CREATE TABLE IF NOT EXISTS notify_refused (
  recipient TEXT NOT NULL,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  times INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (recipient, channel, address)
) STRICT;
`;

export function openOutboxTables(connection: DeskConnection): void {
  connection.exec(MARKS);
  connection
    .transaction(() => {
      const sql = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'notify_outbox'";
      const definition = connection.prepare(sql).pluck().get();
      if (typeof definition === 'string' && !definition.includes(KEY)) rebuild(connection);
      else connection.exec(NOTICES);
    })
    .immediate();
}

/** A key cannot be changed in place: the rows move, with their numbers, to a table that has it. */
function rebuild(connection: DeskConnection): void {
  connection.exec(`
    DROP INDEX IF EXISTS notify_outbox_pending;
    DROP INDEX IF EXISTS notify_outbox_sent;
    ALTER TABLE notify_outbox RENAME TO notify_outbox_before;
    ${NOTICES}
    INSERT INTO notify_outbox (number, fault, entry, step, recipient, channel, address, locale,
      level, digest, state, reason, attempts, planned_ms, due_ms, sent_ms, message, facts, others)
    SELECT number, fault, entry, step, recipient, channel, address, locale,
      level, digest, state, reason, attempts, planned_ms, due_ms, sent_ms, message, facts, others
    FROM notify_outbox_before;
    DROP TABLE notify_outbox_before;
  `);
}
