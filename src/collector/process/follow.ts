/**
 * Follows the ledger of faults: which faults people were told of, what recurs, what came of a
 * change. Its mark moves in the transaction of what it did, so a crash repeats and forgets nothing.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Faults, LedgerEntry } from '../faults/faults.ts';
import type { ChangeBook } from './changes.ts';
import type { Connection, Statement } from './database.ts';
import type { ProblemBook } from './problems.ts';
import type { Occurrence } from './recurrence.ts';

const BATCH = 1_000;
/** Occurrences older than this are of no use to any policy. */
const KEPT_MS = 400 * 86_400_000;

/** Kinds after which a fault does not count: people hear of its cause, or it was none. */
const UNCOUNTED: readonly string[] = ['suppressed', 'merged', 'false_alarm'];

export class LedgerFollower {
  readonly #connection: Connection;
  readonly #faults: Pick<Faults, 'ledgerAfter'>;
  readonly #clock: Clock;
  readonly #books: { readonly problems: ProblemBook; readonly changes: ChangeBook };
  readonly #add: Statement;
  readonly #count: Statement;

  constructor(
    connection: Connection,
    { faults, clock }: { faults: Pick<Faults, 'ledgerAfter'>; clock: Clock },
    books: { readonly problems: ProblemBook; readonly changes: ChangeBook },
  ) {
    this.#connection = connection;
    this.#faults = faults;
    this.#clock = clock;
    this.#books = books;
    this.#add = connection.prepare(
      'INSERT OR IGNORE INTO process_occurrences VALUES (?, ?, ?, ?, ?, 1, 0)',
    );
    this.#count = connection.prepare(
      'UPDATE process_occurrences SET counted = ?, decided = 0 WHERE fault = ?',
    );
  }

  async advance(): Promise<void> {
    let full: boolean;
    let behind = false;
    do {
      const entries = await this.#faults.ledgerAfter(this.#mark(), BATCH);
      full = entries.length === BATCH;
      if (entries.length > 0 || behind) this.#take(entries, !full);
      behind = full;
    } while (full);
  }

  /** `suppressed` follows `opened` at once: decided only when nothing more is there to read. */
  #take(entries: readonly LedgerEntry[], decides: boolean): void {
    const mark = entries.at(-1)?.number ?? this.#mark();
    this.#connection
      .transaction(() => {
        for (const entry of entries) this.#note(entry);
        if (decides) this.#decide();
        this.#connection.prepare('UPDATE process_mark SET ledger = ?').run(mark);
      })
      .immediate();
  }

  #mark(): number {
    return Number(this.#connection.prepare('SELECT ledger FROM process_mark').pluck().get());
  }

  #note({ kind, fault, atMs, detail }: LedgerEntry): void {
    if (kind === 'opened') {
      // What people report is one by one; nothing recurs by its name.
      if (detail.origin === 'person') return;
      const { rule, device, phenomenon } = detail as {
        readonly rule: string;
        readonly device: string;
        readonly phenomenon?: { readonly en?: string };
      };
      this.#add.run(fault, rule, device, phenomenon?.en ?? '', atMs);
    } else if (UNCOUNTED.includes(kind)) {
      this.#count.run(0, fault);
    } else if (kind === 'released' || kind === 'split') {
      this.#count.run(1, fault);
    }
  }

  #decide(): void {
    const nowMs = this.#clock.now();
    const fresh = this.#undecided();
    if (fresh.length === 0) return;
    this.#connection.exec('UPDATE process_occurrences SET decided = 1 WHERE decided = 0');
    this.#books.changes.take(fresh, nowMs);
    const rules = new Map<string, Occurrence[]>();
    for (const one of fresh) {
      const same = rules.get(one.rule);
      if (same === undefined) rules.set(one.rule, [one]);
      else same.push(one);
    }
    for (const [rule, ofRule] of rules) {
      this.#books.problems.take(ofRule, this.#sameRule(rule, nowMs), nowMs);
    }
    this.#connection
      .prepare('DELETE FROM process_occurrences WHERE opened_ms < ?')
      .run(nowMs - KEPT_MS);
  }

  #undecided(): readonly Occurrence[] {
    return this.#connection
      .prepare(
        `SELECT fault, rule, device, phenomenon, opened_ms AS openedMs FROM process_occurrences
         WHERE decided = 0 AND counted = 1 ORDER BY opened_ms, fault`,
      )
      .all() as Occurrence[];
  }

  #sameRule(rule: string, nowMs: number): readonly Occurrence[] {
    const sinceMs = nowMs - this.#books.problems.longestMs;
    return this.#connection
      .prepare(
        `SELECT fault, rule, device, phenomenon, opened_ms AS openedMs FROM process_occurrences
         WHERE rule = ? AND opened_ms > ? AND counted = 1 ORDER BY opened_ms, fault`,
      )
      .all(rule, sinceMs) as Occurrence[];
  }
}
