/** The SQL of maintenance windows, with their audit entries. Decides nothing. */
import type Database from 'better-sqlite3';
import {
  type Actor,
  type DeskConnection,
  openDeskConnection,
  openRepeats,
  openTrail,
  type RepeatKey,
} from '../desk/desk.ts';
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

/** Windows and outcomes that one step of retention removes, each. */
export const FORGOTTEN_MOST = 500;

/** A fault and the window that keeps it quiet. */
export interface Kept {
  readonly fault: string;
  readonly window: string;
  readonly device: string;
}

/** A change to a window, for the trail. */
interface Made {
  readonly atMs: number;
  readonly actor: Actor;
  readonly action: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Settlement {
  readonly outcomes: readonly Omit<WindowOutcome, 'number'>[];
  readonly kept: readonly Kept[];
}

/** The desk must have been opened on the directory before. Throws `io`. */
export function openWindowsTable(directory: string): WindowsTable {
  const connection = openDeskConnection(directory);
  connection.exec(SCHEMA);
  return new WindowsTable(connection);
}

export class WindowsTable {
  readonly #connection: DeskConnection;
  readonly #trail;
  readonly #repeats;
  readonly #put: Database.Statement;

  constructor(connection: DeskConnection) {
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
    return rows.map((row) => {
      const window = JSON.parse(String(row)) as Window;
      // Records of before windows were opened by their origin lack the field.
      return { ...window, openedMs: window.openedMs ?? null };
    });
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

  end(
    number: number,
    window: Window,
    { repeat, ...made }: { atMs: number; actor: Actor; repeat: RepeatKey | null },
  ): void {
    const detail = { by: window.endedBy, note: window.endedNote };
    this.#repeats.once(repeat, made.atMs, () => {
      this.#change(number, window, { ...made, action: 'window.end', detail });
      return window;
    });
  }

  open(number: number, window: Window, made: { atMs: number; actor: Actor }): void {
    const detail = { origin: window.origin };
    this.#change(number, window, { ...made, action: 'window.open', detail });
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

  /** Removes windows, and the oldest outcomes of before `beforeMs`, at most FORGOTTEN_MOST. */
  forget(numbers: readonly number[], beforeMs: number): number {
    const dropWindow = this.#connection.prepare('DELETE FROM quiet_windows WHERE number = ?');
    // The newest stays: numbers only rise, for the readers' marks.
    const dropOutcomes = this.#connection.prepare(
      `DELETE FROM quiet_outcomes WHERE number IN (
         SELECT number FROM (
           SELECT number, at_ms FROM quiet_outcomes ORDER BY number LIMIT ${FORGOTTEN_MOST}
         ) WHERE at_ms < ? AND number < (SELECT max(number) FROM quiet_outcomes))`,
    );
    return this.#connection
      .transaction(() => {
        for (const number of numbers) dropWindow.run(number);
        return dropOutcomes.run(beforeMs).changes;
      })
      .immediate();
  }

  close(): void {
    this.#connection.close();
  }

  #change(number: number, window: Window, { atMs, ...deed }: Made): void {
    this.#trail.record(atMs, [{ ...deed, subject: window.id }], () =>
      this.#put.run(number, JSON.stringify(window)),
    );
  }
}
