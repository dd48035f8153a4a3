/**
 * The desk: everything that is not a sample. In the spine: the ledger of devices (R24), agents and
 * their tokens (S1, S2), the audit trail (S46). Every write has its audit entry in the same
 * transaction.
 */
import type { Clock } from '../../shared/clock.ts';
import type { DeviceEvent, EventReceipt } from '../../shared/device-event.ts';
import type { Log } from '../../shared/log.ts';
import { AuditTrail, type Deed } from './audit-trail.ts';
import type { Dependencies, DependenciesOptions, Dependency } from './dependency.ts';
import { makeDependencies, versionOfState } from './dependency-book.ts';
import { makeEvents } from './event-book.ts';
import { makeGaps } from './gap-book.ts';
import { type Connection, openDatabase } from './open-database.ts';
import { makeRepeats } from './repeats.ts';
import { openSqliteDesk } from './sqlite-desk.ts';

/** The nouns of dependencies are defined next door. */
export type {
  Dependencies,
  DependenciesOptions,
  Dependency,
  DependencyState,
  DependencyWriting,
  FoundDependency,
} from './dependency.ts';

export type TokenKind = 'agent' | 'remote-write' | 'import';

/** Who a presented token belongs to. */
export interface Principal {
  readonly name: string;
  readonly kind: TokenKind;
}

export interface AgentRecord extends Principal {
  readonly createdMs: number;
  readonly revokedMs: number | null;
  /** Newest accepted request, Unix ms; 0 for never. */
  readonly heardMs: number;
  /** Sender's clock minus ours, seconds, of the newest request; NaN unknown (P6). */
  readonly clockOffsetSeconds: number;
}

export type DeviceKind = 'server' | 'network' | 'database' | 'link' | 'service' | 'unknown';

export interface Device {
  readonly name: string;
  readonly kind: DeviceKind;
  readonly firstSeenMs: number;
  /** Who sends its samples: token names. */
  readonly agents: readonly string[];
  /** From info series (`node_uname_info`, `node_os_info`, `node_dmi_info`) and configuration. */
  readonly facts: Readonly<Record<string, string>>;
  /** What agents were configured with, and over it what people set here. */
  readonly labels: Readonly<Record<string, string>>;
  /** `live`: absence is judged. `imported`/`demo`: history only, never silent. `retired`. */
  readonly status: 'live' | 'imported' | 'demo' | 'retired';
}

export interface AuditEntry {
  readonly number: number;
  readonly atMs: number;
  readonly who: string;
  readonly from: string;
  readonly action: string;
  readonly subject: string;
  readonly result: 'done' | 'refused';
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditCheck {
  readonly ok: boolean;
  /** Entries that follow each other unbroken from the first. */
  readonly entries: number;
  /** Number of the first entry that was changed or is missing. */
  readonly brokenAt: number | null;
}

export interface Actor {
  readonly who: string;
  /** Address or `socket`. */
  readonly from: string;
}

export interface Desk {
  /** Makes a token; the only moment it is readable. Throws `conflict` when the name is taken. */
  addAgent(name: string, kind: TokenKind, actor: Actor): Promise<{ readonly token: string }>;
  /** A new token; the old one goes on for `overlapMs`. */
  rotateAgent(name: string, overlapMs: number, actor: Actor): Promise<{ readonly token: string }>;
  revokeAgent(name: string, actor: Actor): Promise<void>;
  agents(): readonly AgentRecord[];
  /** In memory, constant time on the SHA-256. Null for unknown or revoked. */
  authenticate(token: string): Principal | null;
  /** Cheap and in memory; persisted now and then. */
  heard(agent: string, atMs: number, clockOffsetSeconds: number): void;

  devices(): readonly Device[];
  device(name: string): Device | undefined;
  /** Called when samples of a device were stored; in memory unless something is new. */
  sawDevice(name: string, agent: string, atMs: number, status?: 'live' | 'imported' | 'demo'): void;
  setFacts(name: string, facts: Readonly<Record<string, string>>): void;
  /** Labels from an agent's configuration; those people set win over them. */
  setReportedLabels(name: string, labels: Readonly<Record<string, string>>): void;
  setKind(name: string, kind: DeviceKind): void;
  setLabels(name: string, labels: Readonly<Record<string, string>>, actor: Actor): Promise<void>;
  removeDevice(name: string, actor: Actor): Promise<void>;

  audit(
    actor: Actor,
    action: string,
    subject: string,
    result: 'done' | 'refused',
    detail?: Record<string, unknown>,
  ): Promise<void>;
  auditEntries(limit: number, afterNumber?: number): Promise<readonly AuditEntry[]>;
  /** Follows the hash chain of the whole trail. */
  verifyAudit(): Promise<AuditCheck>;
  /** Small durable values (marks, hashes) by key. */
  remember(key: string, value: string): Promise<void>;
  recall(key: string): string | undefined;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface DeskOptions {
  /** The data directory; the file is `desk.db`. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
}

export function openDesk(options: DeskOptions): Promise<Desk> {
  return openSqliteDesk(options);
}

/** Writes of another room on its own connection to `desk.db`, with their audit entries. */
export interface Trail {
  /** Runs `write` and records the deeds in one transaction: all of it is durable, or nothing is. */
  record(atMs: number, deeds: readonly Deed[], write?: () => void): void;
}

export type DeskConnection = Connection;

/** A connection of its own to `desk.db` for a room that owns tables in it. Throws `io`. */
export function openDeskConnection(directory: string): DeskConnection {
  return openDatabase(directory);
}

/** For rooms that own tables in `desk.db`; the desk must have been opened on it before. */
export function openTrail(connection: DeskConnection): Trail {
  return new AuditTrail(connection);
}

/** A key that the sender chose, and everything that makes this request another than the next. */
export interface RepeatKey {
  readonly key: string;
  /** Compared as JSON. */
  readonly request: unknown;
}

export interface Repeats {
  /** The answer a request got before; null for a new one. Throws as `once` does. */
  answered<T>(repeat: RepeatKey | null): T | null;
  /**
   * Runs `task` in one transaction and gives its answer (JSON data). The same key and request
   * again: the first answer, and nothing is done. Throws `conflict` when the key was used for
   * another request, `bad_request` when it is none.
   */
  once<T>(repeat: RepeatKey | null, atMs: number, task: () => T): T;
}

/** For rooms that own tables in `desk.db`; keys of different rooms do not meet. */
export function openRepeats(connection: Connection, room: string): Repeats {
  return makeRepeats(connection, room);
}

/** An event as it is kept. */
export interface StoredEvent extends DeviceEvent {
  /** Rises by receipt. */
  readonly number: number;
  readonly agent: string;
  readonly receivedMs: number;
}

export interface EventFilter {
  readonly device?: string;
  readonly kind?: string;
  /** [fromMs, toMs), by the agent's time of receipt. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Each must be in the event, or begin one of its words. */
  readonly words?: string;
  /** Continue below this number: newest first. */
  readonly below?: number;
  readonly limit: number;
}

/** What devices said by themselves, searchable, for a bounded time. */
export interface Events {
  /**
   * Durable when it resolves; an id its agent has used before is a duplicate, so that sending
   * again is harmless. Those of devices the agent sends no samples of are left for later.
   */
  add(agent: string, events: readonly DeviceEvent[]): Promise<EventReceipt>;
  list(filter: EventFilter): Promise<readonly StoredEvent[]>;
  /** Those the faults were not told of yet, oldest first. */
  waiting(limit: number): readonly StoredEvent[];
  /** Those the faults were told of, and those that cannot be told: kept, waiting no more. */
  told(numbers: readonly number[], aside?: readonly number[]): void;
  /** How many were set aside because they could not be told. */
  setAside(): number;
  /** What traps said that opened or confirmed a fault of the rule, each once. */
  claims(about: ClaimQuestion): readonly Claim[];
  /** One step of retention; true when there is more to do. */
  maintain(): Promise<boolean>;
  close(): Promise<void>;
}

/** Of events from `sinceMs` on, before the one with the number `before`. */
export interface ClaimQuestion {
  readonly device: string;
  readonly rule: string;
  readonly sinceMs: number;
  readonly before: number;
}

export interface Claim {
  readonly item: string;
  /** '' for what is no port. */
  readonly ifIndex: string;
  readonly verified: boolean;
  /** When it was said last. */
  readonly atMs: number;
}

export interface EventsOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** Of the desk that was opened on the directory before. */
  readonly device: Desk['device'];
  /** Asked at each step of retention. Default: 400 days, a million. */
  readonly keep?: () => { readonly keepMs: number; readonly keepCount: number };
}

export function openEvents(options: EventsOptions): Promise<Events> {
  return makeEvents(options);
}

/** Of a dependency: the ETag. It is the same again once the same is decided again. */
export function versionOf({ state }: Pick<Dependency, 'state'>): number {
  return versionOfState({ state });
}

export function openDependencies(options: DependenciesOptions): Promise<Dependencies> {
  return makeDependencies(options);
}

/** A time in which a device was silent, and whose samples may still come. */
export interface Gap {
  readonly device: string;
  /** The newest sample before it and the first after it, Unix ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** When it was noticed. */
  readonly sinceMs: number;
  /** Usual distance of the device's samples before it. */
  readonly stepMs: number;
}

/** Gaps whose summary is still owed, so that a restart does not forget it. */
export interface Gaps {
  all(): readonly Gap[];
  /** Durable when it returns, as `drop`. */
  keep(gaps: readonly Gap[]): void;
  drop(gaps: readonly Gap[]): void;
  close(): Promise<void>;
}

export async function openGaps(directory: string): Promise<Gaps> {
  return makeGaps(directory);
}
