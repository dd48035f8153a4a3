/**
 * How far each agent's numbered batches are stored (P2). A cursor rides on the journal row of its
 * batch, so it costs no statement of its own; the table catches up before journal rows are pruned.
 */
import type { Database, Statement } from './database.ts';
import type { Staged } from './staged.ts';

/** Epochs kept per agent; a spool opens one per outage. The one used longest ago goes first. */
const EPOCHS_PER_AGENT = 64;

export interface CursorState {
  readonly id: number;
  readonly agent: string;
  readonly epoch: string;
  seq: number;
  /** What the table says; −1 when it has no row yet. */
  savedSeq: number;
  /** Grows with use. */
  usedAt: number;
}

interface CursorRow {
  readonly id: number;
  readonly agent: string;
  readonly epoch: string;
  readonly seq: number;
}

export class Cursors implements Staged {
  readonly #byAgent = new Map<string, Map<string, CursorState>>();
  readonly #byId = new Map<number, CursorState>();
  readonly #select: Statement;
  readonly #selectUsed: Statement;
  readonly #save: Statement;
  readonly #delete: Statement;
  #nextId = 1;
  #uses = 0;
  /** Moved in this transaction, with the number before. */
  #moved: { cursor: CursorState; from: number }[] = [];
  /** Must be saved with this transaction: new, or not carried by a journal row. */
  #unsaved = new Set<CursorState>();
  #evicted: CursorState[] = [];

  constructor(database: Database) {
    this.#select = database.prepare('SELECT id, agent, epoch, seq FROM cursors ORDER BY id');
    this.#selectUsed = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'cursors'");
    this.#save = database.prepare(
      'INSERT INTO cursors(id, agent, epoch, seq) VALUES(?, ?, ?, ?) ' +
        'ON CONFLICT(id) DO UPDATE SET seq = excluded.seq',
    );
    this.#delete = database.prepare('DELETE FROM cursors WHERE id = ?');
  }

  load(): void {
    for (const row of this.#select.all() as CursorRow[]) {
      const known = this.#byId.get(row.id);
      if (known === undefined) this.#add({ ...row, savedSeq: row.seq, usedAt: 0 });
      else known.seq = Math.max(known.seq, row.seq);
    }
    // Journal rows may carry numbers of cursors that are gone: those stay used.
    const used = this.#selectUsed.get() as { seq: number } | undefined;
    this.#nextId = Math.max(this.#nextId, (used?.seq ?? 0) + 1);
  }

  /** A journal row carries a cursor: at start, when the table is behind. */
  carried(id: number, seq: number): void {
    const cursor = this.#byId.get(id);
    if (cursor !== undefined && seq > cursor.seq) cursor.seq = seq;
  }

  /** The newest number stored; 0 for none. */
  seq(agent: string, epoch: string): number {
    return this.#byAgent.get(agent)?.get(epoch)?.seq ?? 0;
  }

  /** Inside a transaction: `seq` is stored with it. */
  move(agent: string, epoch: string, seq: number): CursorState {
    const cursor = this.#byAgent.get(agent)?.get(epoch) ?? this.#create(agent, epoch);
    this.#moved.push({ cursor, from: cursor.seq });
    cursor.seq = seq;
    cursor.usedAt = ++this.#uses;
    return cursor;
  }

  /** Inside a transaction: no journal row carries this one. */
  save(cursor: CursorState): void {
    this.#unsaved.add(cursor);
  }

  /** Inside a transaction: the table catches up with all that journal rows carried. */
  saveAll(): void {
    for (const cursor of this.#byId.values()) {
      if (cursor.seq !== cursor.savedSeq) this.#unsaved.add(cursor);
    }
  }

  write(): void {
    for (const { id, agent, epoch, seq } of this.#unsaved) this.#save.run(id, agent, epoch, seq);
    for (const { id } of this.#evicted) this.#delete.run(id);
  }

  commit(): void {
    for (const cursor of this.#unsaved) cursor.savedSeq = cursor.seq;
    this.#unsaved.clear();
    this.#evicted.length = 0;
    this.#moved.length = 0;
  }

  rollback(): void {
    for (const { cursor, from } of this.#moved.reverse()) cursor.seq = from;
    this.#moved = [];
  }

  #create(agent: string, epoch: string): CursorState {
    const cursor = { id: this.#nextId, agent, epoch, seq: 0, savedSeq: -1, usedAt: 0 };
    this.#add(cursor);
    this.#unsaved.add(cursor);
    const epochs = this.#byAgent.get(agent);
    if (epochs !== undefined && epochs.size > EPOCHS_PER_AGENT) this.#evictOldest(epochs, cursor);
    return cursor;
  }

  #add(cursor: CursorState): void {
    this.#nextId = Math.max(this.#nextId, cursor.id + 1);
    this.#byId.set(cursor.id, cursor);
    const epochs = this.#byAgent.get(cursor.agent) ?? new Map<string, CursorState>();
    epochs.set(cursor.epoch, cursor);
    this.#byAgent.set(cursor.agent, epochs);
  }

  #evictOldest(epochs: Map<string, CursorState>, except: CursorState): void {
    let oldest: CursorState | undefined;
    for (const cursor of epochs.values()) {
      if (cursor !== except && (oldest === undefined || cursor.usedAt < oldest.usedAt)) {
        oldest = cursor;
      }
    }
    if (oldest === undefined) return;
    epochs.delete(oldest.epoch);
    this.#byId.delete(oldest.id);
    this.#unsaved.delete(oldest);
    this.#evicted.push(oldest);
  }
}
