/** Tables of the desk, all named `desk_…`; each step is run once, in order, in one transaction. */
import { Failure } from '../../shared/errors.ts';
import type { Connection } from './open-database.ts';

const STEPS: readonly string[] = [
  `
  CREATE TABLE desk_agents (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    revoked_ms INTEGER,
    heard_ms INTEGER NOT NULL DEFAULT 0,
    clock_offset_seconds REAL
  ) WITHOUT ROWID;

  -- Several per agent while one is rotated out.
  CREATE TABLE desk_tokens (
    hash TEXT PRIMARY KEY,
    agent TEXT NOT NULL REFERENCES desk_agents (name),
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER
  ) WITHOUT ROWID;

  CREATE TABLE desk_devices (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    agents TEXT NOT NULL,
    facts TEXT NOT NULL,
    labels TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE desk_memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE desk_audit (
    number INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    source TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    result TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL
  );
  CREATE TRIGGER desk_audit_kept BEFORE DELETE ON desk_audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
  CREATE TRIGGER desk_audit_fixed BEFORE UPDATE ON desk_audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
  `,
  `
  CREATE TABLE desk_events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    agent TEXT NOT NULL,
    id TEXT NOT NULL,
    device TEXT NOT NULL,
    kind TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    -- 1 until the faults were told, 2 for what cannot be told.
    waiting INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (agent, id)
  );
  CREATE INDEX desk_events_device ON desk_events (device, number);
  CREATE INDEX desk_events_waiting ON desk_events (number) WHERE waiting = 1;
  CREATE VIRTUAL TABLE desk_event_words USING fts5(words, content='', contentless_delete=1);

  CREATE TABLE desk_dependencies (
    child TEXT NOT NULL,
    parent TEXT NOT NULL,
    state TEXT NOT NULL,
    source TEXT NOT NULL,
    first_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL,
    PRIMARY KEY (child, parent)
  ) WITHOUT ROWID;
  `,
  `
  -- Silences of devices whose samples may still come.
  CREATE TABLE desk_gaps (
    device TEXT NOT NULL,
    to_ms INTEGER NOT NULL,
    from_ms INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    step_ms INTEGER NOT NULL,
    PRIMARY KEY (device, to_ms)
  ) WITHOUT ROWID;

  -- Events that could not be told to the faults: waiting = 2.
  CREATE INDEX desk_events_aside ON desk_events (number) WHERE waiting = 2;
  `,
];

/** Brings the tables to this version. Throws `io` when they are of a newer one. */
export function migrate(connection: Connection): void {
  connection.exec('CREATE TABLE IF NOT EXISTS desk_schema (version INTEGER NOT NULL)');
  const found = connection.prepare('SELECT version FROM desk_schema').pluck().get();
  const version = typeof found === 'number' ? found : 0;
  if (version > STEPS.length) {
    throw new Failure('io', `desk.db has schema ${version}, this program knows ${STEPS.length}`, {
      hint: 'run the newer collector that wrote it; nothing was changed',
    });
  }
  if (version === STEPS.length) return;
  connection.transaction(() => {
    for (const step of STEPS.slice(version)) connection.exec(step);
    connection.exec('DELETE FROM desk_schema');
    connection.prepare('INSERT INTO desk_schema VALUES (?)').run(STEPS.length);
  })();
}
