/**
 * The write-ahead log and its checkpoints. One process makes them (this one), between commits, so
 * that the log stays short; only a reader that never ends its transaction can keep it growing, and
 * then appends stop before the log fills the disk.
 */
import { statSync } from 'node:fs';
import type { Clock } from '../../shared/clock.ts';
import { Failure } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { BUSY_MS, type Database } from './database.ts';

/** A checkpoint copies this much in some milliseconds. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024;
/** Nobody called `maintain` for so long: the commit itself makes the checkpoint. */
const OVERDUE_BYTES = 64 * 1024 * 1024;
/** Not worth shrinking. */
const SMALL_BYTES = 1024 * 1024;
const MOST_BYTES = 256 * 1024 * 1024;
const LOOK_MS = 1_000;

interface CheckpointResult {
  readonly busy: number;
  /** Pages in the log, and how many of them are in the database. */
  readonly log: number;
  readonly checkpointed: number;
}

export class WriteAheadLog {
  readonly #database: Database;
  readonly #file: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #pageBytes: number;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #bytes = 0;

  constructor(database: Database, file: string, { clock, log }: { clock: Clock; log: Log }) {
    this.#database = database;
    this.#file = `${file}-wal`;
    this.#clock = clock;
    this.#log = log;
    this.#pageBytes = Number(database.pragma('page_size', { simple: true }));
  }

  /** Size of the file. */
  bytes(): number {
    return statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Why appends are refused; null while the log is short enough. */
  refusal(): Failure | null {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#lookedMs >= LOOK_MS) {
      this.#lookedMs = nowMs;
      this.#bytes = this.bytes();
    }
    if (this.#bytes < MOST_BYTES) return null;
    return new Failure('unavailable', `the write-ahead log has grown to ${this.#bytes} bytes`, {
      hint: 'end the program that reads the sample database without end (a backup, a shell)',
    });
  }

  /** Makes a checkpoint when one is due; true when it was. */
  tend(): boolean {
    return this.#pending() >= CHECKPOINT_BYTES && this.checkpoint();
  }

  /** The disk is short of space: the file gives its own back, unless a reader needs it. */
  shrink(): boolean {
    if (this.bytes() < SMALL_BYTES) return false;
    this.#database.pragma('busy_timeout = 0');
    try {
      return this.#run('TRUNCATE').busy === 0;
    } finally {
      this.#database.pragma(`busy_timeout = ${BUSY_MS}`);
    }
  }

  /** For the commit path: only when `tend` was not called for long. */
  tendOverdue(): void {
    if (this.bytes() >= OVERDUE_BYTES && this.#pending() >= OVERDUE_BYTES) this.checkpoint();
  }

  checkpoint(): boolean {
    const result = this.#run('PASSIVE');
    if (this.bytes() >= OVERDUE_BYTES && result.checkpointed < result.log) {
      this.#log.warn('a reader holds the write-ahead log', { bytes: this.bytes() });
    }
    return result.checkpointed > 0;
  }

  #pending(): number {
    const { log, checkpointed } = this.#run('NOOP');
    return (log - checkpointed) * this.#pageBytes;
  }

  #run(mode: 'PASSIVE' | 'TRUNCATE' | 'NOOP'): CheckpointResult {
    const [result] = this.#database.pragma(`wal_checkpoint(${mode})`) as CheckpointResult[];
    return result ?? { busy: 1, log: 0, checkpointed: 0 };
  }
}
