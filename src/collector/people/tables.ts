/** The SQL of the people: swaps, assignments, hand-overs. Decides nothing. */
import type { DeskConnection } from '../desk/desk.ts';
import type { HandOver, Slot, Swap, SwapState } from './people.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS people_swaps (
  number INTEGER PRIMARY KEY,
  role TEXT NOT NULL,
  shift TEXT NOT NULL,
  date TEXT NOT NULL,
  from_person TEXT NOT NULL,
  to_person TEXT NOT NULL,
  note TEXT NOT NULL,
  state TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_ms INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  decided_ms INTEGER
) STRICT;

-- Who holds a slot instead of whose turn it is.
CREATE TABLE IF NOT EXISTS people_assignments (
  role TEXT NOT NULL,
  shift TEXT NOT NULL,
  date TEXT NOT NULL,
  person TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (role, shift, date)
) STRICT, WITHOUT ROWID;

-- Rises with every assignment.
CREATE TABLE IF NOT EXISTS people_roster (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  version INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO people_roster VALUES (1, 1);

CREATE TABLE IF NOT EXISTS people_handovers (
  number INTEGER PRIMARY KEY,
  role TEXT NOT NULL,
  shift TEXT NOT NULL,
  date TEXT NOT NULL,
  from_person TEXT NOT NULL,
  to_person TEXT NOT NULL,
  note TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
`;

interface SwapRow extends Slot {
  readonly number: number;
  readonly from_person: string;
  readonly to_person: string;
  readonly note: string;
  readonly state: SwapState;
  readonly asked_by: string;
  readonly asked_ms: number;
  readonly decided_by: string;
  readonly decided_ms: number | null;
}

export interface Assignment extends Slot {
  readonly person: string;
}

export class PeopleTables {
  readonly #connection: DeskConnection;

  constructor(connection: DeskConnection) {
    this.#connection = connection;
    connection.exec(SCHEMA);
  }

  nextNumber(table: 'people_swaps' | 'people_handovers'): number {
    const sql = `SELECT coalesce(max(number), 0) + 1 FROM ${table}`;
    return Number(this.#connection.prepare(sql).pluck().get());
  }

  saveSwap(swap: Swap): void {
    this.#connection
      .prepare(
        `INSERT INTO people_swaps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (number) DO UPDATE SET state = excluded.state,
           decided_by = excluded.decided_by, decided_ms = excluded.decided_ms`,
      )
      .run(
        ...[swap.number, swap.role, swap.shift, swap.date, swap.from, swap.to, swap.note],
        ...[swap.state, swap.askedBy, swap.askedMs, swap.decidedBy, swap.decidedMs],
      );
  }

  swap(number: number): Swap | undefined {
    const row = this.#connection.prepare('SELECT * FROM people_swaps WHERE number = ?').get(number);
    return row === undefined ? undefined : toSwap(row as SwapRow);
  }

  swaps(limit: number, after = Number.MAX_SAFE_INTEGER): readonly Swap[] {
    const rows = this.#connection
      .prepare('SELECT * FROM people_swaps WHERE number < ? ORDER BY number DESC LIMIT ?')
      .all(after, limit);
    return (rows as SwapRow[]).map(toSwap);
  }

  assign({ role, shift, date, person }: Assignment, source: string): void {
    this.#connection
      .prepare(
        `INSERT INTO people_assignments VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (role, shift, date) DO UPDATE
         SET person = excluded.person, source = excluded.source`,
      )
      .run(role, shift, date, person, source);
    this.#connection.exec('UPDATE people_roster SET version = version + 1');
  }

  rosterVersion(): number {
    return Number(this.#connection.prepare('SELECT version FROM people_roster').pluck().get());
  }

  assignments(): readonly Assignment[] {
    const sql = 'SELECT role, shift, date, person FROM people_assignments';
    return this.#connection.prepare(sql).all() as Assignment[];
  }

  saveHandOver({ number, role, shift, date, from, to, note, atMs }: HandOver): void {
    this.#connection
      .prepare('INSERT INTO people_handovers VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(number, role, shift, date, from, to, note, atMs);
  }

  handOvers(limit: number, after = Number.MAX_SAFE_INTEGER): readonly HandOver[] {
    const rows = this.#connection
      .prepare(
        `SELECT number, role, shift, date, from_person AS "from", to_person AS "to", note,
           at_ms AS atMs FROM people_handovers WHERE number < ? ORDER BY number DESC LIMIT ?`,
      )
      .all(after, limit);
    return rows as HandOver[];
  }
}

function toSwap(row: SwapRow): Swap {
  const { number, role, shift, date, note, state } = row;
  return {
    ...{ number, role, shift, date, note, state },
    from: row.from_person,
    to: row.to_person,
    askedBy: row.asked_by,
    askedMs: row.asked_ms,
    decidedBy: row.decided_by,
    decidedMs: row.decided_ms,
    version: row.decided_ms === null ? 1 : 2,
  };
}
