/** The desk's connection to `desk.db`. The faults room has its own, on its own tables. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { makeDirectory } from '../../shared/directory.ts';
import { Failure, messageOf } from '../../shared/errors.ts';

/** Older ones can corrupt a database that two connections write (WAL-reset bug). */
const LEAST_SQLITE = [3, 51, 3] as const;
const SYNCHRONOUS_FULL = 2;

export type Connection = Database.Database;
export type Statement = Database.Statement;

/** Opens with `synchronous=FULL` and asserts it (reliability decisions 2 and 3). Throws `io`. */
export function openDatabase(directory: string): Connection {
  const file = join(directory, 'desk.db');
  try {
    makeDirectory(directory);
    // SQLite gives the WAL the mode of the database file.
    closeSync(openSync(file, 'a', 0o600));
    const connection = new Database(file, { timeout: 5_000 });
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    checkDurable(connection);
    return connection;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('io', `cannot open ${file}: ${messageOf(error)}`, {
      hint: 'check that the data directory exists, belongs to this user and has free space',
      cause: error,
    });
  }
}

function checkDurable(connection: Connection): void {
  const version = String(connection.prepare('SELECT sqlite_version()').pluck().get());
  if (!atLeast(version, LEAST_SQLITE)) {
    throw new Failure('io', `SQLite ${version} is older than ${LEAST_SQLITE.join('.')}`, {
      hint: 'install the version of better-sqlite3 that package-lock.json names',
    });
  }
  if (connection.pragma('synchronous', { simple: true }) !== SYNCHRONOUS_FULL) {
    throw new Failure('io', 'SQLite did not take synchronous=FULL');
  }
}

function atLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, floor] of least.entries()) {
    const part = parts[index] ?? 0;
    if (part !== floor) return part > floor;
  }
  return true;
}
