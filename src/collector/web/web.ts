/**
 * Web: requests → API, pages, `/metrics`, service discovery. Calls doors; holds no SQL, no
 * arithmetic on metrics and no business rules.
 */
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { Desk } from '../desk/desk.ts';
import type { Evaluator } from '../evaluate/evaluate.ts';
import type { Faults } from '../faults/faults.ts';
import type { IndicatorHistory, LiveIndicators } from '../indicators/indicators.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Rendering } from '../reports/reports.ts';
import type { Store } from '../store/store.ts';
import { createWeb } from './server.ts';

export interface ReportQuery {
  readonly name: string;
  readonly month: string;
  readonly timezone?: string;
  readonly locale?: string;
  readonly format?: string;
}

/** State of the collector's own work, for `/metrics` and `/-/ready`. */
export interface Health {
  /** False while starting (rebuilding) or stopping. */
  readonly ready: boolean;
  readonly reason: string;
  readonly tickSeconds: number;
  readonly tickLagSeconds: number;
  readonly configReloadOk: boolean;
  readonly configReloadMs: number;
}

export interface WebDoors {
  readonly store: Store;
  readonly desk: Desk;
  readonly ingest: Ingest;
  readonly live: LiveIndicators;
  readonly history: IndicatorHistory;
  readonly evaluator: Evaluator;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly log: Log;
  /** Runs a report away from the ingest loop (a worker thread when serving). */
  readonly report: (query: ReportQuery) => Promise<Rendering>;
  readonly health: () => Health;
}

export interface WebSettings {
  readonly version: string;
  /** Bearer token for API, pages and SD; null: open (only allowed on loopback or the socket). */
  readonly token: string | null;
  /** Bearer token for `/metrics` and `/sd`; null: same rule as `token`. */
  readonly metricsToken: string | null;
  readonly locale: 'zh-CN' | 'en';
  readonly timezone: string;
}

export interface Web {
  /** For `inject` (tests, verbs without a running collector). */
  readonly app: FastifyInstance;
  /** Listens on TCP; `port` 0 picks one. Throws `unavailable` when the port is taken. */
  listen(host: string, port: number): Promise<{ readonly url: string }>;
  /** The control socket in the data directory: owner-only, no token needed. */
  listenSocket(path: string): Promise<void>;
  /** Stops accepting, finishes what runs, closes. */
  close(): Promise<void>;
}

export function openWeb(doors: WebDoors, settings: WebSettings): Promise<Web> {
  return createWeb(doors, settings);
}
