/**
 * Traps: what devices say by themselves (SNMPv1, v2c, v3 traps and informs) → events. Strangers'
 * bytes are decoded in a child process that may die, holds no secrets but those it checks traps
 * with, reads no files and is started again at once. Owns the queue of events on disk until the
 * collector has them. A source that is not configured never becomes a device.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { SnmpCredential } from '../snmp/snmp.ts';
import type { KnownTraps } from './known.ts';

/**
 * What an unverified trap (v1, v2c, v3 without authentication) may do beside informing. `open`: it
 * may also end what only unverified traps opened; `close`: it may do what a verified one may.
 */
export type UnverifiedMay = 'inform' | 'open' | 'close';

/** How many traps one source, and all of them together, may send. */
export interface TrapRates {
  readonly perSecond: number;
  readonly burst: number;
  readonly allPerSecond: number;
  readonly allBurst: number;
}

export interface TrapSettings {
  readonly host: string;
  readonly port: number;
  /** CIDR ranges that may send. */
  readonly sources: readonly string[];
  /** CIDR ranges whose word about the original address of a trap is taken. */
  readonly relays: readonly string[];
  /** What v1 and v2c traps (a community, in either version) and v3 traps (a user) are held against. */
  readonly credentials: readonly SnmpCredential[];
  readonly unverifiedMay: UnverifiedMay;
  readonly rates: TrapRates;
  /** Equal traps of one source within this time are counted, not repeated. */
  readonly repeatMs: number;
  readonly queueBytes: number;
  readonly known: KnownTraps;
  /** For `check-config` and the log: what works but should not stay so. */
  readonly warnings: readonly string[];
}

/** Sends one request to `EVENTS_PATH`; rejects when no whole answer came. */
export interface EventTransport {
  send(request: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
  }): Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly body: string;
  }>;
  close(): void;
}

export interface TrapsOptions {
  readonly settings: TrapSettings;
  /** For the queue and for input that killed the decoder; made when it is missing. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly transport: EventTransport;
  /** The program's own file, which the child is started from; see `runTrapReceiver`. */
  readonly script: string;
  /** Name of the configured device at an address; null for none. */
  deviceOf(address: string): string | null;
  /** ifName of a port, when it has been read; null otherwise. */
  interfaceName(device: string, ifIndex: number): string | null;
}

export interface TrapStats {
  readonly port: number;
  readonly received: number;
  /** Why datagrams were not taken, by name. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Addresses outside `sources` → datagrams; the most frequent ones. */
  readonly unlisted: Readonly<Record<string, number>>;
  readonly events: number;
  readonly repeats: number;
  /** Ends of the child that nobody asked for. */
  readonly crashes: number;
  readonly queuedEvents: number;
  readonly queuedBytes: number;
  readonly lostEvents: number;
  readonly delivered: number;
  readonly refused: number;
  readonly lastError: string;
}

export interface Traps {
  /** Resolves when the first child listens, or has said why it cannot. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Everything decoded so far is on disk, and a delivery was tried. */
  settled(): Promise<void>;
  stats(): TrapStats;
}

/** The verb by which the program starts itself as the receiver. */
export const TRAP_RECEIVER = 'trap-receiver';

/** Modules are loaded here and not before: an agent without traps does not pay for them. */
export async function openTraps(options: TrapsOptions): Promise<Traps> {
  const { createTraps } = await import('./run.ts');
  return createTraps(options, TRAP_RECEIVER);
}

/**
 * The part of `agent.yaml` under `traps`, and the files it names. `credentialsFile`: as written under
 * `snmp`, for traps that name none. Throws `config`.
 */
export async function readTrapSettings(
  part: unknown,
  file: string,
  credentialsFile?: string,
): Promise<TrapSettings> {
  const { trapSettings } = await import('./settings.ts');
  return trapSettings(part, file, credentialsFile);
}

/** Of the part `traps` and of the file of known traps. */
export async function loadTrapSchemas() {
  const [{ trapsSchema }, { knownTrapsJsonSchema }] = await Promise.all([
    import('./settings.ts'),
    import('./known.ts'),
  ]);
  return { trapsSchema, knownTrapsJsonSchema };
}

/** A line of `agent doctor`. */
export interface ExaminedTraps {
  readonly state: 'works' | 'fails';
  readonly text: string;
  readonly mend: string;
}

/** Tries the port and the kernel's buffer, and holds who may send against who is asked. */
export async function examineTraps(
  settings: TrapSettings,
  targets: readonly { readonly name: string; readonly address: string }[],
): Promise<readonly ExaminedTraps[]> {
  const { examineReceiver } = await import('./examine.ts');
  return await examineReceiver(settings, targets, TRAP_RECEIVER);
}

/** What the child does: settings come on stdin, traps go out on stdout. Never resolves by itself. */
export async function runTrapReceiver(streams: {
  readonly input: NodeJS.ReadableStream;
  readonly write: (line: string) => void;
  readonly clock: Clock;
}): Promise<number> {
  const { receive } = await import('./receiver.ts');
  return receive(streams);
}
