/**
 * The faults' own connection to `desk.db` and its tables. The ledger cannot be changed or thinned
 * out, not even by us: triggers refuse it. The table of faults is a copy of what the ledger says.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { makeDirectory } from '../../shared/directory.ts';
import { Failure, messageOf } from '../../shared/errors.ts';

export type Connection = Database.Database;

const BUSY_MS = 5_000;
const SYNCHRONOUS_FULL = 2;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS fault_ledger (
  number INTEGER PRIMARY KEY,
  fault INTEGER NOT NULL,
  kind TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  by TEXT NOT NULL,
  note TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS fault_ledger_by_fault ON fault_ledger (fault, number);
CREATE TRIGGER IF NOT EXISTS fault_ledger_keeps BEFORE UPDATE ON fault_ledger
  BEGIN SELECT RAISE(ABORT, 'the fault ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS fault_ledger_stays BEFORE DELETE ON fault_ledger
  BEGIN SELECT RAISE(ABORT, 'the fault ledger is append-only'); END;

CREATE TABLE IF NOT EXISTS fault_terms (key TEXT PRIMARY KEY, terms TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS fault_version (snapshot INTEGER NOT NULL) STRICT;
-- The newest telling whose entries are in the ledger.
CREATE TABLE IF NOT EXISTS fault_told (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  number INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO fault_told VALUES (1, 0);
`;

/** Rises when a snapshot is another one than before: it is made anew from the ledger then. */
const SNAPSHOT_VERSION = 2;

const SNAPSHOT = `
DROP TABLE IF EXISTS fault_snapshot;
CREATE TABLE fault_snapshot (
  fault INTEGER PRIMARY KEY,
  last INTEGER NOT NULL,
  device TEXT NOT NULL,
  rule TEXT NOT NULL,
  item TEXT NOT NULL,
  state TEXT NOT NULL,
  level INTEGER NOT NULL,
  began_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  cause INTEGER,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX fault_snapshot_by_device ON fault_snapshot (device, fault);
CREATE INDEX fault_snapshot_by_state ON fault_snapshot (state, fault);
CREATE INDEX fault_snapshot_by_cause ON fault_snapshot (cause, fault) WHERE cause IS NOT NULL;
CREATE UNIQUE INDEX fault_snapshot_one_active
  ON fault_snapshot (device, rule, item) WHERE state NOT IN ('recovered', 'verified', 'closed');
DELETE FROM fault_version;
INSERT INTO fault_version VALUES (${SNAPSHOT_VERSION});
`;

/** Opens with `synchronous=FULL` and asserts it: a fault that was told is never forgotten. */
export function openDatabase(directory: string): Connection {
  const file = join(directory, 'desk.db');
  try {
    makeDirectory(directory);
    const connection = new Database(file, { timeout: BUSY_MS });
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    if (connection.pragma('synchronous', { simple: true }) !== SYNCHRONOUS_FULL) {
      throw new Failure('io', `${file} did not take synchronous=FULL`);
    }
    connection.exec(SCHEMA);
    const version = connection.prepare('SELECT snapshot FROM fault_version').pluck().get();
    if (version !== SNAPSHOT_VERSION) connection.transaction(() => connection.exec(SNAPSHOT))();
    return connection;
  } catch (error) {
    throw failureOf(error, `cannot open ${file}`);
  }
}

/**
 * An error of SQLite or the file system as one of ours, with the mend. What has no code, and a
 * broken constraint, is our mistake: it stays what it is.
 */
export function failureOf(error: unknown, what: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof Failure || code === '' || code.startsWith('SQLITE_CONSTRAINT')) return error;
  if (code === 'SQLITE_FULL') {
    return new Failure('disk_full', `${what}: the disk is full`, {
      hint: 'free space on the file system of the data directory',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_BUSY')) {
    return new Failure('unavailable', `${what}: another program holds the database`, {
      hint: 'try again; a backup or another collector may be using the data directory',
      cause: error,
    });
  }
  return new Failure('io', `${what}: ${messageOf(error)}`, {
    hint: 'check that the data directory belongs to this user and its disk is sound',
    cause: error,
  });
}
