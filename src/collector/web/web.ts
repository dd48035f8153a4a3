/**
 * Web: requests → API, pages, `/metrics`, service discovery. Calls doors; holds no SQL, no
 * arithmetic on metrics and no business rules.
 */
import type { Socket } from 'node:net';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { Actor, Dependencies, Desk, Events } from '../desk/desk.ts';
import type { DeviceFacts, Evaluator } from '../evaluate/evaluate.ts';
import type { Fault, FaultReport, Faults, Writing } from '../faults/faults.ts';
import type { IndicatorHistory, LiveIndicators } from '../indicators/indicators.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Notify } from '../notify/notify.ts';
import type { People } from '../people/people.ts';
import type { ProcessRoom } from '../process/process.ts';
import type { QuietRoom } from '../quiet/quiet.ts';
import type { Rendering } from '../reports/reports.ts';
import type { Store } from '../store/store.ts';
import { createWeb } from './server.ts';

export interface ReportQuery {
  readonly name: string;
  readonly month: string;
  readonly timezone?: string | undefined;
  readonly locale?: 'zh-CN' | 'en' | undefined;
  readonly format?: 'json' | 'csv' | 'html' | undefined;
}

/** State of the collector's own work, for `/metrics` and `/-/ready`. */
export interface Health {
  /** False while starting (rebuilding) or stopping. */
  readonly ready: boolean;
  readonly reason: string;
  readonly startedMs: number;
  /** Duration of the newest tick, and how late it began. */
  readonly tickSeconds: number;
  readonly tickLagSeconds: number;
  readonly ticks: number;
  /** Ticks that failed; the next one tries again. */
  readonly tickFailures: number;
  /** Since the last whole one, and why. */
  readonly failing: { readonly ticks: number; readonly reason: string };
  /** Steps of faults that could not be written since the start. */
  readonly stepsSetAside: number;
  readonly configReloadOk: boolean;
  readonly configReloadMs: number;
  /** Of the last one to two minutes. */
  readonly eventLoopDelay: { readonly p99Seconds: number; readonly maxSeconds: number };
  /** Free bytes of the data directory's file system; NaN when it could not be read. */
  readonly diskFreeBytes: number;
}

/** The end of an import. */
export interface ImportEnd {
  /** The sender's name in its batches, `import:<hash>`. */
  readonly agent: string;
  /** The name of its token. */
  readonly token: string;
  /** Those that got samples. */
  readonly devices: readonly string[];
}

/** Steps that concern several rooms; the wiring provides them. */
export interface WebActions {
  /** Checks every configuration file and swaps; throws `config` and keeps the last good one. */
  reload(): Promise<void>;
  /** Closes its faults, forgets its samples, its figures and its place in the ledger. */
  removeDevice(name: string, actor: Actor): Promise<void>;
  /**
   * Seals, rolls up, withdraws the import's token; what ends in a demo is judged. Says how many
   * samples were refused, over all runs of this import.
   */
  finishImport(end: ImportEnd, actor: Actor): Promise<{ readonly refusedSamples: number }>;
  /** Runs a report away from the ingest loop (a worker thread when serving). */
  report(query: ReportQuery): Promise<Rendering>;
  /** A fault that no threshold measures, with what the ledger knows of its device. */
  raiseFault(report: FaultReport, writing: Writing): Promise<Fault>;
  /** What evaluate is told of a device. */
  factsOf(name: string): DeviceFacts | undefined;
}

export interface WebDoors {
  readonly store: Store;
  readonly desk: Desk;
  readonly events: Events;
  readonly dependencies: Dependencies;
  readonly ingest: Ingest;
  readonly live: LiveIndicators;
  readonly history: IndicatorHistory;
  readonly evaluator: Evaluator;
  readonly faults: Faults;
  readonly people: People;
  readonly notify: Notify;
  readonly quiet: QuietRoom;
  readonly process: ProcessRoom;
  readonly clock: Clock;
  readonly log: Log;
  readonly actions: WebActions;
  readonly health: () => Health;
  /** JSON Schema of every configuration file, by name. */
  readonly schemas: () => Readonly<Record<string, unknown>>;
}

export interface WebSettings {
  readonly version: string;
  /** Bearer token for API, pages and SD; null: TCP may only read, and only by a loopback name. */
  readonly token: string | null;
  /** Bearer token for `/metrics` and `/sd`; null: same rule as `token`. */
  readonly metricsToken: string | null;
  readonly locale: 'zh-CN' | 'en';
  readonly timezone: string;
  /** On the cover of reports; '' for none. */
  readonly organisation: string;
  /** Compressed body limit of a write in bytes. */
  readonly bodyBytes: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
}

export interface Web {
  /** A request as the local administrator, without a socket; for verbs and tests. */
  local(request: InjectOptions): Promise<LightMyRequestResponse>;
  /** A request as anybody on the network, without a socket; for tests. */
  remote(request: InjectOptions): Promise<LightMyRequestResponse>;
  /** Listens on TCP; `port` 0 picks one. Throws `unavailable` when the port is taken. */
  listen(host: string, port: number): Promise<{ readonly url: string }>;
  /** Serves a connection of the control socket: owner-only, no token needed. */
  takeLocal(socket: Socket): void;
  /** Stops accepting, finishes what runs, closes. */
  close(): Promise<void>;
}

/** `settings` is asked at each request, so that a reload takes effect at once. */
export function openWeb(doors: WebDoors, settings: () => WebSettings): Promise<Web> {
  return createWeb(doors, settings);
}
