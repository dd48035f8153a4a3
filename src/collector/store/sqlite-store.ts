/** Puts the store together over one SQLite file. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../../shared/directory.ts';
import { Failure } from '../../shared/errors.ts';
import { Appender } from './append.ts';
import { Care } from './care.ts';
import { connect, readTogether } from './database.ts';
import { DiskGuard } from './disk-guard.ts';
import { FollowingStore } from './following-store.ts';
import { GroupCommit } from './group-commit.ts';
import { openSound } from './recover.ts';
import { DEFAULT_STORE_SETTINGS } from './settings.ts';
import type { Store, StoreOptions, StoreSettings } from './store.ts';
import { StoreParts } from './store-parts.ts';
import { WriteAheadLog } from './wal.ts';
import { takeWriterLock } from './writer-lock.ts';
import { WritingStore } from './writing-store.ts';

export async function openSqliteStore(options: StoreOptions): Promise<Store> {
  const settings = { ...DEFAULT_STORE_SETTINGS, ...options.settings };
  return options.readOnly ? openReader(options, settings) : openWriter(options, settings);
}

function openReader({ directory, clock, log }: StoreOptions, settings: StoreSettings): Store {
  const file = join(directory, 'samples.db');
  if (!existsSync(file)) {
    throw new Failure('not_found', `there is no sample database in ${directory}`, {
      hint: 'name the data directory of a collector with --data',
    });
  }
  const database = connect(file, { readOnly: true });
  const parts = { database, clock, log: log.room('store'), settings };
  // In one transaction: rows of a device that came in between would be taken for a removed one's.
  return readTogether(database, () => new FollowingStore(parts, file));
}

function openWriter(options: StoreOptions, settings: StoreSettings): Store {
  const { directory, clock } = options;
  const log = options.log.room('store');
  const file = join(directory, 'samples.db');
  makeDirectory(directory);
  const lock = takeWriterLock(directory);
  try {
    const parts = openSound(
      file,
      log,
      (database) => new StoreParts({ database, clock, log, settings }),
    );
    const { database, cursors, devices, gaps, hours, journal, latest, blocks } = parts;
    const guard = new DiskGuard({ directory, clock, log, minFreeBytes: settings.minFreeBytes });
    const wal = new WriteAheadLog(database, file, { clock, log });
    const appender = new Appender({ ...parts, now: () => clock.now() });
    const commit = new GroupCommit({
      database,
      clock,
      guard,
      staged: [devices, cursors, hours, gaps, latest, journal, blocks, appender],
      onFatal: options.onFatal ?? endProcess,
      onEnd: () => wal.tendOverdue(),
    });
    const care = new Care({ ...parts, terms: settings, commit, guard, wal, clock });
    return new WritingStore(parts, { file, commit, appender, care, guard, wal, lock });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Nobody asked to be told: an uncaught error ends the process, and its supervisor starts it anew. */
function endProcess(reason: Failure): void {
  setImmediate(() => {
    throw reason;
  });
}
