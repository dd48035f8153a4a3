/** Windows hosts: windows_exporter's names, those of older versions as later rows. */
import type { IndicatorName } from '../../../shared/indicator.ts';
import type { Matchers, Recipe, Term } from '../recipe.ts';

/** `privileged` already holds `dpc` and `interrupt`. */
const cpu = (mode: RegExp): Term => ({
  metric: 'windows_cpu_time_total',
  only: { mode },
  across: ['core', 'mode'],
});
const VOLUMES: Matchers = { volume: /^(HarddiskVolume\d+|_Total)$/ };
const INTERFACES: Matchers = { nic: /isatap|Teredo|Loopback/i };

const gain = (indicator: IndicatorName, metric: string, item: 'volume' | 'nic'): Recipe => ({
  indicator,
  read: 'rate',
  item: [item],
  plus: [{ metric }],
  skip: { ...VOLUMES, ...INTERFACES },
});
const memory = (size: string, free: string): Recipe[] => [
  {
    indicator: 'memory_used_bytes',
    read: 'value',
    plus: [{ metric: size }],
    minus: [{ metric: free }],
  },
  { indicator: 'memory_size_bytes', read: 'value', plus: [{ metric: size }] },
];
const volume = { read: 'value', item: ['volume'], skip: VOLUMES } as const;

export const WINDOWS_EXPORTER: readonly Recipe[] = [
  {
    indicator: 'cpu_used_ratio',
    read: 'rate',
    plus: [cpu(/^(user|privileged)$/)],
    over: [cpu(/^(user|privileged|idle)$/)],
  },
  { indicator: 'cpu_cores', read: 'count', plus: [cpu(/^idle$/)] },
  ...memory('windows_memory_physical_total_bytes', 'windows_memory_available_bytes'),
  ...memory('windows_cs_physical_memory_bytes', 'windows_os_physical_memory_free_bytes'),
  {
    indicator: 'swap_used_bytes',
    read: 'value',
    plus: [{ metric: 'windows_os_paging_limit_bytes' }],
    minus: [{ metric: 'windows_os_paging_free_bytes' }],
  },
  {
    indicator: 'swap_size_bytes',
    read: 'value',
    plus: [{ metric: 'windows_os_paging_limit_bytes' }],
  },
  {
    ...volume,
    indicator: 'filesystem_used_bytes',
    plus: [{ metric: 'windows_logical_disk_size_bytes' }],
    minus: [{ metric: 'windows_logical_disk_free_bytes' }],
  },
  {
    ...volume,
    indicator: 'filesystem_size_bytes',
    plus: [{ metric: 'windows_logical_disk_size_bytes' }],
    above: 0,
  },
  gain('disk_read_bytes_per_second', 'windows_logical_disk_read_bytes_total', 'volume'),
  gain('disk_written_bytes_per_second', 'windows_logical_disk_write_bytes_total', 'volume'),
  gain('network_receive_bytes_per_second', 'windows_net_bytes_received_total', 'nic'),
  gain('network_transmit_bytes_per_second', 'windows_net_bytes_sent_total', 'nic'),
  {
    indicator: 'network_speed_bytes_per_second',
    read: 'value',
    item: ['nic'],
    skip: INTERFACES,
    plus: [{ metric: 'windows_net_current_bandwidth_bytes' }],
    above: 0,
  },
  // Both are the moment of the start, the second one in spite of its name.
  ...['windows_system_boot_time_timestamp_seconds', 'windows_system_system_up_time'].map(
    (metric): Recipe => ({
      indicator: 'uptime_seconds',
      read: 'value',
      plus: [{ metric }],
      minusTime: true,
      scale: -1,
    }),
  ),
];
