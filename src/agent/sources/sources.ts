/**
 * Sources: the host and options → samples. Raw counters in base units under node_exporter's names,
 * types and labels. A source owns nothing between reads, computes no rates, judges nothing, and
 * never turns "could not read" into zero: it emits nothing for what it could not read.
 */
import type * as Os from 'node:os';
import type * as SystemInformation from 'systeminformation';
import type { Clock } from '../../shared/clock.ts';
import type { MetricHelp } from '../../shared/exposition.ts';
import { examineSources } from './doctor.ts';
import { createHost } from './host.ts';
import { collectText } from './once.ts';
import { SOURCES } from './registry.ts';

/**
 * Takes one sample. `labels` holds names and values in turn: `emit('node_x', 1, 'device', 'sda')`.
 * NaN says that there was nothing to read; it makes no sample.
 */
export type Emit = (name: string, value: number, ...labels: readonly string[]) => void;

export interface Source {
  /** One name everywhere: file, registry key, configuration key, fixture folder, metric label. */
  readonly name: string;
  /** Its pace where the configuration names none for it: for what is dear to read or rarely moves. */
  readonly intervalMs?: number;
  /** Metric name → type and help, for exposition text. Every emitted name must be here. */
  readonly metrics: Readonly<Record<string, MetricHelp>>;
  /** Why this source cannot work on this host (for `agent doctor`), or null when it can. */
  missing(host: Host): Missing | null;
  /**
   * Reads once. May be async (network file systems, sockets); must respect `signal`. Throws or
   * rejects when it could not look; emits nothing when there is nothing (no such hardware).
   */
  collect(host: Host, emit: Emit, signal: AbortSignal): void | Promise<void>;
}

export interface Missing {
  readonly reason: string;
  /** How to mend it, one sentence for the operator. */
  readonly mend: string;
}

/** Sizes of a file system, in bytes and inodes. */
export interface FileSystemSizes {
  readonly sizeBytes: number;
  readonly freeBytes: number;
  readonly availableBytes: number;
  readonly files: number;
  readonly filesFree: number;
}

/** How sources reach the outside. Platform differences and test fixtures stay behind it. */
export interface Host {
  readonly procPath: string;
  readonly sysPath: string;
  /** Where the host's `/` is seen; '' unless the agent runs in a container. */
  readonly rootfsPath: string;
  readonly clock: Clock;
  readonly os: typeof Os;
  /** A whole small file; null when there is none. Throws `io` when it cannot be read. */
  text(path: string): string | null;
  /** As `text`, for a file of /proc that is read in every cycle: it stays open. */
  live(path: string): string | null;
  /** As `text`, trimmed: for an attribute in /sys. */
  line(path: string): string | null;
  /** `line` off the main thread, for sensors that may answer slowly. */
  slowLine(path: string): Promise<string | null>;
  /** A file that hardly ever changes, trimmed, read again after some cycles. Null when missing or unreadable. */
  fact(path: string): string | null;
  /** Names in a directory, sorted; null when there is none. Throws `io` when it cannot be read. */
  list(path: string): readonly string[] | null;
  /** The path without symbolic links, or null. */
  realPath(path: string): string | null;
  /** Sizes of a file system that answers from memory; null where the call failed. */
  sizesNow(path: string): FileSystemSizes | null;
  /**
   * Sizes of file systems, in the order asked; null where the call failed, hangs, or was not made
   * because too many remote ones hang already. Never takes longer than its own short deadline.
   */
  sizes(asked: readonly SizeRequest[]): Promise<readonly (FileSystemSizes | null)[]>;
  /** Collector's clock minus ours in seconds; NaN while unknown. */
  clockOffset(): number;
  /** For platforms without /proc; loaded when first asked for. */
  systemInformation(): Promise<typeof SystemInformation>;
}

export interface SizeRequest {
  readonly path: string;
  /** May hang for ever: network and user-space file systems, and whatever is mounted below one. */
  readonly remote: boolean;
}

/** The system call, on the main thread and off it. Throws and rejects as the call fails. */
export interface Statfs {
  now(path: string): FileSystemSizes;
  later(path: string): Promise<FileSystemSizes>;
}

export interface HostOptions {
  readonly clock: Clock;
  /** Default `/proc`. */
  readonly procPath?: string;
  /** Default `/sys`. */
  readonly sysPath?: string;
  /** Default '': the agent sees the host's own root. */
  readonly rootfsPath?: string;
  /** Default: unknown. */
  readonly clockOffset?: () => number;
  /** Replaced by tests: for sizes that stay, and for a file system that hangs. */
  readonly statfs?: Statfs;
  readonly os?: typeof Os;
  readonly systemInformation?: () => Promise<typeof SystemInformation>;
}

export function openHost(options: HostOptions): Host {
  return createHost(options);
}

/** The literal list; adding a source is one file and one line in `registry.ts`. */
export function listSources(): readonly Source[] {
  return SOURCES;
}

/** `agent once SOURCE`: reads one source and gives exposition text. Throws what the source threw. */
export function collectOnce(host: Host, source: Source): Promise<string> {
  return collectText(host, source);
}

/** What `agent doctor` says of one source. */
export interface Diagnosis {
  readonly source: string;
  /** `nothing`: it looked and this host has no such thing; that is no fault. */
  readonly state: 'works' | 'nothing' | 'missing' | 'fails';
  readonly samples: number;
  readonly seconds: number;
  /** Why it does not work; '' when it does. */
  readonly reason: string;
  readonly mend: string;
}

/** Tries every source once. Never throws. */
export function examine(host: Host, sources: readonly Source[]): Promise<readonly Diagnosis[]> {
  return examineSources(host, sources);
}
