/**
 * The desk: everything that is not a sample. In the spine: the ledger of devices (R24), agents and
 * their tokens (S1, S2), the audit trail (S46). Every write has its audit entry in the same
 * transaction.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import { openSqliteDesk } from './sqlite-desk.ts';

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
