/** The SQL of knowledge notes: the newest wording, every earlier one, and the words to find it by. */
import { openRepeats, openTrail, type Repeats, type Trail } from '../desk/desk.ts';
import type { Connection } from './database.ts';
import { formatItemId, parseItemId } from './item-id.ts';
import type { KnowledgeNote, Writing } from './process.ts';

/** The trigram index answers for three characters and more; shorter words are looked for in full. */
const INDEXED_FROM = 3;

export class NoteTable {
  readonly #connection: Connection;
  readonly #trail: Trail;
  readonly #repeats: Repeats;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#trail = openTrail(connection);
    this.#repeats = openRepeats(connection, 'process-K');
  }

  all(): readonly KnowledgeNote[] {
    const rows = this.#connection
      .prepare('SELECT record FROM process_notes ORDER BY number')
      .pluck()
      .all();
    return rows.map((row) => JSON.parse(String(row)) as KnowledgeNote);
  }

  nextId(): string {
    const newest = this.#connection.prepare('SELECT max(number) FROM process_notes').pluck().get();
    return formatItemId('K', Number(newest ?? 0) + 1);
  }

  write(
    atMs: number,
    { actor, repeat }: Writing,
    make: () => { readonly note: KnowledgeNote; readonly kind: string; readonly by: string },
  ): KnowledgeNote {
    return this.#repeats.once(repeat ?? null, atMs, () => {
      const { note, kind, by } = make();
      const action = `knowledge.${kind}`;
      const detail = { by, title: note.title, version: note.version };
      this.#trail.record(atMs, [{ actor, action, subject: note.id, detail }], () =>
        this.#save(note),
      );
      return note;
    });
  }

  /** Numbers of the notes in which every word occurs, best first. */
  find(words: readonly string[], limit: number): readonly number[] {
    const long = words.filter((word) => [...word].length >= INDEXED_FROM);
    const short = words.filter((word) => [...word].length < INDEXED_FROM);
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    if (long.length > 0) {
      conditions.push('process_search MATCH ?');
      // Quoted, so that nothing in a word is an operator.
      values.push(long.map((word) => `"${word.replaceAll('"', '""')}"`).join(' AND '));
    }
    for (const word of short) {
      const escaped = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
      const columns = ['title', 'symptom', 'cause', 'solution', 'words'];
      conditions.push(`(${columns.map((one) => `${one} LIKE ? ESCAPE '\\'`).join(' OR ')})`);
      values.push(...columns.map(() => escaped));
    }
    if (conditions.length === 0) return [];
    // A hit in the title counts most, one in the solution least.
    const order = long.length > 0 ? 'bm25(process_search, 8, 4, 2, 1, 6)' : 'rowid DESC';
    return this.#connection
      .prepare(
        `SELECT rowid FROM process_search WHERE ${conditions.join(' AND ')}
         ORDER BY ${order} LIMIT ?`,
      )
      .pluck()
      .all(...values, limit) as number[];
  }

  #save(note: KnowledgeNote): void {
    const number = parseItemId('K', note.id);
    const record = JSON.stringify(note);
    const run = (sql: string, ...values: unknown[]): void => {
      this.#connection.prepare(sql).run(...values);
    };
    run('INSERT OR REPLACE INTO process_notes VALUES (?, ?)', number, record);
    run('INSERT INTO process_note_versions VALUES (?, ?, ?)', number, note.version, record);
    run('DELETE FROM process_search WHERE rowid = ?', number);
    if (note.archived) return;
    const { title, symptom, cause, solution, words, rules } = note;
    run(
      `INSERT INTO process_search (rowid, title, symptom, cause, solution, words)
       VALUES (?, ?, ?, ?, ?, ?)`,
      ...[number, title, symptom, cause, solution, [...words, ...rules].join('\n')],
    );
  }
}
