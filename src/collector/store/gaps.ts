/** Declared losses: what agents had to drop, committed with the batch that told of it (P3). */
import type { Clock } from '../../shared/clock.ts';
import type { GapReason, GapRecord } from '../../shared/protocol.ts';
import type { Database, Statement } from './database.ts';
import type { Staged } from './staged.ts';
import type { StoredGap } from './store.ts';

interface GapRow {
  readonly agent: string;
  readonly reason: GapReason;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly samples: number;
  readonly received_ms: number;
}

export class Gaps implements Staged {
  /** Samples declared lost, ever, as far as the table remembers. */
  samples = 0;
  readonly #insert: Statement;
  readonly #select: Statement;
  readonly #delete: Statement;
  readonly #sum: Statement;
  readonly #clock: Clock;
  #staged = 0;

  constructor(database: Database, clock: Clock) {
    this.#clock = clock;
    this.#insert = database.prepare(
      'INSERT INTO gaps(agent, reason, from_ms, to_ms, samples, received_ms) VALUES(?, ?, ?, ?, ?, ?)',
    );
    this.#select = database.prepare(
      'SELECT agent, reason, from_ms, to_ms, samples, received_ms FROM gaps ' +
        'WHERE to_ms >= ? AND from_ms < ? ORDER BY id',
    );
    this.#delete = database.prepare('DELETE FROM gaps WHERE received_ms < ? LIMIT ?');
    this.#sum = database.prepare('SELECT total(samples) FROM gaps').pluck();
  }

  load(): void {
    this.samples = Number(this.#sum.get());
  }

  /** Inside a transaction. */
  insert(agent: string, gaps: readonly GapRecord[]): void {
    for (const { reason, fromMs, toMs, samples } of gaps) {
      this.#insert.run(agent, reason, fromMs, toMs, samples, this.#clock.now());
      this.#staged += samples;
    }
  }

  /** Gaps that overlap fromMs ≤ time < toMs, oldest declaration first. */
  overlapping(fromMs: number, toMs: number): StoredGap[] {
    return (this.#select.all(fromMs, toMs) as GapRow[]).map((row) => ({
      agent: row.agent,
      reason: row.reason,
      fromMs: row.from_ms,
      toMs: row.to_ms,
      samples: row.samples,
      receivedMs: row.received_ms,
    }));
  }

  /** Inside a transaction: forgets at most `most` that were received before `beforeMs`. */
  prune(beforeMs: number, most: number): number {
    return this.#delete.run(beforeMs, most).changes;
  }

  write(): void {}

  commit(): void {
    this.samples += this.#staged;
    this.#staged = 0;
  }

  rollback(): void {
    this.#staged = 0;
  }
}
