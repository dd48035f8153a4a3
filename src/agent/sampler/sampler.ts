/**
 * Sampler: sources and a clock → batches. Owns due times: an interval per source, and a phase drawn
 * once so that 500 agents do not beat together; sources of one interval share a cycle. A slow source
 * delays no other: its deadline passes, `node_scrape_collector_success` is 0 and its late answer is
 * thrown away; while one run of a source hangs no second one starts.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { EncodedSample } from '../../shared/remote-write.ts';
import type { Host, Source } from '../sources/sources.ts';
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
