/**
 * Fills a reading from a device: scalars some at a time, columns side by side. Learns how many rows
 * a column has and how large answers are, and remembers what the device does not have.
 */
import type { Clock } from '../../shared/clock.ts';
import { bug } from '../../shared/errors.ts';
import { cellOf, isAbsent } from './cell.ts';
import type { Needs } from './places.ts';
import type { Reading } from './reading.ts';
import { type Session, troubleOf } from './session.ts';
import { Pace, WALK_LIMITS, type WalkedColumn, walkColumns } from './walk.ts';

const SCALARS_AT_ONCE = 24;
const MAX_REPETITIONS = 64;

export interface Transport {
  readonly maxRepetitions?: number | undefined;
  readonly noGetBulk?: boolean | undefined;
}

export class Asker {
  readonly #clock: Clock;
  readonly #rows = new Map<string, number>();
  #pace = new Pace();
  #deadlineMs = 0;
  transport: Transport = {};
  /** Set before anything is asked; another one after a silence. */
  session: Session | null = null;
  /** OIDs that were asked and are not there; columns that have no row. */
  readonly unanswered = new Set<string>();
  /** Columns whose walk was not allowed to end. */
  readonly cut = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get #asked(): Session {
    return this.session ?? bug('an asker without a session');
  }

  /** A round begins: what it may take counts from now. */
  begin(): void {
    this.#deadlineMs = this.#clock.monotonic() + WALK_LIMITS.milliseconds;
  }

  /** What was learned of sizes is forgotten: a lossy hour must not last for ever. */
  relearn(): void {
    this.#pace = new Pace();
    this.unanswered.clear();
    this.cut.clear();
  }

  /** How many rows the column had last; 0 for unknown. */
  rowsOf(column: string): number {
    return this.#rows.get(column) ?? 0;
  }

  async read({ scalars, columns }: Pick<Needs, 'scalars' | 'columns'>, into: Reading) {
    await this.scalars([...scalars], into);
    await this.columns([...columns], into);
  }

  async scalars(oids: readonly string[], into: Reading): Promise<void> {
    for (let at = 0; at < oids.length; at += SCALARS_AT_ONCE) {
      await this.#get(oids.slice(at, at + SCALARS_AT_ONCE), into);
    }
  }

  async #get(oids: readonly string[], into: Reading): Promise<void> {
    try {
      for (const varbind of await this.#asked.get(oids)) {
        if (isAbsent(varbind)) this.unanswered.add(varbind.oid);
        else into.scalars.set(varbind.oid, cellOf(varbind));
      }
    } catch (error) {
      const trouble = troubleOf(error);
      const isOne = trouble === 'no_such' || trouble === 'refused' || trouble === 'too_big';
      if (!isOne) throw error;
      // One of them spoils the whole question (v1 says so of any that is missing): ask in halves.
      const half = Math.ceil(oids.length / 2);
      if (oids.length === 1) this.unanswered.add(oids[0] ?? '');
      else {
        await this.#get(oids.slice(0, half), into);
        await this.#get(oids.slice(half), into);
      }
    }
  }

  async columns(columns: readonly string[], into: Reading): Promise<void> {
    const done = new Map<string, WalkedColumn>();
    const { maxRepetitions = MAX_REPETITIONS, noGetBulk = false } = this.transport;
    try {
      await walkColumns(
        columns,
        {
          session: this.#asked,
          clock: this.#clock,
          expected: (column) => this.rowsOf(column),
          maxRepetitions,
          noGetBulk,
          deadlineMs: this.#deadlineMs,
        },
        this.#pace,
        done,
      );
    } finally {
      for (const [column, { cells, end }] of done) {
        if (cells.size > 0) into.columns.set(column, cells);
        else this.unanswered.add(column);
        if (end !== 'end') this.cut.add(column);
        this.#rows.set(column, cells.size);
      }
    }
  }
}
