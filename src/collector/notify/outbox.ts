/**
 * The outbox: notices with their mark in the ledger, in one transaction, and what became of them.
 * The key (ledger entry, step, recipient, channel, address) is unique: an entry that is read again after
 * a crash plans nothing twice.
 */
import type { DeskConnection } from '../desk/desk.ts';
import type { Level } from '../faults/faults.ts';
import type { Address, Locale } from '../people/people.ts';
import type { NoticeRecord, NoticeState, Step } from './notify.ts';
import { type Planned, type Row, toRecord, toWaiting, type Waiting } from './outbox-rows.ts';
import { openOutboxTables } from './outbox-schema.ts';

export interface Told {
  readonly recipient: string;
  readonly locale: Locale;
  readonly channels: readonly Address[];
  readonly digest: boolean;
}

/** Notices that may go out in one message. */
export interface Bundle {
  readonly recipient: string;
  readonly to: string;
  readonly digest: boolean;
  readonly level: Level;
}

export interface Settled {
  readonly reason: string;
  readonly atMs: number;
  readonly message: string;
}

export class Outbox {
  readonly #connection: DeskConnection;

  constructor(connection: DeskConnection) {
    this.#connection = connection;
    openOutboxTables(connection);
  }

  mark(): number {
    return Number(this.#connection.prepare('SELECT mark FROM notify_mark').pluck().get() ?? 0);
  }

  /** All of it is durable when this returns, or nothing is. */
  write(task: () => void): void {
    this.#connection.transaction(task).immediate();
  }

  setMark(mark: number): void {
    this.#connection.prepare('INSERT OR REPLACE INTO notify_mark VALUES (1, ?)').run(mark);
  }

  /** Of the outcomes of maintenance windows. */
  outcomeMark(): number {
    const row = this.#connection.prepare('SELECT mark FROM notify_outcome_mark').pluck().get();
    return Number(row ?? 0);
  }

  setOutcomeMark(mark: number): void {
    this.#connection.prepare('INSERT OR REPLACE INTO notify_outcome_mark VALUES (1, ?)').run(mark);
  }

  plan(one: Planned): void {
    this.#insert(one, 'ON CONFLICT DO NOTHING');
  }

  /** Another address takes a notice over, also one that was tried before: it waits again. */
  move(notice: Waiting, to: Pick<Planned, 'address' | 'others' | 'reason' | 'dueMs'>): void {
    this.settle(notice.number, 'moved', { reason: to.reason });
    const waits = `ON CONFLICT DO UPDATE SET state = 'pending', reason = excluded.reason,
      due_ms = excluded.due_ms, others = excluded.others`;
    const changes = this.#insert({ ...notice, ...to }, waits);
    if (changes !== 1) throw new Error(`notice ${notice.number} was not moved: ${changes} rows`);
  }

  #insert(one: Planned, conflict: string): number {
    const { changes } = this.#connection
      .prepare(
        `INSERT INTO notify_outbox (fault, entry, step, recipient, channel, address, locale, level,
           digest, state, reason, attempts, planned_ms, due_ms, sent_ms, message, facts, others)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, 0, ?, ?, NULL, '', ?, ?) ${conflict}`,
      )
      .run(
        ...[one.fault, one.entry, one.step, one.recipient, one.address.channel, one.address.to],
        ...[one.locale, one.level, Number(one.digest), one.reason, one.plannedMs, one.dueMs],
        ...[JSON.stringify(one.facts), JSON.stringify(one.others)],
      );
    return changes;
  }

  /** Waiting notices of a fault that have become pointless; those of a digest stay its history. */
  drop(fault: string, steps: readonly Step[], reason: string): void {
    this.#connection
      .prepare(
        `UPDATE notify_outbox SET state = 'dropped', reason = ?
         WHERE fault = ? AND state = 'pending' AND digest = 0
           AND step IN (SELECT value FROM json_each(?))`,
      )
      .run(reason, fault, JSON.stringify(steps));
  }

  /** Who got a notice of the fault, or may have: an attempt whose end is not known counts. */
  told(fault: string): readonly Told[] {
    const rows = this.#connection
      .prepare(
        `SELECT recipient, channel, address, locale, others, min(digest) AS digest
         FROM notify_outbox
         WHERE fault = ? AND (state = 'sent' OR attempts > 0 OR digest = 1)
         GROUP BY recipient ORDER BY min(number)`,
      )
      .all(fault) as Row[];
    return rows.map(({ recipient, channel, address, locale, others, digest }) => ({
      recipient,
      locale,
      channels: [{ channel, to: address }, ...(JSON.parse(others) as Address[])],
      digest: digest === 1,
    }));
  }

  recoveryTold(fault: string): boolean {
    const step = this.#connection
      .prepare(
        `SELECT step FROM notify_outbox WHERE fault = ? AND state <> 'dropped'
         ORDER BY entry DESC, number DESC LIMIT 1`,
      )
      .pluck()
      .get(fault);
    return step === 'recovered';
  }

  /** Channels with notices that are due. */
  dueChannels(nowMs: number): readonly string[] {
    return this.#connection
      .prepare("SELECT DISTINCT channel FROM notify_outbox WHERE state='pending' AND due_ms <= ?")
      .pluck()
      .all(nowMs) as string[];
  }

  bundles(channel: string, nowMs: number): readonly Bundle[] {
    const rows = this.#connection
      .prepare(
        `SELECT recipient, address, digest, min(level) AS level FROM notify_outbox
         WHERE state = 'pending' AND channel = ? AND due_ms <= ?
         GROUP BY recipient, address, digest ORDER BY level, min(number)`,
      )
      .all(channel, nowMs) as Row[];
    return rows.map(({ recipient, address, digest, level }) => {
      return { recipient, to: address, digest: digest === 1, level };
    });
  }

  /** What goes out together: what is due, and what only waits for company. */
  waiting(
    channel: string,
    { recipient, to, digest }: Bundle,
    { nowMs, most }: { readonly nowMs: number; readonly most: number },
  ): readonly Waiting[] {
    const rows = this.#connection
      .prepare(
        `SELECT * FROM notify_outbox
         WHERE state = 'pending' AND channel = ? AND recipient = ? AND address = ?
           AND digest = ?
           AND (due_ms <= ? OR (attempts = 0 AND digest = 0))
         ORDER BY level, number LIMIT ?`,
      )
      .all(channel, recipient, to, Number(digest), nowMs, most) as Row[];
    return rows.map(toWaiting);
  }

  settle(number: number, state: 'sent' | 'moved' | 'dropped', more: Partial<Settled>): void {
    const { reason, atMs, message } = more;
    this.#connection
      .prepare(
        `UPDATE notify_outbox SET state = ?, reason = coalesce(?, reason),
           sent_ms = coalesce(?, sent_ms), message = coalesce(?, message) WHERE number = ?`,
      )
      .run(state, reason ?? null, atMs ?? null, message ?? null, number);
  }

  /**
   * Counts an attempt before it is made: should the process end during it, the recipient counts as
   * told and hears of the recovery.
   */
  claim(numbers: readonly number[]): void {
    this.write(() => {
      const claim = this.#connection.prepare(
        'UPDATE notify_outbox SET attempts = attempts + 1 WHERE number = ?',
      );
      for (const number of numbers) claim.run(number);
    });
  }

  putOff(number: number, dueMs: number, reason: string): void {
    this.#connection
      .prepare('UPDATE notify_outbox SET due_ms = ?, reason = ? WHERE number = ?')
      .run(dueMs, reason, number);
  }

  /** Messages to a recipient by a channel since a time. */
  messagesSince(recipient: string, channel: string, sinceMs: number): number {
    return Number(
      this.#connection
        .prepare(
          `SELECT count(DISTINCT message) FROM notify_outbox
           WHERE recipient = ? AND channel = ? AND sent_ms > ?`,
        )
        .pluck()
        .get(recipient, channel, sinceMs),
    );
  }

  /**
   * Notices that should be out: those that are due since before `sinceMs`, and those that were tried
   * and put off, however far. `old`: planned before `beforeMs`.
   */
  backlog(sinceMs: number, beforeMs: number): { readonly due: number; readonly old: number } {
    return this.#connection
      .prepare(
        `SELECT count(*) AS due, coalesce(sum(planned_ms < @beforeMs), 0) AS old FROM notify_outbox
         WHERE state = 'pending'
           AND (due_ms <= @sinceMs OR (attempts > 0 AND planned_ms <= @sinceMs))`,
      )
      .get({ beforeMs, sinceMs }) as { due: number; old: number };
  }

  /** Deletes settled notices planned before a time, at most so many; those of `kept` faults stay. */
  prune(beforeMs: number, most: number, kept: readonly string[]): number {
    return this.#connection
      .prepare(
        `DELETE FROM notify_outbox WHERE number IN (
           SELECT number FROM notify_outbox WHERE state <> 'pending' AND planned_ms < ?
             AND fault NOT IN (SELECT value FROM json_each(?))
           ORDER BY planned_ms LIMIT ?)`,
      )
      .run(beforeMs, JSON.stringify(kept), most).changes;
  }

  pendingOf(channel: string): number {
    const sql = "SELECT count(*) FROM notify_outbox WHERE state = 'pending' AND channel = ?";
    return Number(this.#connection.prepare(sql).pluck().get(channel));
  }

  lastSentMs(channel: string): number | null {
    const sql = 'SELECT max(sent_ms) FROM notify_outbox WHERE channel = ?';
    const found = this.#connection.prepare(sql).pluck().get(channel);
    return typeof found === 'number' ? found : null;
  }

  list(filter: {
    readonly fault?: string;
    readonly state?: NoticeState;
    readonly limit: number;
    readonly after?: number;
  }): readonly NoticeRecord[] {
    const rows = this.#connection
      .prepare(
        `SELECT * FROM notify_outbox
         WHERE (@fault IS NULL OR fault = @fault) AND (@state IS NULL OR state = @state)
           AND (@after IS NULL OR number < @after) ORDER BY number DESC LIMIT @limit`,
      )
      .all({ fault: null, state: null, after: null, ...filter }) as Row[];
    return rows.map(toRecord);
  }
}
