/**
 * Opening a file that may be damaged. Doubt never deletes: a database that fails its check is put
 * aside under a new name and a fresh one takes its place, loudly.
 */
import { closeSync, existsSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from '../../shared/directory.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { connect, type Database, isCorrupt } from './database.ts';
import { prepareSchema } from './schema.ts';

/** Files up to this size are checked whole at every start: half a second at most. */
const CHECK_WHOLE_BYTES = 256 * 1024 * 1024;
/** What must be sound before anything can be served. Blocks and rollups are found out on read. */
const HEAD_TABLES = ['senders', 'devices', 'series', 'cursors', 'pending_hours', 'gaps', 'facts'];
/** Written by what ended unclean; large, so only checked then. */
const AFTER_CRASH_TABLES = [...HEAD_TABLES, 'journal'];

/**
 * The database, checked, ready and readable by its owner alone, and what `load` makes of it. Damage
 * that only `load` meets counts, too.
 */
export function openSound<Loaded>(
  file: string,
  log: Log,
  load: (database: Database) => Loaded,
): Loaded {
  makeDirectory(dirname(file));
  // SQLite gives the WAL the mode of the database file.
  closeSync(openSync(file, 'a', 0o600));
  const unclean = existsSync(`${file}-wal`);
  try {
    return openChecked(file, unclean, load);
  } catch (error) {
    if (!(error instanceof Damage) && !isCorrupt(error)) throw error;
    const aside = putAside(file);
    log.error('the sample database is damaged and was put aside; starting with an empty one', {
      file,
      aside,
      reason: messageOf(error),
      mend: 'restore a backup, or keep going: agents send again what they still hold',
    });
    return openChecked(file, false, load);
  }
}

class Damage extends Error {}

function openChecked<Loaded>(
  file: string,
  unclean: boolean,
  load: (database: Database) => Loaded,
): Loaded {
  const database = connect(file, { readOnly: false });
  try {
    if (!prepareSchema(database, file)) throw new Damage('the definitions of tables have changed');
    check(database, statSync(file).size, unclean);
    return load(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function check(database: Database, bytes: number, unclean: boolean): void {
  if (bytes <= CHECK_WHOLE_BYTES) {
    report(database.pragma('quick_check(1)', { simple: true }));
    return;
  }
  for (const table of unclean ? AFTER_CRASH_TABLES : HEAD_TABLES) {
    report(database.pragma(`quick_check(${table})`, { simple: true }));
  }
}

function report(result: unknown): void {
  if (result !== 'ok') throw new Damage(String(result));
}

/** Renames the database and its companions; returns the new name. */
function putAside(file: string): string {
  let number = 1;
  while (existsSync(`${file}.corrupt-${number}`)) number++;
  const aside = `${file}.corrupt-${number}`;
  renameSync(file, aside);
  for (const companion of ['-wal', '-shm']) {
    if (existsSync(file + companion)) renameSync(file + companion, aside + companion);
  }
  return aside;
}
