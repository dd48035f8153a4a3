/**
 * A connection as this store needs it: WAL, `synchronous=FULL` (better-sqlite3's default for WAL
 * is NORMAL, which may lose committed rows at power loss), a SQLite without the WAL-reset bug, no
 * memory mapping, and checkpoints only where we make them.
 */
import Sqlite from 'better-sqlite3';
import { Failure } from '../../shared/errors.ts';

export type Database = Sqlite.Database;
export type Statement = Sqlite.Statement<unknown[]>;

const PAGE_BYTES = 8192;
const CACHE_KIB = 32 * 1024;
/** After a checkpoint the WAL file is cut back to this. */
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;
/** How long a statement waits for another process. */
export const BUSY_MS = 5_000;
/** Older versions may corrupt a WAL database that two connections use. */
const LEAST_SQLITE = [3, 51, 3];
const FULL = 2;

export interface ConnectionOptions {
  readonly readOnly: boolean;
}

/** Throws `unavailable` when SQLite is too old or will not keep what it commits. */
export function connect(file: string, { readOnly }: ConnectionOptions): Database {
  const database = new Sqlite(file, { readonly: readOnly, timeout: BUSY_MS });
  try {
    assertVersion(database);
    if (!readOnly) {
      database.pragma(`page_size = ${PAGE_BYTES}`);
      database.pragma('auto_vacuum = INCREMENTAL');
      database.pragma('journal_mode = WAL');
      database.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
      database.pragma('wal_autocheckpoint = 0');
    }
    database.pragma('synchronous = FULL');
    database.pragma('mmap_size = 0');
    database.pragma('temp_store = MEMORY');
    database.pragma('cell_size_check = ON');
    database.pragma(`cache_size = -${CACHE_KIB}`);
    assertDurable(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function assertVersion(database: Database): void {
  const version = String(database.prepare('SELECT sqlite_version()').pluck().get());
  const parts = version.split('.').map(Number);
  const [major, minor, patch] = LEAST_SQLITE;
  const known = (parts[0] ?? 0) * 1e6 + (parts[1] ?? 0) * 1e3 + (parts[2] ?? 0);
  if (known < (major ?? 0) * 1e6 + (minor ?? 0) * 1e3 + (patch ?? 0)) {
    throw new Failure('unavailable', `SQLite ${version} may corrupt a database in use`, {
      hint: `install a better-sqlite3 with SQLite ${LEAST_SQLITE.join('.')} or newer`,
    });
  }
}

function assertDurable(database: Database): void {
  const synchronous = database.pragma('synchronous', { simple: true });
  const mode = database.pragma('journal_mode', { simple: true });
  if (synchronous === FULL && mode === 'wal') return;
  throw new Failure(
    'unavailable',
    `SQLite would not keep what it commits: synchronous=${synchronous}, journal_mode=${mode}`,
    { hint: 'put the data directory on a local file system that supports WAL' },
  );
}

/** `SQLITE_FULL`, `SQLITE_IOERR_WRITE` …; '' for what SQLite did not throw. */
export function sqliteCode(error: unknown): string {
  return error instanceof Sqlite.SqliteError ? error.code : '';
}

/** The file itself is damaged, or is no database. */
export function isCorrupt(error: unknown): boolean {
  const code = sqliteCode(error);
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** Runs `look` on one state of the file; also takes the lock for reading once, not per statement. */
export function readTogether<Result>(database: Database, look: () => Result): Result {
  if (database.inTransaction) return look();
  database.exec('BEGIN');
  try {
    return look();
  } finally {
    database.exec('COMMIT');
  }
}
