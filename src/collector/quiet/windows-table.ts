/** The SQL of maintenance windows, with their audit entries. Decides nothing. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Failure, messageOf } from '../../shared/errors.ts';
import { type Actor, openRepeats, openTrail, type RepeatKey } from '../desk/desk.ts';
import type { Window, WindowOutcome } from './quiet.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS quiet_windows (number INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;

-- Faults that a window keeps quiet now; gone when the window's end was told.
CREATE TABLE IF NOT EXISTS quiet_kept (
  fault TEXT PRIMARY KEY,
  window TEXT NOT NULL,
  device TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS quiet_outcomes (
  number INTEGER PRIMARY KEY,
  window TEXT NOT NULL,
  fault TEXT NOT NULL,
  device TEXT NOT NULL,
  result TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
`;

const BUSY_MS = 5_000;
const SYNCHRONOUS_FULL = 2;

/** A fault and the window that keeps it quiet. */
export interface Kept {
  readonly fault: string;
  readonly window: string;
  readonly device: string;
}

export interface Settlement {
  readonly outcomes: readonly Omit<WindowOutcome, 'number'>[];
  readonly kept: readonly Kept[];
}

/** The desk must have been opened on the directory before. Throws `io`. */
export function openWindowsTable(directory: string): WindowsTable {
  const file = join(directory, 'desk.db');
  try {
    const connection = new Database(file, { timeout: BUSY_MS, fileMustExist: true });
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    if (connection.pragma('synchronous', { simple: true }) !== SYNCHRONOUS_FULL) {
      throw new Failure('io', `${file} did not take synchronous=FULL`);
    }
    connection.exec(SCHEMA);
    return new WindowsTable(connection);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('io', `cannot open ${file}: ${messageOf(error)}`, {
      hint: 'check that the data directory belongs to this user and has free space',
      cause: error,
    });
  }
}

export class WindowsTable {
  readonly #connection: Database.Database;
  readonly #trail;
  readonly #repeats;
  readonly #put: Database.Statement;

  constructor(connection: Database.Database) {
    this.#connection = connection;
    this.#trail = openTrail(connection);
    this.#repeats = openRepeats(connection, 'windows');
    this.#put = connection.prepare('INSERT OR REPLACE INTO quiet_windows VALUES (?, ?)');
  }

  all(): readonly Window[] {
    const rows = this.#connection
      .prepare('SELECT record FROM quiet_windows ORDER BY number')
      .pluck()
      .all();
    return rows.map((row) => JSON.parse(String(row)) as Window);
  }

  kept(): readonly Kept[] {
    return this.#connection.prepare('SELECT * FROM quiet_kept ORDER BY fault').all() as Kept[];
  }

  /** The window that the same request made before; null for a new one. */
  answered(repeat: RepeatKey | null): Window | null {
    return this.#repeats.answered<Window>(repeat);
  }

  /** `make` gets the next number. A repeated request gets the window of the first. */
  add(
    make: (number: number) => Window,
    { atMs, actor, repeat }: { atMs: number; actor: Actor; repeat: RepeatKey | null },
  ): Window {
    return this.#repeats.once(repeat, atMs, () => {
      const newest = this.#connection.prepare('SELECT max(number) FROM quiet_windows').pluck();
      const number = Number(newest.get() ?? 0) + 1;
      const window = make(number);
      const { id, covers, schedule, reason, approver, planned } = window;
      const detail = { covers, schedule, reason, approver, planned };
      this.#trail.record(atMs, [{ actor, action: 'window.register', subject: id, detail }], () =>
        this.#put.run(number, JSON.stringify(window)),
      );
      return window;
    });
  }

  change(number: number, window: Window, { atMs, actor }: { atMs: number; actor: Actor }): void {
    const detail = { by: window.endedBy, note: window.endedNote };
    this.#trail.record(atMs, [{ actor, action: 'window.end', subject: window.id, detail }], () =>
      this.#put.run(number, JSON.stringify(window)),
    );
  }

  keep(kept: readonly Kept[]): void {
    const put = this.#connection.prepare('INSERT OR REPLACE INTO quiet_kept VALUES (?, ?, ?)');
    this.#connection
      .transaction(() => {
        for (const { fault, window, device } of kept) put.run(fault, window, device);
      })
      .immediate();
  }

  /** What became of the faults of a window that is over, and which go on under another. */
  settle(window: string, { outcomes, kept }: Settlement, atMs: number): void {
    const drop = this.#connection.prepare('DELETE FROM quiet_kept WHERE window = ?');
    const add = this.#connection.prepare(
      'INSERT INTO quiet_outcomes (window, fault, device, result, at_ms) VALUES (?, ?, ?, ?, ?)',
    );
    const failing = outcomes.filter(({ result }) => result === 'still_failing').length;
    const deed = {
      actor: { who: 'system', from: 'quiet' },
      action: 'window.over',
      subject: window,
      detail: { still_failing: failing, recovered: outcomes.length - failing },
    };
    this.#trail.record(atMs, [deed], () => {
      drop.run(window);
      for (const { fault, device, result } of outcomes) {
        add.run(window, fault, device, result, atMs);
      }
      this.keep(kept);
    });
  }

  outcomesAfter(mark: number, limit: number): readonly WindowOutcome[] {
    return this.#connection
      .prepare(
        `SELECT number, window, fault, device, result, at_ms AS atMs
         FROM quiet_outcomes WHERE number > ? ORDER BY number LIMIT ?`,
      )
      .all(mark, limit) as WindowOutcome[];
  }

  close(): void {
    this.#connection.close();
  }
}
