/**
 * The faults room at work: decides in memory, writes entries and the faults they make in one
 * transaction, and only then believes it. What could not be written is tried again next time.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { Verdict } from '../evaluate/evaluate.ts';
import { failureOf, openDatabase } from './database.ts';
import { closing, decide, type Step } from './decide.ts';
import { formatFaultId, noSuchFault, parseFaultId } from './fault-id.ts';
import type {
  Fault,
  FaultCommand,
  FaultFilter,
  Faults,
  FaultsOptions,
  Impact,
  LedgerEntry,
} from './faults.ts';
import { closesAfterMs, type LevelPolicy } from './levels.ts';
import { type Case, checkStep, fold, isActive } from './life.ts';
import { checkClosing, checkCommand } from './note.ts';
import { FaultTables } from './tables.ts';

/** Verdicts kept while the disk refuses them; beyond, only the newest of each rule and item. */
const UNAPPLIED_MOST = 10_000;

export async function openFaultLedger(options: FaultsOptions): Promise<Faults> {
  const tables = new FaultTables(openDatabase(options.directory));
  if (tables.behind()) {
    options.log.warn('the table of faults was behind the ledger: making it anew');
    tables.rebuild();
  }
  return new FaultLedger(tables, options);
}

type Place = Pick<Fault, 'device' | 'rule' | 'item'>;

function keyOf({ device, rule, item }: Place): string {
  return `${device}\0${rule}\0${item}`;
}

/** Entries to write, in order, and what their faults are after them. */
class Draft {
  readonly entries: LedgerEntry[] = [];
  readonly cases = new Map<string, Case>();
  opened = 0;
}

class FaultLedger implements Faults {
  private readonly tables: FaultTables;
  private readonly clock: Clock;
  private readonly log: Log;
  private levels: LevelPolicy;
  private head = 0;
  private newestFault = 0;
  /** The newest fault of each device, rule and item that is not closed. */
  private readonly newest = new Map<string, Case>();
  /** Recovered faults that policy will close, by id. */
  private readonly closings = new Map<string, Case>();
  private unapplied: Verdict[] = [];

  constructor(tables: FaultTables, { clock, log, levels }: Omit<FaultsOptions, 'directory'>) {
    this.tables = tables;
    this.clock = clock;
    this.log = log;
    this.levels = levels;
    this.load();
  }

  async apply(
    verdicts: readonly Verdict[],
    impactOf: (device: string) => Impact,
  ): Promise<readonly LedgerEntry[]> {
    for (const verdict of verdicts) this.unapplied.push(verdict);
    try {
      const entries = this.commit(() => this.draftTick(impactOf));
      this.unapplied = [];
      return entries;
    } catch (error) {
      if (this.unapplied.length > UNAPPLIED_MOST) this.unapplied = newestOfEach(this.unapplied);
      throw error;
    }
  }

  async command(command: FaultCommand): Promise<LedgerEntry> {
    checkCommand(command);
    const number = parseFaultId(command.fault);
    const [entry] = this.commit(() => {
      const found = this.tables.find(number);
      if (found === undefined) throw noSuchFault(command.fault);
      checkStep(found.fault, command.kind);
      checkClosing(found, command);
      const { kind, by, note } = command;
      const draft = new Draft();
      this.add(draft, { current: found, step: { kind, note, detail: {} }, by });
      return draft;
    });
    return entry as LedgerEntry;
  }

  open(): readonly Fault[] {
    const active = [...this.newest.values()].filter(({ fault }) => isActive(fault.state));
    return active.map(({ fault }) => fault).sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  async list(filter: FaultFilter): Promise<readonly Fault[]> {
    return this.tables.list(filter);
  }

  async show(id: string): Promise<{ fault: Fault; ledger: readonly LedgerEntry[] }> {
    const number = parseFaultId(id);
    const found = this.tables.find(number);
    if (found === undefined) throw noSuchFault(id);
    return { fault: found.fault, ledger: this.tables.entriesOf(number) };
  }

  async ledgerAfter(mark: number, limit: number): Promise<readonly LedgerEntry[]> {
    return this.tables.entriesAfter(mark, limit);
  }

  reload(levels: LevelPolicy): void {
    this.levels = levels;
    this.load();
  }

  async close(): Promise<void> {
    this.tables.close();
  }

  private load(): void {
    this.head = this.tables.head();
    this.newestFault = this.tables.newestFault();
    this.newest.clear();
    this.closings.clear();
    for (const one of this.tables.unclosed()) this.adopt(one);
  }

  private adopt(one: Case): void {
    const { fault } = one;
    const key = keyOf(fault);
    const known = this.newest.get(key)?.fault;
    const older = known !== undefined && parseFaultId(known.id) > parseFaultId(fault.id);
    if (fault.state !== 'closed' && !older) this.newest.set(key, one);
    else if (known?.id === fault.id) this.newest.delete(key);
    const byPolicy = closesAfterMs(this.levels, fault.level) !== null;
    if (fault.state === 'recovered' && byPolicy) this.closings.set(fault.id, one);
    else this.closings.delete(fault.id);
  }

  /** What the verdicts in hand and the passing of time add to the ledger. */
  private draftTick(impactOf: (device: string) => Impact): Draft {
    const nowMs = this.clock.now();
    const draft = new Draft();
    const latest = new Map<string, Case>();
    for (const verdict of this.unapplied) {
      const key = keyOf(verdict);
      const current = latest.get(key) ?? this.newest.get(key);
      const impact = impactOf(verdict.device);
      const step = decide(current, verdict, { levels: this.levels, impact, nowMs });
      if (step !== null) latest.set(key, this.add(draft, { current, step, by: 'system' }));
    }
    for (const [id, one] of this.closings) {
      const step = draft.cases.has(id) ? null : closing(one, this.levels, nowMs);
      if (step !== null) this.add(draft, { current: one, step, by: 'system' });
    }
    return draft;
  }

  private add(draft: Draft, { current, step, by }: DraftStep): Case {
    const fault =
      step.kind === 'opened' || current === undefined
        ? formatFaultId(this.newestFault + ++draft.opened)
        : current.fault.id;
    const number = this.head + draft.entries.length + 1;
    const entry: LedgerEntry = { number, fault, atMs: this.clock.now(), by, ...step };
    const after = fold(step.kind === 'opened' ? undefined : current, entry);
    draft.entries.push(entry);
    draft.cases.set(fault, after);
    return after;
  }

  /**
   * Writes a draft and takes it into memory once it is durable. Should another process have
   * written meanwhile, memory is refreshed and the draft made anew on what is true now.
   */
  private commit(make: () => Draft): readonly LedgerEntry[] {
    try {
      const first = make();
      if (first.entries.length === 0) return [];
      const { entries, cases, opened } = this.tables.write(() => {
        const draft = this.tables.head() === this.head ? first : this.refreshed(make);
        for (const entry of draft.entries) this.tables.insert(entry);
        for (const one of draft.cases.values()) this.tables.save(one);
        return draft;
      });
      this.head += entries.length;
      this.newestFault += opened;
      for (const one of cases.values()) this.adopt(one);
      return entries;
    } catch (error) {
      throw failureOf(error, 'cannot write the fault ledger');
    }
  }

  private refreshed(make: () => Draft): Draft {
    this.log.warn('the ledger was written by another process: reading it again');
    this.load();
    return make();
  }
}

interface DraftStep {
  readonly current: Case | undefined;
  readonly step: Step;
  readonly by: string;
}

function newestOfEach(verdicts: readonly Verdict[]): Verdict[] {
  return [...new Map(verdicts.map((verdict) => [keyOf(verdict), verdict])).values()];
}
