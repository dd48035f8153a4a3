/** The process room's connection to `desk.db` and its tables. Steps cannot be changed or removed. */
import type Database from 'better-sqlite3';
import { type DeskConnection, openDeskConnection } from '../desk/desk.ts';

export type Connection = DeskConnection;
export type Statement = Database.Statement;

const SCHEMA = `
-- Problems (P) and changes (C); the record is what the steps made of it.
CREATE TABLE IF NOT EXISTS process_items (
  letter TEXT NOT NULL,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (letter, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS process_items_by_state ON process_items (letter, state, number);

CREATE TABLE IF NOT EXISTS process_steps (
  number INTEGER PRIMARY KEY,
  letter TEXT NOT NULL,
  item INTEGER NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  by TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  note TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS process_steps_by_item ON process_steps (letter, item, number);
CREATE TRIGGER IF NOT EXISTS process_steps_keep BEFORE UPDATE ON process_steps
  BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END;
CREATE TRIGGER IF NOT EXISTS process_steps_stay BEFORE DELETE ON process_steps
  BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END;

CREATE TABLE IF NOT EXISTS process_links (
  letter TEXT NOT NULL,
  item INTEGER NOT NULL,
  fault TEXT NOT NULL,
  PRIMARY KEY (letter, item, fault)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS process_links_by_fault ON process_links (fault, letter, item);

-- Faults that people were told of; what is only a symptom is not counted.
CREATE TABLE IF NOT EXISTS process_occurrences (
  fault TEXT PRIMARY KEY,
  rule TEXT NOT NULL,
  device TEXT NOT NULL,
  phenomenon TEXT NOT NULL,
  opened_ms INTEGER NOT NULL,
  counted INTEGER NOT NULL,
  decided INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS process_occurrences_by_rule ON process_occurrences (rule, opened_ms);
CREATE INDEX IF NOT EXISTS process_occurrences_by_time ON process_occurrences (opened_ms);
CREATE INDEX IF NOT EXISTS process_occurrences_to_decide ON process_occurrences (opened_ms)
  WHERE decided = 0;

CREATE TABLE IF NOT EXISTS process_mark (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  ledger INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO process_mark VALUES (1, 0);

CREATE TABLE IF NOT EXISTS process_notes (
  number INTEGER PRIMARY KEY,
  record TEXT NOT NULL
) STRICT;
-- Every wording a note ever had.
CREATE TABLE IF NOT EXISTS process_note_versions (
  number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (number, version)
) STRICT, WITHOUT ROWID;
-- Three characters at a time: that finds Chinese, which has no spaces between words.
CREATE VIRTUAL TABLE IF NOT EXISTS process_search
  USING fts5(title, symptom, cause, solution, words, tokenize = 'trigram');
`;

/** The desk must have been opened on the directory before. Throws `io`. */
export function openDatabase(directory: string): Connection {
  const connection = openDeskConnection(directory);
  connection.exec(SCHEMA);
  return connection;
}
