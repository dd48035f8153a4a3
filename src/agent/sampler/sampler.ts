/**
 * Sampler: sources and a clock → batches. Owns due times: an interval per source, and a phase drawn
 * once so that 500 agents do not beat together; sources of one interval share a cycle. A slow source
 * delays no other: its deadline passes, `node_scrape_collector_success` is 0 and its late answer is
 * thrown away; while one run of a source hangs no second one starts. Remote targets make rounds: each,
 * or each company of them, has its own phase, and what it says is passed on when its round ends.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { EncodedSample } from '../../shared/remote-write.ts';
import type { Emit, Host, Source } from '../sources/sources.ts';
import { createRounds } from './rounds.ts';
import { createSampler } from './run.ts';

export interface SamplerOptions {
  readonly host: Host;
  readonly sources: readonly Source[];
  readonly clock: Clock;
  readonly log: Log;
  /** Labels on every sample: `instance`, `agent`, `job="node"`, and the configured ones. */
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds by source name; `default` for the others, unless a source asks for a slower pace. */
  readonly intervals: Readonly<Record<string, number>>;
  readonly timeoutMs: number;
  /** One call per cycle, with every sample of the sources that were due together, all of one time. */
  readonly onBatch: (samples: readonly EncodedSample[]) => void;
}

export interface SamplerStats {
  readonly cycles: number;
  readonly samples: number;
  /** Of each source's last run. */
  readonly sources: Readonly<
    Record<string, { readonly ok: boolean; readonly seconds: number; readonly error: string }>
  >;
}

export interface Sampler {
  /** Runs everything once at once, then each source at its pace. */
  start(): void;
  /** Runs everything once, due or not. */
  cycle(): Promise<void>;
  stop(): Promise<void>;
  stats(): SamplerStats;
}

export function openSampler(options: SamplerOptions): Sampler {
  return createSampler(options);
}

/** Something that is looked at over the network: an SNMP device, a probed address. */
export interface Target {
  /** The device's name; unique among targets of one `job`. */
  readonly name: string;
  /** All labels of its samples: `instance`, `agent`, `job` and the configured ones. */
  readonly labels: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  /** After it the round has failed and is aborted. */
  readonly timeoutMs: number;
  /** Targets of one company and one interval are looked at at the same time. */
  readonly company?: string;
  /**
   * Looks once. Never throws what the device did wrong: that is a sample (`probe_success 0`,
   * `snmp_scrape_success 0`). What it emitted before an abort or a rejection is kept.
   */
  collect(emit: Emit, signal: AbortSignal): Promise<void>;
  /** The target is no longer looked at. */
  close?(): void;
}

export interface RoundsOptions {
  readonly targets: readonly Target[];
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Samples of all rounds that ended within a short while of each other. Every turn of a company
   * has a lane of its own, in which the same series come again; all others share lane 0.
   */
  readonly onBatch: (samples: readonly EncodedSample[], lane: number) => void;
}

export interface RoundsStats {
  readonly targets: number;
  readonly underWay: number;
  readonly rounds: number;
  /** Turns left out because the round before was still under way. */
  readonly missed: number;
}

/** Every target at its own pace, it or its company at a phase of its own; one that is slow keeps nobody waiting. */
export interface Rounds {
  start(): void;
  /** Every target once, due or not. */
  cycle(): Promise<void>;
  stop(): Promise<void>;
  stats(): RoundsStats;
}

export function openRounds(options: RoundsOptions): Rounds {
  return createRounds(options);
}
