/** The SQL of how far the steps of changes have reached their maintenance windows. */
import type { Connection, Statement } from './database.ts';

/** Steps that open or end the window of a change. */
const MOVING = `letter = 'C' AND kind IN ('start', 'finish', 'roll_back', 'withdraw')`;

const SCHEMA = `
CREATE INDEX IF NOT EXISTS process_steps_of_windows ON process_steps (number) WHERE ${MOVING};
CREATE TABLE IF NOT EXISTS process_window_mark (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  step INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO process_window_mark VALUES (1, 0);
`;

export interface Owed {
  /** Of the step. */
  readonly number: number;
  /** Of the change. */
  readonly item: number;
}

export class WindowMark {
  readonly #owed: Statement;
  readonly #move: Statement;

  constructor(connection: Connection) {
    connection.exec(SCHEMA);
    this.#owed = connection.prepare(
      `SELECT number, item FROM process_steps
       WHERE ${MOVING} AND number > (SELECT step FROM process_window_mark) ORDER BY number`,
    );
    this.#move = connection.prepare('UPDATE process_window_mark SET step = max(step, ?)');
  }

  /** Steps whose windows were not moved yet, oldest first. */
  owed(): readonly Owed[] {
    return this.#owed.all() as Owed[];
  }

  settled(number: number): void {
    this.#move.run(number);
  }
}
