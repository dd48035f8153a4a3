/**
 * Group commit: what arrives in one turn of the event loop is one transaction, one fsync. Work is
 * done in order of arrival, between BEGIN and COMMIT of one synchronous stretch, so nobody sees a
 * half-done group; callers hear of it after COMMIT. A failed transaction leaves no trace, neither
 * in the file nor in memory.
 */
import type { Clock } from '../../shared/clock.ts';
import { Failure, messageOf } from '../../shared/errors.ts';
import { type Database, type Statement, sqliteCode } from './database.ts';
import type { DiskGuard } from './disk-guard.ts';
import type { Staged } from './staged.ts';

/** One piece of work of a group. */
export interface Work {
  /** Samples held in memory for it. */
  readonly samples: number;
  /** Inside the transaction. */
  run(): void;
  /** After COMMIT. */
  done(): void;
  failed(reason: unknown): void;
}

/** A group that holds this many samples does not wait for the end of the turn. */
const SAMPLES_PER_GROUP = 100_000;

export interface GroupCommitOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly guard: DiskGuard;
  /** In order: what a later one writes may depend on an earlier one. */
  readonly staged: readonly Staged[];
  /** The disk failed: the process must end, because what it believes may not be so (P8). */
  readonly onFatal: (reason: Failure) => void;
  /** After each COMMIT. */
  readonly onEnd: () => void;
}

export class GroupCommit {
  commits = 0;
  /** Seconds the newest one took. */
  commitSeconds = 0;
  readonly #options: GroupCommitOptions;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  #group: Work[] = [];
  #samples = 0;
  #fatal: Failure | null = null;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#begin = options.database.prepare('BEGIN IMMEDIATE');
    this.#commit = options.database.prepare('COMMIT');
    this.#rollback = options.database.prepare('ROLLBACK');
  }

  /** Why nothing can be written any more; null while all is well. */
  get fatal(): Failure | null {
    return this.#fatal;
  }

  add(work: Work): void {
    if (this.#fatal !== null) {
      work.failed(this.#fatal);
      return;
    }
    if (this.#group.length === 0) setImmediate(() => this.flush());
    this.#group.push(work);
    this.#samples += work.samples;
    if (this.#samples >= SAMPLES_PER_GROUP) this.flush();
  }

  /** Runs `task` inside the next transaction; resolves after its COMMIT. */
  write(task: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.add({ samples: 0, run: task, done: resolve, failed: reject });
    });
  }

  /** Commits what is waiting and then `task`, at once. Throws when that fails. */
  writeNow(task: () => void): void {
    this.flush();
    let failure: { readonly reason: unknown } | null = null;
    const failed = (reason: unknown): void => {
      failure = { reason };
    };
    this.add({ samples: 0, run: task, done: () => {}, failed });
    this.flush();
    rethrow(failure);
  }

  /** Commits what is waiting, now. */
  flush(): void {
    const group = this.#group;
    if (group.length === 0) return;
    this.#group = [];
    this.#samples = 0;
    const { clock, staged, onEnd } = this.#options;
    const began = clock.monotonic();
    try {
      this.#begin.run();
      for (const work of group) work.run();
      for (const state of staged) state.write();
      this.#commit.run();
    } catch (error) {
      this.#undo(group, error);
      return;
    }
    for (const state of staged) state.commit();
    this.commits++;
    this.commitSeconds = (clock.monotonic() - began) / 1000;
    for (const work of group) work.done();
    this.attempt(onEnd);
  }

  /**
   * Runs what touches the file outside a transaction. Rethrows what may pass (a full disk, a busy
   * file) as a `Failure`; for everything else the process must end.
   */
  attempt<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw this.#judge(error);
    }
  }

  #undo(group: readonly Work[], error: unknown): void {
    const { database, staged } = this.#options;
    let reason = this.#judge(error);
    try {
      // SQLite may have rolled back on its own.
      if (database.inTransaction) this.#rollback.run();
    } catch (rollbackError) {
      reason = this.#judge(rollbackError);
    }
    for (const state of staged) state.rollback();
    for (const work of group) work.failed(reason);
  }

  /** Never tries a failed write again: the kernel may have dropped what it could not write. */
  #judge(error: unknown): unknown {
    const code = sqliteCode(error);
    const full = this.#options.guard.explain(error);
    if (full !== null || code === '') return full ?? error;
    if (code.startsWith('SQLITE_BUSY')) {
      return new Failure('unavailable', 'another program holds the sample database', {
        hint: 'end the program that writes to samples.db; only the collector may',
        cause: error,
      });
    }
    this.#fatal = new Failure('io', `the sample database failed: ${messageOf(error)}`, {
      hint: 'check the disk and the file system; the collector checks its data when it starts again',
      cause: error,
    });
    this.#options.onFatal(this.#fatal);
    return this.#fatal;
  }
}

function rethrow(failure: { readonly reason: unknown } | null): void {
  if (failure !== null) throw failure.reason;
}
