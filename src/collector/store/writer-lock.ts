/**
 * One writer per data directory. The lock is an exclusive transaction on an empty SQLite file, so
 * the kernel takes it back when the process ends, however it ends.
 */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Failure } from '../../shared/errors.ts';
import { sqliteCode } from './database.ts';

export interface WriterLock {
  release(): void;
}

/** Throws `unavailable` while another process (or store) writes here. */
export function takeWriterLock(directory: string): WriterLock {
  const file = join(directory, 'samples.lock');
  closeSync(openSync(file, 'a', 0o600));
  const lock = new Sqlite(file, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (sqliteCode(error) !== 'SQLITE_BUSY') throw error;
    throw new Failure('unavailable', `${directory} is in use by another collector`, {
      hint: 'stop the other collector, or give this one a data directory of its own',
      cause: error,
    });
  }
  return { release: () => lock.close() };
}
