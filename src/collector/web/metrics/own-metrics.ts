/** The collector's metrics about itself, and `/metrics` put together. */
import { Registry } from 'prom-client';
import type { StoreStats } from '../../store/store.ts';
import type { ConnectionCounts } from '../http-server.ts';
import type { WebDoors, WebSettings } from '../web.ts';
import { faultText } from './fault-text.ts';
import { indicatorText } from './indicator-text.ts';
import { counter, gauge, labelledCounter, labelledGauge, type Metric, register } from './metric.ts';

export interface OwnMetrics {
  /** Exposition text 0.0.4. */
  text(): Promise<string>;
}

export interface MetricsSource {
  readonly doors: WebDoors;
  readonly settings: () => WebSettings;
  readonly connections: () => ConnectionCounts;
}

function storeMetrics(stats: () => StoreStats): readonly Metric[] {
  const stat = (name: keyof StoreStats) => () => stats()[name];
  return [
    counter('store_samples', 'Samples committed.', stat('storedSamples')),
    counter(
      'store_duplicate_samples',
      'Samples that were there already.',
      stat('duplicateSamples'),
    ),
    counter('store_late_samples', 'Samples older than their series.', stat('lateSamples')),
    counter('store_lost_samples', 'Losses declared by senders.', stat('declaredLostSamples')),
    counter('store_corrupt_parts', 'Parts left out: wrong checksum.', stat('corruptParts')),
    counter('store_commits', 'Transactions with synchronous=FULL.', stat('commits')),
    gauge('store_commit_seconds', 'Duration of the newest commit.', stat('commitSeconds')),
    gauge('store_series', 'Series known.', stat('series')),
    gauge('store_devices', 'Devices with samples.', stat('devices')),
    gauge('store_journal_rows', 'Requests not sealed yet.', stat('journalRows')),
    gauge('store_journal_samples', 'Samples not sealed yet.', stat('journalSamples')),
    gauge('store_blocks', 'Sealed blocks.', stat('blocks')),
    gauge('store_block_samples', 'Samples in sealed blocks.', stat('blockSamples')),
    gauge('store_block_bytes', 'Bytes of sealed blocks.', stat('blockBytes')),
    gauge('store_database_bytes', 'Size of the sample database.', stat('databaseBytes')),
    gauge('store_wal_bytes', 'Size of its write-ahead log.', stat('walBytes')),
    gauge(
      'store_rollups_pending',
      'Hours of devices that wait for their rollup.',
      stat('pendingHours'),
    ),
  ];
}

function ingestMetrics({ ingest }: WebDoors): readonly Metric[] {
  return [
    counter('ingest_samples', 'Samples acknowledged.', () => ingest.counters().samples),
    counter(
      'ingest_duplicate_batches',
      'Numbered batches that came again.',
      () => ingest.counters().duplicateBatches,
    ),
    counter(
      'ingest_clock_suspect_samples',
      'Samples stamped anew: the clock of the agent was not to be believed.',
      () => ingest.counters().clockSuspect,
    ),
    counter('ingest_histograms_ignored', 'Native histograms.', () => ingest.counters().histograms),
    counter('ingest_exemplars_ignored', 'Exemplars.', () => ingest.counters().exemplars),
    counter(
      'ingest_layout_hits',
      'Requests whose list of series was known.',
      () => ingest.counters().templateHits,
    ),
    counter(
      'ingest_layout_misses',
      'Requests whose list of series was new.',
      () => ingest.counters().templateMisses,
    ),
  ];
}

function healthMetrics({ health }: WebDoors): readonly Metric[] {
  return [
    gauge('ready', '1 when everything is rebuilt and judged.', () => (health().ready ? 1 : 0)),
    gauge('start_timestamp_seconds', 'When it started.', () => health().startedMs / 1_000),
    gauge('tick_seconds', 'Duration of the newest tick.', () => health().tickSeconds),
    gauge('tick_lag_seconds', 'How late it began.', () => health().tickLagSeconds),
    counter('ticks', 'Ticks done.', () => health().ticks),
    counter('tick_failures', 'Ticks and maintenance that failed.', () => health().tickFailures),
    counter(
      'fault_steps_set_aside',
      'Steps of faults that could not be written.',
      () => health().stepsSetAside,
    ),
    gauge('config_last_reload_success', '1 when it was good.', () => +health().configReloadOk),
    gauge(
      'config_last_reload_timestamp_seconds',
      'When the configuration in force was read.',
      () => health().configReloadMs / 1_000,
    ),
    gauge(
      'event_loop_delay_p99_seconds',
      '99th percentile of the last minute.',
      () => health().eventLoopDelay.p99Seconds,
    ),
    gauge(
      'event_loop_delay_longest_seconds',
      'Longest of the last minute.',
      () => health().eventLoopDelay.maxSeconds,
    ),
    gauge('disk_free_bytes', 'Of the data directory.', () => health().diskFreeBytes),
  ];
}

function processMetrics({ connections }: MetricsSource): readonly Metric[] {
  return [
    gauge('http_connections', 'Open TCP connections.', () => connections().open),
    counter('http_connections_refused', 'Over the limits.', () => connections().refused),
    gauge('resident_memory_bytes', 'Resident set.', () => process.memoryUsage.rss()),
    counter('cpu_seconds', 'User and system time.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    }),
  ];
}

function labelledMetrics({ desk, ingest }: WebDoors): readonly Metric[] {
  const agents = () => desk.agents().filter(({ kind }) => kind !== 'import');
  return [
    labelledCounter('ingest_requests', 'Write requests by status.', {
      label: 'code',
      read: () => Object.entries(ingest.counters().requests),
    }),
    labelledCounter('ingest_rejected', 'Samples not stored, by reason.', {
      label: 'reason',
      read: () => Object.entries(ingest.counters().rejected),
    }),
    labelledGauge('agent_heard_timestamp_seconds', 'Newest accepted request of a sender.', {
      label: 'agent',
      read: () => agents().map(({ name, heardMs }) => [name, heardMs / 1_000]),
    }),
    labelledGauge('agent_clock_offset_seconds', "Sender's clock minus ours.", {
      label: 'agent',
      read: () =>
        agents()
          .filter(({ clockOffsetSeconds }) => Number.isFinite(clockOffsetSeconds))
          .map(({ name, clockOffsetSeconds }) => [name, clockOffsetSeconds]),
    }),
  ];
}

export function openMetrics(source: MetricsSource): OwnMetrics {
  const { doors, settings } = source;
  const registry = new Registry();
  // Read once per scrape: the store counts its files and rows for it.
  let stats = doors.store.stats();
  for (const metric of [
    ...storeMetrics(() => stats),
    ...ingestMetrics(doors),
    ...healthMetrics(doors),
    ...processMetrics(source),
    ...labelledMetrics(doors),
    labelledGauge('build_info', 'Version of the collector.', {
      label: 'version',
      read: () => [[settings().version, 1]],
    }),
  ]) {
    register(registry, metric);
  }
  return {
    text: async () => {
      stats = doors.store.stats();
      const own = await registry.metrics();
      const devices = doors.desk.devices().map(({ name }) => name);
      const indicators = await indicatorText(devices, doors.live, doors.clock.now());
      return `${own}\n${faultText(doors.faults.open())}${indicators}`;
    },
  };
}
