/**
 * A host as node_exporter shows it, in exactly 100 series: enough of CPU, memory, disks and network
 * that indicators and thresholds have real work. Values move like those of a quiet server.
 */
import { type Labels, makeLabels } from '../../src/shared/sample.ts';

export const SERIES_PER_HOST = 100;

export interface HostSeries {
  readonly labels: Labels;
  /** Counters grow by about `pace` a step; gauges wander around `level`. */
  readonly kind: 'counter' | 'gauge' | 'constant';
  readonly level: number;
  readonly pace: number;
}

const GIB = 1024 ** 3;
const MODES = ['idle', 'iowait', 'irq', 'nice', 'softirq', 'steal', 'system', 'user'];
const MOUNTS = ['/', '/home', '/var'];
const DISKS = ['nvme0n1', 'sda'];
const INTERFACES = ['eth0', 'eth1'];

export function hostSeries(host: string): readonly HostSeries[] {
  const list: HostSeries[] = [];
  const add = (
    name: string,
    what: Omit<HostSeries, 'labels'>,
    extra: Readonly<Record<string, string>> = {},
  ): void => {
    const own = { __name__: name, agent: host, instance: host, job: 'watchkeeper', ...extra };
    list.push({ labels: makeLabels(Object.entries(own)), ...what });
  };
  const counter = (pace: number) => ({ kind: 'counter', level: pace * 1e4, pace }) as const;
  const gauge = (level: number) => ({ kind: 'gauge', level, pace: level / 50 }) as const;
  const constant = (level: number) => ({ kind: 'constant', level, pace: 0 }) as const;

  for (const cpu of ['0', '1', '2', '3']) {
    for (const mode of MODES) {
      const pace = mode === 'idle' ? 13 : mode === 'user' ? 1 : 0.11;
      add('node_cpu_seconds_total', counter(pace), { cpu, mode });
    }
  }
  add('node_load1', gauge(0.7));
  add('node_load5', gauge(0.6));
  add('node_load15', gauge(0.5));
  add('node_memory_MemTotal_bytes', constant(16 * GIB));
  add('node_memory_MemAvailable_bytes', gauge(9 * GIB));
  add('node_memory_MemFree_bytes', gauge(2 * GIB));
  add('node_memory_Buffers_bytes', gauge(GIB / 3));
  add('node_memory_Cached_bytes', gauge(6 * GIB));
  add('node_memory_SwapTotal_bytes', constant(4 * GIB));
  add('node_memory_SwapFree_bytes', gauge(3.9 * GIB));
  add('node_vmstat_oom_kill', constant(0));
  add('node_vmstat_pgmajfault', counter(2));
  for (const mountpoint of MOUNTS) {
    const where = { device: '/dev/mapper/system', fstype: 'ext4', mountpoint };
    add('node_filesystem_size_bytes', constant(200 * GIB), where);
    add('node_filesystem_avail_bytes', gauge(120 * GIB), where);
    add('node_filesystem_free_bytes', gauge(130 * GIB), where);
    add('node_filesystem_files', constant(13_107_200), where);
    add('node_filesystem_files_free', gauge(12_000_000), where);
    add('node_filesystem_readonly', constant(0), where);
  }
  for (const device of DISKS) {
    add('node_disk_io_time_seconds_total', counter(0.4), { device });
    add('node_disk_read_bytes_total', counter(300_000), { device });
    add('node_disk_reads_completed_total', counter(40), { device });
    add('node_disk_writes_completed_total', counter(90), { device });
    add('node_disk_written_bytes_total', counter(900_000), { device });
  }
  for (const device of INTERFACES) {
    for (const way of ['receive', 'transmit']) {
      add(`node_network_${way}_bytes_total`, counter(2_500_000), { device });
      add(`node_network_${way}_packets_total`, counter(3_100), { device });
      add(`node_network_${way}_errs_total`, constant(0), { device });
      add(`node_network_${way}_drop_total`, constant(3), { device });
    }
    add('node_network_speed_bytes', constant(125_000_000), { device });
    add('node_network_up', constant(1), { device });
  }
  add('node_boot_time_seconds', constant(1_780_000_000));
  add('node_context_switches_total', counter(21_000));
  add('node_intr_total', counter(11_000));
  add('node_forks_total', counter(60));
  add('node_procs_running', gauge(2));
  add('node_procs_blocked', constant(0));
  add('node_timex_offset_seconds', gauge(0.0004));
  add('node_pressure_cpu_waiting_seconds_total', counter(0.05));
  if (list.length !== SERIES_PER_HOST) throw new Error(`a host has ${list.length} series`);
  return list;
}

/** The same values on every run: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Moves `value` on by one step. Byte counts stay whole, seconds have hundredths. */
export function nextValue(series: HostSeries, value: number, random: () => number): number {
  if (series.kind === 'constant') return series.level;
  const grain = series.pace < 100 && series.level < 1e6 ? 100 : 1;
  const raw =
    series.kind === 'counter'
      ? value + series.pace * (0.5 + random())
      : series.level + series.pace * (random() - 0.5);
  return Math.round(raw * grain) / grain;
}
