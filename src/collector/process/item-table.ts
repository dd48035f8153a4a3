/** The SQL of problems and changes: an item, its steps, the faults linked to it. Decides nothing. */
import { Failure } from '../../shared/errors.ts';
import { openRepeats, openTrail, type Repeats, type Trail } from '../desk/desk.ts';
import type { Connection, Statement } from './database.ts';
import { formatItemId, type Letter, noSuchItem, parseItemId } from './item-id.ts';
import type { ItemFilter, Step, Writing } from './process.ts';

const LIST_DEFAULT = 100;
const LIST_MOST = 1_000;

export interface Item {
  readonly id: string;
  readonly state: string;
  readonly version: number;
}

/** A step and the item after it. */
export interface Taken<T extends Item> {
  readonly item: T;
  readonly kind: string;
  readonly by: string;
  readonly note: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly faults?: readonly string[];
}

const SYSTEM = { actor: { who: 'system', from: 'process' } };
const NOUNS: Readonly<Record<Letter, string>> = Object.freeze({
  P: 'problem',
  C: 'change',
  K: 'knowledge',
});

export class ItemTable<T extends Item> {
  readonly letter: Letter;
  readonly #connection: Connection;
  readonly #trail: Trail;
  readonly #repeats: Repeats;
  readonly #put: Statement;
  readonly #step: Statement;
  readonly #link: Statement;

  constructor(connection: Connection, letter: Letter) {
    this.letter = letter;
    this.#connection = connection;
    this.#trail = openTrail(connection);
    this.#repeats = openRepeats(connection, `process-${letter}`);
    this.#put = connection.prepare('INSERT OR REPLACE INTO process_items VALUES (?, ?, ?, ?)');
    this.#step = connection.prepare(
      `INSERT INTO process_steps (letter, item, kind, state, by, at_ms, note, detail)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#link = connection.prepare('INSERT OR IGNORE INTO process_links VALUES (?, ?, ?)');
  }

  /** Runs `take` in one transaction with its step and audit entry; a repeat gets the first answer. */
  write(atMs: number, { actor, repeat }: Writing, take: () => Taken<T>): T {
    return this.#repeats.once(repeat ?? null, atMs, () => {
      const taken = take();
      const { item, kind, by, note } = taken;
      const action = `${NOUNS[this.letter]}.${kind}`;
      const deed = { actor, action, subject: item.id, detail: { by, note: note.slice(0, 200) } };
      this.#trail.record(atMs, [deed], () => this.#save(atMs, taken));
      return item;
    });
  }

  /** What the same request was answered before; null for a new one. */
  answered({ repeat }: Writing): T | null {
    return this.#repeats.answered<T>(repeat ?? null);
  }

  /** As `write`, for what the program does by itself. */
  writeOwn(atMs: number, taken: Taken<T>): T {
    return this.write(atMs, SYSTEM, () => taken);
  }

  nextId(): string {
    const newest = this.#connection
      .prepare('SELECT max(number) FROM process_items WHERE letter = ?')
      .pluck()
      .get(this.letter);
    return formatItemId(this.letter, Number(newest ?? 0) + 1);
  }

  /** Throws `not_found`; `stale` when it is not the version that was seen. */
  get(id: string, version: number | null = null): T {
    const row = this.#connection
      .prepare('SELECT record FROM process_items WHERE letter = ? AND number = ?')
      .pluck()
      .get(this.letter, parseItemId(this.letter, id));
    if (row === undefined) throw noSuchItem(this.letter, id);
    const item = JSON.parse(String(row)) as T;
    if (version === null || version === item.version) return item;
    throw new Failure('stale', `${item.id} was changed meanwhile`, {
      hint: `look at it again: it is at version ${item.version}`,
      detail: { version: item.version },
    });
  }

  list({ state, fault, limit, after }: ItemFilter): readonly T[] {
    const conditions = ['letter = ?'];
    const values: (string | number)[] = [this.letter];
    const where = (condition: string, value: string | number): void => {
      conditions.push(condition);
      values.push(value);
    };
    if (state !== undefined) where('state = ?', state);
    if (after !== undefined) where('number < ?', after);
    if (fault !== undefined) {
      const linked = 'SELECT item FROM process_links l WHERE l.letter = i.letter AND l.fault = ?';
      where(`number IN (${linked})`, fault);
    }
    const most = Math.min(LIST_MOST, Math.max(1, limit ?? LIST_DEFAULT));
    const rows = this.#connection
      .prepare(
        `SELECT record FROM process_items i WHERE ${conditions.join(' AND ')}
         ORDER BY number DESC LIMIT ?`,
      )
      .pluck()
      .all(...values, most);
    return rows.map((row) => JSON.parse(String(row)) as T);
  }

  /** Those in one of the states, oldest first; with `rule`, only those about it. */
  inStates(states: readonly string[], rule: string | null = null): readonly T[] {
    const rows = this.#connection
      .prepare(
        `SELECT record FROM process_items
         WHERE letter = ? AND state IN (SELECT value FROM json_each(?))
           AND (? IS NULL OR record ->> 'rule' = ?)
         ORDER BY number`,
      )
      .pluck()
      .all(this.letter, JSON.stringify(states), rule, rule);
    return rows.map((row) => JSON.parse(String(row)) as T);
  }

  steps(id: string): readonly Step[] {
    const rows = this.#connection
      .prepare(
        `SELECT number, kind, state, by, at_ms AS atMs, note, detail
         FROM process_steps WHERE letter = ? AND item = ? ORDER BY number`,
      )
      .all(this.letter, parseItemId(this.letter, id)) as (Omit<Step, 'item' | 'detail'> & {
      readonly detail: string;
    })[];
    return rows.map((row) => ({
      ...row,
      item: id,
      detail: JSON.parse(row.detail) as Step['detail'],
    }));
  }

  faults(id: string): readonly string[] {
    return this.#connection
      .prepare('SELECT fault FROM process_links WHERE letter = ? AND item = ? ORDER BY fault')
      .pluck()
      .all(this.letter, parseItemId(this.letter, id)) as string[];
  }

  #save(atMs: number, { item, kind, by, note, detail = {}, faults = [] }: Taken<T>): void {
    const number = parseItemId(this.letter, item.id);
    const { state } = item;
    this.#put.run(this.letter, number, state, JSON.stringify(item));
    this.#step.run(this.letter, number, kind, state, by, atMs, note, JSON.stringify(detail));
    for (const fault of faults) this.#link.run(this.letter, number, fault);
  }
}
