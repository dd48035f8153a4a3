/**
 * The audit trail (S46, S47): append-only, each entry hashed together with the one before it, so
 * that a changed or missing entry breaks the chain. Written in the transaction of what it tells.
 */
import { hash as digest } from 'node:crypto';
import type { Actor, AuditCheck, AuditEntry } from './desk.ts';
import type { Connection, Statement } from './open-database.ts';

/** One entry as the next one is chained to it. */
interface Link {
  readonly number: number;
  /** Hexadecimal SHA-256; empty before the first entry. */
  readonly hash: string;
}

interface Row extends Link {
  readonly at_ms: number;
  readonly who: string;
  readonly source: string;
  readonly action: string;
  readonly subject: string;
  readonly result: 'done' | 'refused';
  readonly detail: string;
}

export interface Deed {
  readonly actor: Actor;
  readonly action: string;
  readonly subject: string;
  readonly result?: 'done' | 'refused';
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Longest text kept of anything that came from outside, characters. */
const LONGEST = 500;

export class AuditTrail {
  readonly #connection: Connection;
  readonly #newest: Statement;
  readonly #insert: Statement;
  /** The newest entry this process has seen: a trail that lost its end does not pass for whole. */
  #seen: Link = { number: 0, hash: '' };

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#newest = connection.prepare(
      'SELECT number, hash FROM desk_audit ORDER BY number DESC LIMIT 1',
    );
    this.#insert = connection.prepare(
      `INSERT INTO desk_audit VALUES
       (@number, @at_ms, @who, @source, @action, @subject, @result, @detail, @hash)`,
    );
    this.#seen = this.#last();
  }

  /**
   * Runs `write` and records the deeds, in one transaction: all of it is durable when this returns,
   * or it throws and nothing is.
   */
  record(atMs: number, deeds: readonly Deed[], write: () => void = () => {}): void {
    const last = this.#connection
      .transaction(() => {
        write();
        return deeds.reduce((link, deed) => this.#append(link, atMs, deed), this.#last());
      })
      .immediate();
    this.#seen = last;
  }

  entries(limit: number, afterNumber: number): readonly AuditEntry[] {
    const rows = this.#connection
      .prepare('SELECT * FROM desk_audit WHERE number > ? ORDER BY number LIMIT ?')
      .all(afterNumber, limit) as Row[];
    return rows.map(toEntry);
  }

  /** Follows the chain from the first entry. */
  verify(): AuditCheck {
    const rows = this.#connection.prepare('SELECT * FROM desk_audit ORDER BY number').iterate();
    let link: Link = { number: 0, hash: '' };
    for (const row of rows as IterableIterator<Row>) {
      const whole = row.hash === chain(link.hash, row);
      const known = row.number !== this.#seen.number || row.hash === this.#seen.hash;
      if (!whole || !known) return { ok: false, entries: link.number, brokenAt: link.number + 1 };
      link = { number: row.number, hash: row.hash };
    }
    const complete = link.number >= this.#seen.number;
    return { ok: complete, entries: link.number, brokenAt: complete ? null : link.number + 1 };
  }

  #last(): Link {
    return (this.#newest.get() as Link | undefined) ?? { number: 0, hash: '' };
  }

  #append(after: Link, atMs: number, deed: Deed): Link {
    const { actor, action, subject, result = 'done', detail = {} } = deed;
    const row: Omit<Row, 'hash'> = {
      number: after.number + 1,
      at_ms: atMs,
      who: actor.who.slice(0, LONGEST),
      source: actor.from.slice(0, LONGEST),
      action,
      subject: subject.slice(0, LONGEST),
      result,
      detail: JSON.stringify(detail),
    };
    const hash = chain(after.hash, row);
    this.#insert.run({ ...row, hash });
    return { number: row.number, hash };
  }
}

/** The fields as a JSON list, so that no text can pass for the end of one field and the next. */
function chain(previous: string, row: Omit<Row, 'hash'>): string {
  const { number, at_ms, who, source, action, subject, result, detail } = row;
  const fields = [previous, number, at_ms, who, source, action, subject, result, detail];
  return digest('sha256', JSON.stringify(fields), 'hex');
}

function toEntry(row: Row): AuditEntry {
  return {
    number: row.number,
    atMs: row.at_ms,
    who: row.who,
    from: row.source,
    action: row.action,
    subject: row.subject,
    result: row.result,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  };
}
