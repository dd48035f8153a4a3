/** Everything the rules need to know of one device, without its slots: small enough to keep. */
import type { IndicatorName } from '../../../shared/indicator.ts';
import type { DayHistogram, SlotSeries } from '../../indicators/indicators.ts';
import type { CpuMeasure } from '../decide/cpu.ts';
import type { MemoryMeasure } from '../decide/memory.ts';
import type { ReportPolicy } from '../policy.ts';
import { measureCpu } from './cpu.ts';
import { measureMemory } from './memory.ts';
import { measureNetwork, type NetworkItem, totalTraffic } from './network.ts';
import { seriesIndex } from './series-index.ts';
import { DATABASE, FILESYSTEM, INODES, measureStorage, type StorageItem } from './storage.ts';
import type { ReportWindow } from './window.ts';

/** The indicators a capacity report reads. */
export const CAPACITY_INDICATORS: readonly IndicatorName[] = Object.freeze([
  'cpu_used_ratio',
  'cpu_cores',
  'cpu_iowait_ratio',
  'cpu_steal_ratio',
  'memory_used_bytes',
  'memory_size_bytes',
  'swap_used_bytes',
  'oom_kills_total',
  'filesystem_used_bytes',
  'filesystem_size_bytes',
  'filesystem_inodes_used_ratio',
  'network_receive_bytes_per_second',
  'network_transmit_bytes_per_second',
  'network_speed_bytes_per_second',
  'network_errors_ratio',
  'database_used_bytes',
  'database_limit_bytes',
]);

export interface DeviceMeasure {
  readonly cpu: CpuMeasure | null;
  readonly memory: MemoryMeasure | null;
  readonly filesystems: readonly StorageItem[];
  readonly inodes: readonly StorageItem[];
  readonly databases: readonly StorageItem[];
  readonly networks: readonly NetworkItem[];
  /**
   * Receive + transmit over all interfaces, P95 of the month, bytes/s; NaN unknown or not asked
   * for, because the CPU is not idle.
   */
  readonly networkP95: number;
}

export function measureDevice(
  source: {
    readonly device: string;
    /** As the ledger has it: lines are measured over all months. */
    readonly kind: string;
    readonly slots: readonly SlotSeries[];
    readonly histograms: readonly DayHistogram[];
  },
  window: ReportWindow,
  policy: ReportPolicy,
): DeviceMeasure {
  const fromMs = window.periods[0]?.fromMs ?? window.month.fromMs;
  const series = seriesIndex(source.slots, { fromMs, toMs: window.month.toMs });
  const storage = { device: source.device, series, histograms: source.histograms };
  const { ignore_mounts: mounts, ignore_databases: databases } = policy.storage;
  const cpu = measureCpu(series, window, policy);
  // Only a server that may be idle is asked for its traffic.
  const quiet = (cpu?.decided.statistics.p95 ?? NaN) < policy.cpu.idle.p95;
  return {
    cpu,
    memory: measureMemory(series, window, policy),
    filesystems: measureStorage(storage, FILESYSTEM, { window, policy, ignore: mounts }),
    inodes: measureStorage(storage, INODES, { window, policy, ignore: mounts }),
    databases: measureStorage(storage, DATABASE, { window, policy, ignore: databases }),
    networks: measureNetwork(series, window, { policy, kind: source.kind }),
    networkP95: quiet ? totalTraffic(series, window, policy) : NaN,
  };
}
