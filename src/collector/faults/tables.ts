/** The SQL of the faults: entries and cases in and out. Decides nothing. */
import type { Statement } from 'better-sqlite3';
import type { Connection } from './database.ts';
import { formatFaultId, parseFaultId } from './fault-id.ts';
import type { Fault, FaultFilter, LedgerEntry, LedgerKind } from './faults.ts';
import { type Case, fold } from './life.ts';

const LIST_DEFAULT = 100;
const LIST_MOST = 1_000;

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
  private readonly connection: Connection;
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
         (fault, last, device, rule, item, state, level, began_ms, ended_ms, record)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (fault) DO UPDATE SET last = excluded.last, state = excluded.state,
         level = excluded.level, ended_ms = excluded.ended_ms, record = excluded.record`,
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
    this.upsertCase.run(parseFaultId(id), one.last, ...place, JSON.stringify(one));
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

  /** Newest first. `open` is what still goes on; `closed` is the rest, also recovered ones. */
  list({ state = 'all', device, fromMs, toMs, limit, after }: FaultFilter): readonly Fault[] {
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    const where = (condition: string, ...bound: (string | number)[]): void => {
      conditions.push(condition);
      values.push(...bound);
    };
    if (state === 'open') where("state NOT IN ('recovered', 'closed')");
    if (state === 'closed') where("state IN ('recovered', 'closed')");
    if (device !== undefined) where('device = ?', device);
    if (toMs !== undefined) where('began_ms < ?', toMs);
    if (fromMs !== undefined) where('(ended_ms IS NULL OR ended_ms >= ?)', fromMs);
    if (after !== undefined) where('fault < ?', parseFaultId(after));
    const most = Math.min(LIST_MOST, Math.max(1, Math.floor(limit ?? LIST_DEFAULT)));
    const filter = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    const rows = this.connection
      .prepare(`SELECT record FROM fault_snapshot ${filter} ORDER BY fault DESC LIMIT ?`)
      .pluck()
      .all(...values, most);
    return rows.map((row) => readCase(row).fault);
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
