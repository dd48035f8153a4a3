/** The SQL of the faults: entries and cases in and out. Decides nothing. */
import type { Statement } from 'better-sqlite3';
import type { Connection } from './database.ts';
import type { Fault, LedgerEntry, LedgerKind } from './fault.ts';
import { formatFaultId, parseFaultId } from './fault-id.ts';
import type { FaultFilter } from './faults.ts';
import { type Case, fold } from './life.ts';
import type { Terms } from './limits.ts';

const LIST_DEFAULT = 100;
const LIST_MOST = 1_000;

type Place = Pick<Fault, 'device' | 'rule' | 'item'>;

/** Groups of states as people ask for them. */
const STATE_GROUPS: Readonly<Record<string, string>> = Object.freeze({
  open: "state NOT IN ('recovered', 'verified', 'closed')",
  announced: "state NOT IN ('recovered', 'verified', 'closed', 'suppressed')",
  closed: "state IN ('recovered', 'verified', 'closed')",
});

interface EntryRow {
  readonly number: number;
  readonly fault: number;
  readonly kind: LedgerKind;
  readonly at_ms: number;
  readonly by: string;
  readonly note: string;
  readonly detail: string;
}

export class FaultTables {
  readonly connection: Connection;
  private readonly insertEntry: Statement;
  private readonly upsertCase: Statement;

  constructor(connection: Connection) {
    this.connection = connection;
    this.insertEntry = connection.prepare(
      `INSERT INTO fault_ledger (number, fault, kind, at_ms, by, note, detail)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.upsertCase = connection.prepare(
      `INSERT INTO fault_snapshot
         (fault, last, device, rule, item, state, level, began_ms, ended_ms, cause, record)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (fault) DO UPDATE SET last = excluded.last, state = excluded.state,
         level = excluded.level, began_ms = excluded.began_ms, ended_ms = excluded.ended_ms,
         cause = excluded.cause, record = excluded.record`,
    );
  }

  /** Runs `task` in one write transaction: all of it is durable when this returns, or none. */
  write<T>(task: () => T): T {
    return this.connection.transaction(task).immediate();
  }

  /** Number of the newest ledger entry; 0 for an empty ledger. */
  head(): number {
    return this.number('SELECT coalesce(max(number), 0) FROM fault_ledger');
  }

  newestFault(): number {
    return this.number('SELECT coalesce(max(fault), 0) FROM fault_ledger');
  }

  insert({ number, fault, kind, atMs, by, note, detail }: LedgerEntry): void {
    const json = JSON.stringify(detail);
    this.insertEntry.run(number, parseFaultId(fault), kind, atMs, by, note, json);
  }

  save(one: Case): void {
    const { id, device, rule, item, state, level, beganMs, recoveredMs, closedMs } = one.fault;
    const ended = recoveredMs ?? closedMs;
    const place = [device, rule, item, state, level, beganMs, ended];
    const cause = causeOf(one);
    const causeNumber = cause === null ? null : parseFaultId(cause);
    this.upsertCase.run(parseFaultId(id), one.last, ...place, causeNumber, JSON.stringify(one));
  }

  /** Oldest first. */
  unclosed(): readonly Case[] {
    const rows = this.connection
      .prepare("SELECT record FROM fault_snapshot WHERE state <> 'closed' ORDER BY fault")
      .pluck()
      .all();
    return rows.map(readCase);
  }

  find(fault: number): Case | undefined {
    const row = this.connection
      .prepare('SELECT record FROM fault_snapshot WHERE fault = ?')
      .pluck()
      .get(fault);
    return row === undefined ? undefined : readCase(row);
  }

  /** Newest first. */
  list(filter: FaultFilter): readonly Case[] {
    const { state = 'all', device, level, cause, fromMs, toMs, limit, after } = filter;
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    const where = (condition: string, ...bound: (string | number)[]): void => {
      conditions.push(condition);
      values.push(...bound);
    };
    const group = STATE_GROUPS[state];
    if (group !== undefined) where(group);
    else if (state !== 'all') where('state = ?', state);
    if (device !== undefined) where('device = ?', device);
    if (level !== undefined) where('level = ?', level);
    if (cause !== undefined) where('cause = ?', parseFaultId(cause));
    if (toMs !== undefined) where('began_ms < ?', toMs);
    if (fromMs !== undefined) where('(ended_ms IS NULL OR ended_ms >= ?)', fromMs);
    if (after !== undefined) where('fault < ?', parseFaultId(after));
    const most = Math.min(LIST_MOST, Math.max(1, Math.floor(limit ?? LIST_DEFAULT)));
    const chosen = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    const rows = this.connection
      .prepare(`SELECT record FROM fault_snapshot ${chosen} ORDER BY fault DESC LIMIT ?`)
      .pluck()
      .all(...values, most);
    return rows.map(readCase);
  }

  /** Faults that are, or were, part of this one: how many, and of which devices. */
  symptomsOf(fault: number, most: number): { count: number; devices: readonly string[] } {
    const count = this.connection
      .prepare('SELECT count(*) FROM fault_snapshot WHERE cause = ?')
      .pluck()
      .get(fault);
    const devices = this.connection
      .prepare('SELECT DISTINCT device FROM fault_snapshot WHERE cause = ? ORDER BY device LIMIT ?')
      .pluck()
      .all(fault, most);
    return { count: Number(count), devices: devices.map(String) };
  }

  /** True when a fault of the place is known that overlaps [fromMs, toMs]. */
  covers({ device, rule, item }: Place, fromMs: number, toMs: number): boolean {
    const found = this.connection
      .prepare(
        `SELECT 1 FROM fault_snapshot WHERE device = ? AND rule = ? AND item = ?
         AND began_ms <= ? AND (ended_ms IS NULL OR ended_ms >= ?) LIMIT 1`,
      )
      .get(device, rule, item, toMs, fromMs);
    return found !== undefined;
  }

  /** What faults are held to is kept with them: another policy tomorrow does not judge yesterday. */
  keepTerms(key: string, terms: Terms): void {
    const known = this.connection.prepare('SELECT 1 FROM fault_terms WHERE key = ?').get(key);
    if (known !== undefined) return;
    const json = JSON.stringify(terms);
    this.connection.prepare('INSERT OR IGNORE INTO fault_terms VALUES (?, ?)').run(key, json);
  }

  terms(): ReadonlyMap<string, Terms> {
    const rows = this.connection.prepare('SELECT key, terms FROM fault_terms').all();
    return new Map(
      (rows as { key: string; terms: string }[]).map(({ key, terms }) => [key, JSON.parse(terms)]),
    );
  }

  entriesOf(fault: number): readonly LedgerEntry[] {
    const rows = this.connection
      .prepare('SELECT * FROM fault_ledger WHERE fault = ? ORDER BY number')
      .all(fault);
    return (rows as EntryRow[]).map(readEntry);
  }

  entriesAfter(mark: number, limit: number): readonly LedgerEntry[] {
    const rows = this.connection
      .prepare('SELECT * FROM fault_ledger WHERE number > ? ORDER BY number LIMIT ?')
      .all(mark, limit);
    return (rows as EntryRow[]).map(readEntry);
  }

  /** Number of the newest telling that wrote entries; 0 for none. */
  told(): number {
    return this.number('SELECT number FROM fault_told');
  }

  markTold(number: number): void {
    this.connection.prepare('UPDATE fault_told SET number = max(number, ?)').run(number);
  }

  /** True when the table of faults has not seen the whole ledger. */
  behind(): boolean {
    return this.head() !== this.number('SELECT coalesce(max(last), 0) FROM fault_snapshot');
  }

  /** Makes the table of faults anew from the ledger, which alone is the truth. */
  rebuild(): void {
    this.write(() => {
      const cases = new Map<string, Case>();
      const rows = this.connection.prepare('SELECT * FROM fault_ledger ORDER BY number').iterate();
      for (const row of rows) {
        const entry = readEntry(row as EntryRow);
        cases.set(entry.fault, fold(cases.get(entry.fault), entry));
      }
      this.connection.exec('DELETE FROM fault_snapshot');
      for (const one of cases.values()) this.save(one);
    });
  }

  close(): void {
    this.connection.close();
  }

  private number(sql: string): number {
    return Number(this.connection.prepare(sql).pluck().get());
  }
}

function readEntry({ number, fault, kind, at_ms, by, note, detail }: EntryRow): LedgerEntry {
  const parsed = JSON.parse(detail) as LedgerEntry['detail'];
  return { number, fault: formatFaultId(fault), kind, atMs: at_ms, by, note, detail: parsed };
}

/** JSON has no NaN: the figures of a fault without one come back as null. */
function readCase(record: unknown): Case {
  const one = JSON.parse(String(record)) as Case;
  const { value, limit } = one.fault;
  return {
    ...one,
    fault: { ...one.fault, value: value ?? Number.NaN, limit: limit ?? Number.NaN },
  };
}

/** The fault it is a part of: of the links the newest, so that it stays known after the release. */
function causeOf({ fault }: Case): string | null {
  const link = fault.links.findLast(({ how }) => how === 'cause' || how === 'merged');
  return link?.fault ?? null;
}
