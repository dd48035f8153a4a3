/** The tables. Times are Unix milliseconds; every number of a device or a series is used once. */

import Sqlite from 'better-sqlite3';
import { Failure } from '../../shared/errors.ts';
import type { Database } from './database.ts';

const VERSION = 1;
/** "WKst": tells our files from other SQLite files. */
const APPLICATION_ID = 0x574b7374;

const TABLES = `
CREATE TABLE senders(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- sealed: journal rows up to this id are in blocks. head: newest sample of each series, as of then.
CREATE TABLE devices(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  sealed INTEGER NOT NULL DEFAULT 0,
  checksum INTEGER NOT NULL DEFAULT 0,
  head BLOB
);

-- labels: a JSON object, names sorted.
CREATE TABLE series(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  device INTEGER NOT NULL,
  sender INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  labels TEXT NOT NULL
);
CREATE INDEX series_by_device ON series(device);

CREATE TABLE cursors(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  agent TEXT NOT NULL,
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  UNIQUE(agent, epoch)
);

-- One row per request and device. A numbered request's cursor rides on its first row.
CREATE TABLE journal(
  id INTEGER PRIMARY KEY,
  device INTEGER NOT NULL,
  cursor INTEGER,
  seq INTEGER,
  samples INTEGER NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  payload BLOB NOT NULL
);

CREATE TABLE blocks(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  device INTEGER NOT NULL,
  level INTEGER NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  payload BLOB NOT NULL
);
CREATE INDEX blocks_by_device ON blocks(device, id, level, from_ms, to_ms, samples, bytes);

CREATE TABLE pending_hours(
  device INTEGER NOT NULL,
  hour_ms INTEGER NOT NULL,
  PRIMARY KEY(device, hour_ms)
) WITHOUT ROWID;

CREATE TABLE rollups(
  device INTEGER NOT NULL,
  day_ms INTEGER NOT NULL,
  rollups_checksum INTEGER NOT NULL,
  rollups BLOB NOT NULL,
  histograms_checksum INTEGER NOT NULL,
  histograms BLOB NOT NULL,
  PRIMARY KEY(device, day_ms)
);

CREATE TABLE gaps(
  id INTEGER PRIMARY KEY,
  agent TEXT NOT NULL,
  reason TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  received_ms INTEGER NOT NULL
);

-- generation: increases when a device is removed.
CREATE TABLE facts(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO facts VALUES('generation', 1);
`;

/**
 * Makes the tables of a new file; refuses files that are not ours or are newer than we are. False
 * when the file is ours but its tables are not as we made them: then it is damaged.
 */
export function prepareSchema(database: Database, file: string): boolean {
  const version = database.pragma('user_version', { simple: true });
  const application = database.pragma('application_id', { simple: true });
  if (version === VERSION && application === APPLICATION_ID) return isIntact(database);
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (version === 0 && tables === 0) {
    database
      .transaction(() => {
        database.exec(TABLES);
        database.pragma(`user_version = ${VERSION}`);
        database.pragma(`application_id = ${APPLICATION_ID}`);
      })
      .immediate();
    return true;
  }
  throw new Failure('unavailable', `${file} has layout ${String(version)}, known is ${VERSION}`, {
    hint: 'start the version of the collector that wrote it; the data were not touched',
  });
}

/** Every definition is there as we wrote it; what somebody else added (statistics) does no harm. */
function isIntact(database: Database): boolean {
  const intact = new Sqlite(':memory:');
  try {
    intact.exec(TABLES);
    const found = new Set(definitionsOf(database));
    return definitionsOf(intact).every((definition) => found.has(definition));
  } finally {
    intact.close();
  }
}

function definitionsOf(database: Database): string[] {
  const select = database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema');
  return select.all().map((row) => JSON.stringify(row));
}
