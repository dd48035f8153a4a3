/** The agent about itself: `watchkeeper_agent_*`, pushed with the samples and served on loopback. */
import type { MetricHelp } from '../shared/exposition.ts';
import type { PushStats } from './push/push.ts';
import type { RoundsStats } from './sampler/sampler.ts';
import type { SpoolStats } from './spool/spool.ts';
import type { TrapStats } from './traps/traps.ts';

export interface OwnFigures {
  readonly spool: SpoolStats;
  readonly push: PushStats;
  /** Null where nothing but the host is watched. */
  readonly rounds: RoundsStats | null;
  readonly traps: TrapStats | null;
  readonly nowMs: number;
  readonly version: string;
  /** Of the process. */
  readonly residentBytes: number;
  readonly cpuSeconds: number;
  /** Whether the newest reload of the configuration was accepted. */
  readonly isReloaded: boolean;
}

export interface OwnSample {
  readonly name: string;
  /** Name and value of the one label, or null. */
  readonly label: readonly [string, string] | null;
  readonly value: number;
}

/** One value, or one per value of a label. Not a number: nothing to say. */
type Value = number | { readonly label: string; readonly by: Readonly<Record<string, number>> };
type Read = (figures: OwnFigures) => Value;

interface OwnMetric extends MetricHelp {
  readonly name: string;
  readonly read: Read;
}

const counter = (name: string, help: string, read: Read): OwnMetric => ({
  name: `watchkeeper_agent_${name}_total`,
  type: 'counter',
  help,
  read,
});
const gauge = (name: string, help: string, read: Read): OwnMetric => ({
  name: `watchkeeper_agent_${name}`,
  type: 'gauge',
  help,
  read,
});

/** Issued less acknowledged, waiting and dropped. */
export function accountingDifference({
  issuedSamples,
  ackedSamples,
  samples,
  dropped,
}: SpoolStats): number {
  const lost = Object.values(dropped).reduce((sum, each) => sum + each, 0);
  return issuedSamples - ackedSamples - samples - lost;
}

const oldestSeconds = ({ spool, nowMs }: OwnFigures): number =>
  spool.oldestMs === 0 ? 0 : Math.max(0, (nowMs - spool.oldestMs) / 1000);

const SPOOL_METRICS: readonly OwnMetric[] = [
  counter('issued_samples', 'Samples taken.', (f) => f.spool.issuedSamples),
  counter('acked_samples', 'Samples the collector has.', (f) => f.spool.ackedSamples),
  counter('dropped_samples', 'Samples lost; each is declared.', (f) => ({
    label: 'reason',
    by: f.spool.dropped,
  })),
  gauge(
    'accounting_difference_samples',
    'Issued less acknowledged, waiting and dropped: always 0.',
    (f) => accountingDifference(f.spool),
  ),
  gauge('spool_samples', 'Samples waiting.', (f) => f.spool.samples),
  gauge('spool_batches', 'Batches waiting.', (f) => f.spool.batches),
  gauge('spool_bytes', 'Size of the spool on disk.', (f) => f.spool.bytes),
  gauge('spool_oldest_seconds', 'Age of the oldest sample waiting.', oldestSeconds),
  gauge(
    'spool_epochs',
    'Epochs with batches waiting, and the live one.',
    (f) => f.spool.epochs.length,
  ),
  gauge('spool_disk_free_bytes', 'Free where the spool is.', (f) => f.spool.diskFreeBytes),
  gauge('quarantined_files', 'Files and pieces put aside.', (f) => f.spool.quarantinedFiles),
  gauge('gap_records', 'Losses the collector does not know yet.', (f) => f.spool.gapRecords),
  gauge('fsync_seconds', 'Duration of the newest fsync.', (f) => f.spool.fsyncSeconds),
  counter('fsync_errors', 'Writes the disk refused.', (f) => f.spool.fsyncErrors),
];

const PUSH_METRICS: readonly OwnMetric[] = [
  counter('sent_requests', 'Requests to the collector.', (f) => f.push.sent),
  counter('acked_batches', 'Batches with a receipt.', (f) => f.push.acked),
  counter('duplicate_batches', 'Batches it had already.', (f) => f.push.duplicates),
  counter('retries', 'Requests that failed.', (f) => f.push.retries),
  counter('rejected_batches', 'Batches it refused for good.', (f) => ({
    label: 'code',
    by: f.push.rejected,
  })),
  counter(
    'identity_conflicts',
    'Signs of a second agent of this name.',
    (f) => f.push.identityConflicts,
  ),
  gauge(
    'last_receipt_timestamp_seconds',
    'Of the newest receipt.',
    (f) => f.push.lastReceiptMs / 1000 || Number.NaN,
  ),
];

const UNKNOWN = Number.NaN;
const REMOTE_METRICS: readonly OwnMetric[] = [
  gauge('targets', 'Devices and probes.', (f) => f.rounds?.targets ?? UNKNOWN),
  counter('rounds', 'Looks at targets.', (f) => f.rounds?.rounds ?? UNKNOWN),
  counter(
    'missed_rounds',
    'Turns left out: the look before had not ended.',
    (f) => f.rounds?.missed ?? UNKNOWN,
  ),
  counter('traps_received', 'Datagrams.', (f) => f.traps?.received ?? UNKNOWN),
  counter('traps_dropped', 'Datagrams not taken.', (f) => ({
    label: 'reason',
    by: f.traps?.dropped ?? {},
  })),
  counter('trap_receiver_crashes', 'Ends nobody asked for.', (f) => f.traps?.crashes ?? UNKNOWN),
  gauge('events_queued', 'Events waiting.', (f) => f.traps?.queuedEvents ?? UNKNOWN),
  counter('events_delivered', 'Events the collector has.', (f) => f.traps?.delivered ?? UNKNOWN),
  counter('events_lost', 'Dropped for want of room.', (f) => f.traps?.lostEvents ?? UNKNOWN),
  counter('events_refused', 'Refused for good.', (f) => f.traps?.refused ?? UNKNOWN),
];

export const OWN_METRICS: readonly OwnMetric[] = Object.freeze([
  ...SPOOL_METRICS,
  ...PUSH_METRICS,
  ...REMOTE_METRICS,
  gauge('config_last_reload_successful', '0 when a reload was refused.', (f) =>
    f.isReloaded ? 1 : 0,
  ),
  counter('cpu_seconds', 'CPU time of the agent.', (f) => f.cpuSeconds),
  gauge('resident_memory_bytes', 'Memory of the agent.', (f) => f.residentBytes),
  gauge('build_info', 'Version of the agent.', (f) => ({
    label: 'version',
    by: { [f.version]: 1 },
  })),
]);

export function ownSamples(figures: OwnFigures): OwnSample[] {
  return OWN_METRICS.flatMap(({ name, read }): OwnSample[] => {
    const found = read(figures);
    if (typeof found === 'number') {
      return Number.isNaN(found) ? [] : [{ name, label: null, value: found }];
    }
    const { label, by } = found;
    return Object.entries(by).map(([key, value]) => ({ name, label: [label, key], value }));
  });
}
