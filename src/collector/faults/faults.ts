/**
 * Faults: verdicts, reports and commands → an append-only ledger and the faults it describes. One
 * active fault per (device, rule, item). A fault is what its ledger says: state and clocks are
 * always recomputable from the entries. Nothing is deleted, nothing is sent from here.
 */
import type { Clock } from '../../shared/clock.ts';
import { jsonSchema } from '../../shared/config.ts';
import type { Log } from '../../shared/log.ts';
import type { Calendars } from '../calendars/calendars.ts';
import type { Actor } from '../desk/desk.ts';
import type { Verdict } from '../evaluate/evaluate.ts';
import type {
  Fault,
  FaultRecord,
  FaultState,
  Impact,
  LedgerEntry,
  Level,
  PauseReason,
  Quiet,
} from './fault.ts';
import { openFaultLedger } from './ledger.ts';
import { type LevelPolicy, levelsSchema, readLevelPolicy } from './levels.ts';
import type { FaultClearing, FaultReport, Telling } from './telling.ts';

/** The nouns are defined next door: together they would be longer than a file may be. */
export type {
  ClockName,
  Fault,
  FaultClock,
  FaultLink,
  FaultOrigin,
  FaultRecord,
  FaultState,
  Impact,
  LedgerEntry,
  LedgerKind,
  Level,
  Pause,
  PauseReason,
  Quiet,
  Share,
} from './fault.ts';
export type { Asked, FaultClearing, FaultReport, Going, Telling } from './telling.ts';

export interface FaultFilter {
  /**
   * `open`: what goes on, as `open()`; `announced`: of those, the ones not suppressed; `closed`:
   * the others, recovered ones too. Default `all`.
   */
  readonly state?: 'open' | 'announced' | 'closed' | 'all' | FaultState;
  readonly device?: string;
  readonly level?: Level;
  /** Symptoms: faults that are suppressed because of this one. */
  readonly cause?: string;
  /** Faults that overlap [fromMs, toMs), by event time. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Default 100, at most 1,000. */
  readonly limit?: number;
  /** The id to continue after (newest first). */
  readonly after?: string;
}

export interface Correction {
  readonly beganMs?: number;
  /** When we knew: the start of the clocks. */
  readonly startMs?: number;
  readonly respondedMs?: number;
  readonly arrivedMs?: number;
  readonly repairedMs?: number;
  /** Time that must not have counted, found out later. */
  readonly excluded?: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly reason: PauseReason;
  };
}

export interface FaultCommand {
  readonly fault: string;
  readonly kind:
    | 'responded'
    | 'arrived'
    | 'repaired'
    | 'verified'
    | 'closed'
    | 'false_alarm'
    | 'comment'
    | 'paused'
    | 'resumed'
    | 'levelled'
    | 'corrected';
  readonly by: string;
  readonly note: string;
  /** When it happened, if not now: not later than now, not before the fault began. */
  readonly whenMs?: number;
  readonly record?: Partial<FaultRecord>;
  /** Of `paused`. */
  readonly reason?: PauseReason;
  /** Of `levelled`. */
  readonly level?: Level;
  /** Of `corrected`. */
  readonly correction?: Correction;
}

/** What surrounds a write that came by the API. */
export interface Writing {
  /** Audited in the same transaction. */
  readonly actor?: Actor;
  /** The same key a second time does nothing and answers as the first time (per actor). */
  readonly key?: string;
  /** What was sent, where what is asked for would be another each time; known by its key. */
  readonly sent?: unknown;
  /** `Fault.last` as the writer saw it; `stale` when somebody wrote meanwhile. */
  readonly expected?: number;
}

/** What the room must be told of a device and of the quiet around it; asked at each tick. */
export interface FaultContext {
  impactOf(device: string): Impact;
  /** Name of the level policy; one that is not configured is as '' (the default). */
  policyOf(device: string): string;
  /** Business systems that depend on it. Default: none. */
  systemsOf?(device: string): readonly string[];
  /** Whether it may be announced. Asked when a fault opens or returns, then until it says null. */
  quietOf(about: QuietQuestion): Quiet | null;
  /** Whether a fault that opened, recovered or reopened at these times comes and goes. */
  flapOf?(changesMs: readonly number[]): { readonly state: 'steady' | 'flapping' };
}

/** `openedMs`: when it opened or, after a recovery, came back. */
export interface QuietQuestion
  extends Pick<Fault, 'device' | 'rule' | 'indicator' | 'item' | 'openedMs'> {
  readonly fault: string;
}

/** A breach found in late data, from beginning to end. */
export interface LateBreach {
  readonly verdict: Verdict;
  readonly endedMs: number;
}

/** A file that belongs to a fault. */
export interface Attachment {
  /** Of its bytes; its name in the data directory. */
  readonly sha256: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
}

/** A stretch of a fault between two beginnings of its clocks. */
export interface Episode
  extends Pick<Fault, 'clocks' | 'respondedMs' | 'arrivedMs' | 'repairedMs' | 'recoveredMs'> {}

export interface FaultView {
  readonly fault: Fault;
  readonly ledger: readonly LedgerEntry[];
  readonly attachments: readonly Attachment[];
  /** Its clocks as they were each time before they began anew, oldest first. */
  readonly earlier: readonly Episode[];
  /** Faults that are suppressed because of this one, and their devices (R11: scope). */
  readonly symptoms: number;
  readonly devices: readonly string[];
}

/** Steps that a mistake of ours kept from being written since the start, and when the last was. */
export interface SetAside {
  readonly count: number;
  /** NaN when there was none. */
  readonly atMs: number;
}

export interface Faults {
  /**
   * Applies changed verdicts in one transaction; returns the ledger entries it wrote. The same
   * verdict twice writes nothing. When it rejects (`disk_full`, `unavailable`, `io`) the verdicts
   * are kept: the next call tries them again. One that a mistake of ours breaks is set aside.
   */
  apply(verdicts: readonly Verdict[], context: FaultContext): Promise<readonly LedgerEntry[]>;
  /**
   * What time owes: clock warnings and promotions (also those that fell due while nobody ran,
   * once each, as of when they were due), the release of what is no longer quiet, closings by
   * policy. Call it on every tick.
   */
  advance(context: FaultContext): Promise<readonly LedgerEntry[]>;
  /**
   * Opens or confirms the one active fault of (device, rule, item). Same clocks, same ledger. What
   * another origin noticed is only confirmed: nothing is written, its severity stays.
   */
  raise(
    report: FaultReport,
    context: FaultContext,
    writing?: Writing,
  ): Promise<{ readonly fault: Fault; readonly entries: readonly LedgerEntry[] }>;
  /** Recovers what the same origin raised; null when nothing of the kind goes on. */
  clear(clearing: FaultClearing): Promise<LedgerEntry | null>;
  /**
   * Several at once, in their order and in one transaction; gives those that were taken. One that
   * fails by a mistake of ours is left out, logged and counted. Rejects as `apply` does.
   */
  tell(tellings: readonly Telling[], context: FaultContext): Promise<ReadonlySet<Telling>>;
  /** History that was over before we learned of it: recorded closed, told by one summary. */
  recordLate(
    breaches: readonly LateBreach[],
    context: FaultContext,
  ): Promise<readonly LedgerEntry[]>;
  /**
   * An operator's step. Throws `not_found`, `conflict` (step not possible in this state; the hint
   * names those that are), `stale`, `bad_request` (text too long, control characters, something
   * missing: levels 1 and 2 close only with cause class, cause, measures and result).
   */
  command(command: FaultCommand, writing?: Writing): Promise<LedgerEntry>;
  /** Closes whatever goes on of a device that is taken out: nobody will repair or explain it. */
  retire(device: string, step: Said): Promise<readonly LedgerEntry[]>;
  /** `fault` is a part of `into`: quiet from now on; ends with it. */
  merge(fault: string, into: string, step: Said): Promise<LedgerEntry>;
  /** Takes it out of what it was merged into: it has its own clocks again, from now. */
  split(fault: string, step: Said): Promise<LedgerEntry>;
  link(fault: string, other: string, step: Said): Promise<LedgerEntry>;
  /** Throws `too_large`, `unsupported_media`. The bytes are durable before the entry is. */
  attach(
    fault: string,
    file: { readonly name: string; readonly type: string; readonly content: Buffer },
    step: Said,
  ): Promise<Attachment>;
  readAttachment(fault: string, sha256: string): Promise<Attachment & { readonly content: Buffer }>;
  /** Faults that go on: neither recovered nor closed. In memory, newest first. */
  open(): readonly Fault[];
  list(filter: FaultFilter): Promise<readonly Fault[]>;
  show(id: string): Promise<FaultView>;
  /** The fault report (R11, R17) of one fault; the same input gives the same bytes. */
  report(id: string, form: ReportForm): Promise<Buffer>;
  /** Ledger entries with number > mark, ascending, at most `limit`. */
  ledgerAfter(mark: number, limit: number): Promise<readonly LedgerEntry[]>;
  setAside(): SetAside;
  reload(levels: LevelPolicy): void;
  close(): Promise<void>;
}

/** Who says so, why, and what surrounds the write. */
export interface Said {
  readonly by: string;
  readonly note: string;
  readonly writing?: Writing;
}

export interface ReportForm {
  readonly format: 'html' | 'docx';
  readonly locale: 'zh-CN' | 'en';
  readonly timezone: string;
  readonly organisation: string;
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

/**
 * Reads and checks the levels file (YAML): R12's matrix, the policies and their clocks. Without
 * `calendars`, those of the `calendars.yaml` beside it. Throws `config` with every problem.
 */
export function loadLevels(file: string, calendars?: Calendars): LevelPolicy {
  return readLevelPolicy(file, calendars);
}
