/**
 * Faults: verdicts and commands → an append-only ledger and the faults it describes. One open
 * fault per (device, rule, item). A fault is what its ledger says: state is always recomputable
 * from the entries. Nothing is deleted, nothing is sent from here.
 */
import type { Clock } from '../../shared/clock.ts';
import { jsonSchema } from '../../shared/config.ts';
import type { Log } from '../../shared/log.ts';
import type { Severity, Urgency, Verdict } from '../evaluate/evaluate.ts';
import { openFaultLedger } from './ledger.ts';
import { type LevelPolicy, levelsSchema, readLevelPolicy } from './levels.ts';

export type Level = 1 | 2 | 3 | 4;
export type Impact = 'high' | 'medium' | 'low';
/** The spine uses open, recovered and closed; the others belong to the desk's clocks. */
export type FaultState = 'open' | 'responded' | 'arrived' | 'repaired' | 'recovered' | 'closed';

export interface Fault {
  /** `F-000123`: short enough to say on the phone. */
  readonly id: string;
  readonly device: string;
  readonly rule: string;
  readonly indicator: string;
  readonly item: string;
  readonly state: FaultState;
  readonly level: Level;
  readonly severity: Severity;
  readonly urgency: Urgency;
  readonly impact: Impact;
  /** The phenomenon in words, both languages (R11). */
  readonly phenomenon: { readonly en: string; readonly zh: string };
  readonly value: number;
  readonly limit: number;
  /** Event time of the first bad sample. */
  readonly beganMs: number;
  /** When we knew (R10: clocks run from here unless policy says otherwise). */
  readonly openedMs: number;
  readonly recoveredMs: number | null;
  readonly closedMs: number | null;
}

export type LedgerKind =
  | 'opened'
  | 'worsened'
  | 'eased'
  | 'recovered'
  | 'reopened'
  | 'responded'
  | 'arrived'
  | 'repaired'
  | 'comment'
  | 'closed';

export interface LedgerEntry {
  /** Rises by 1 over all faults; what `notify` remembers as its mark. */
  readonly number: number;
  readonly fault: string;
  readonly kind: LedgerKind;
  /** Unix ms of writing. */
  readonly atMs: number;
  /** `system`, or the person who did it. */
  readonly by: string;
  readonly note: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface FaultFilter {
  /** `open`: what goes on, as `open()`; `closed`: the others, recovered ones too. Default `all`. */
  readonly state?: 'open' | 'closed' | 'all';
  readonly device?: string;
  /** Faults that overlap [fromMs, toMs), by event time. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Default 100, at most 1,000. */
  readonly limit?: number;
  /** The id to continue after (newest first). */
  readonly after?: string;
}

export interface FaultCommand {
  readonly fault: string;
  readonly kind: 'responded' | 'arrived' | 'repaired' | 'comment' | 'closed';
  readonly by: string;
  readonly note: string;
}

export interface Faults {
  /**
   * Applies changed verdicts in one transaction; returns the ledger entries it wrote. The same
   * verdict twice writes nothing. Call it on every tick, also with no verdicts: policy closes
   * recovered faults with time. When it rejects (`disk_full`, `unavailable`, `io`) nothing was
   * written and the verdicts are kept: the next call tries them again.
   */
  apply(
    verdicts: readonly Verdict[],
    impactOf: (device: string) => Impact,
  ): Promise<readonly LedgerEntry[]>;
  /**
   * An operator's step. Throws `not_found`, `conflict` (step not possible in this state; the hint
   * names those that are), `bad_request` (note too long, control characters, none where needed).
   */
  command(command: FaultCommand): Promise<LedgerEntry>;
  /** Faults that are not closed and not recovered, in memory. */
  open(): readonly Fault[];
  list(filter: FaultFilter): Promise<readonly Fault[]>;
  show(id: string): Promise<{ readonly fault: Fault; readonly ledger: readonly LedgerEntry[] }>;
  /** Ledger entries with number > mark, ascending, at most `limit`. */
  ledgerAfter(mark: number, limit: number): Promise<readonly LedgerEntry[]>;
  reload(levels: LevelPolicy): void;
  close(): Promise<void>;
}

export interface FaultsOptions {
  /** The data directory; the file is `desk.db`, shared with the desk room. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly levels: LevelPolicy;
}

export function openFaults(options: FaultsOptions): Promise<Faults> {
  return openFaultLedger(options);
}

/** The levels file's JSON Schema, for editors. */
export function levelsJsonSchema(): unknown {
  return jsonSchema(levelsSchema);
}

/** Reads and checks the levels file (YAML, R12's matrix). Throws `config` with every problem. */
export function loadLevels(file: string): LevelPolicy {
  return readLevelPolicy(file);
}
