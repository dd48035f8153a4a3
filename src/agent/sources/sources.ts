/**
 * Sources: the host and options → samples. Raw counters in base units under node_exporter's names,
 * types and labels. A source owns nothing between reads, computes no rates, judges nothing, and
 * never turns "could not read" into zero: it emits nothing for what it could not read.
 */
import type { Host } from './host.ts';
import { SOURCES } from './registry.ts';

export type MetricType = 'counter' | 'gauge' | 'untyped';

export interface MetricHelp {
  readonly type: MetricType;
  readonly help: string;
}

/** Takes one sample. `labels` holds names and values in turn: `emit('node_x', 1, 'device', 'sda')`. */
export type Emit = (name: string, value: number, ...labels: readonly string[]) => void;

export interface Source {
  /** One name everywhere: file, registry key, configuration key, fixture folder, metric label. */
  readonly name: string;
  /** Metric name → type and help, for exposition text. Every emitted name must be here. */
  readonly metrics: Readonly<Record<string, MetricHelp>>;
  /** Why this source cannot work on this host (for `agent doctor`), or null when it can. */
  missing(host: Host): string | null;
  /**
   * Reads once. May be async (network file systems, sockets); must respect `signal`. Throws or
   * rejects when it could not look; emits nothing when there is nothing (no such hardware).
   */
  collect(host: Host, emit: Emit, signal: AbortSignal): void | Promise<void>;
}

/** The literal list; adding a source is one file and one line in `registry.ts`. */
export function listSources(): readonly Source[] {
  return SOURCES;
}
