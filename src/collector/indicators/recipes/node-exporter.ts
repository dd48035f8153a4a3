/** Linux and other Unix hosts: node_exporter's names, which our own agent sends too. */
import type { IndicatorName } from '../../../shared/indicator.ts';
import type { Matchers, Recipe, Term } from '../recipe.ts';

/**
 * Time waiting for disks counts as not used: the processor could have worked (mpstat's convention
 * of %idle + %iowait). Guest time is inside `user`. The kernel's iowait may step back (proc(5)),
 * by far less than a second.
 */
const cpu = (mode: RegExp): Term => ({
  metric: 'node_cpu_seconds_total',
  only: { mode },
  skip: { mode: /^guest/ },
  across: ['cpu', 'mode'],
  dips: 1,
});
const EVERY_MODE = cpu(/./);

/** Without storage of their own, or full by nature (images). */
const FILESYSTEMS: Matchers = {
  fstype:
    /^(autofs|binfmt_misc|bpf|cgroup2?|configfs|cramfs|debugfs|devpts|devtmpfs|efivarfs|erofs|fuse\.(lxcfs|portal|gvfsd-fuse|snapfuse)|fusectl|hugetlbfs|iso9660|mqueue|nsfs|proc|procfs|pstore|ramfs|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs|udf)$/,
  mountpoint:
    /^\/(dev|proc|sys|run(?!\/media\/)|snap|var\/lib\/(docker|containers|containerd|kubelet)\/.+)($|\/)/,
};
/** Whole disks and logical volumes; not partitions, loops, RAM disks or optical drives. */
const DISKS: Matchers = {
  device: /^(z?ram|loop|fd|sr|(h|s|v|xv)d[a-z]+|nvme\d+n\d+p|mmcblk\d+(p|boot))\d+$/,
};
/** Interfaces that carry no traffic of their own to the outside. */
const INTERFACES: Matchers = {
  device:
    /^(lo\d*|veth.*|docker\d+|br-[0-9a-f]+|virbr.*|vnet\d+|cni.*|flannel.*|cali.*|cilium.*|lxc.*|nodelocaldns|kube-.*|ifb\d+|dummy\d+|fw(br|ln|pr)\d+.*|tap.*)$/,
};

const value = (indicator: IndicatorName, metric: string): Recipe => ({
  indicator,
  read: 'value',
  plus: [{ metric }],
});
const memory = (name: string): Term => ({ metric: `node_memory_${name}_bytes` });

const filesystem = {
  read: 'value',
  skip: FILESYSTEMS,
  collapse: { label: 'device', when: /\// },
} as const;
const disk = (indicator: IndicatorName, metric: string): Recipe => ({
  indicator,
  read: 'rate',
  plus: [{ metric }],
  skip: DISKS,
});
const network = { item: ['device'], skip: INTERFACES } as const;
const traffic = (indicator: IndicatorName, metric: string): Recipe => ({
  ...network,
  indicator,
  read: 'rate',
  plus: [{ metric }],
});
const packets = (kind: string): Term[] => [
  { metric: `node_network_receive_${kind}_total` },
  { metric: `node_network_transmit_${kind}_total` },
];
const BAD_PACKETS = [...packets('errs'), ...packets('drop')];

export const NODE_EXPORTER: readonly Recipe[] = [
  {
    indicator: 'cpu_used_ratio',
    read: 'rate',
    plus: [cpu(/^(?!idle$|iowait$)/)],
    over: [EVERY_MODE],
  },
  { indicator: 'cpu_cores', read: 'count', plus: [cpu(/^idle$/)] },
  { indicator: 'cpu_iowait_ratio', read: 'rate', plus: [cpu(/^iowait$/)], over: [EVERY_MODE] },
  { indicator: 'cpu_steal_ratio', read: 'rate', plus: [cpu(/^steal$/)], over: [EVERY_MODE] },
  value('load1', 'node_load1'),

  {
    indicator: 'memory_used_bytes',
    read: 'value',
    plus: [memory('MemTotal')],
    minus: [memory('MemAvailable')],
  },
  // Kernels before 3.14 have no MemAvailable.
  {
    indicator: 'memory_used_bytes',
    read: 'value',
    plus: [memory('MemTotal')],
    minus: [memory('MemFree'), memory('Buffers'), memory('Cached')],
  },
  value('memory_size_bytes', 'node_memory_MemTotal_bytes'),
  {
    indicator: 'swap_used_bytes',
    read: 'value',
    plus: [memory('SwapTotal')],
    minus: [memory('SwapFree')],
  },
  value('swap_size_bytes', 'node_memory_SwapTotal_bytes'),
  value('oom_kills_total', 'node_vmstat_oom_kill'),

  {
    ...filesystem,
    indicator: 'filesystem_used_bytes',
    plus: [{ metric: 'node_filesystem_size_bytes' }],
    minus: [{ metric: 'node_filesystem_free_bytes' }],
  },
  {
    ...filesystem,
    indicator: 'filesystem_size_bytes',
    plus: [{ metric: 'node_filesystem_size_bytes' }],
    above: 0,
  },
  {
    ...filesystem,
    indicator: 'filesystem_inodes_used_ratio',
    plus: [{ metric: 'node_filesystem_files' }],
    minus: [{ metric: 'node_filesystem_files_free' }],
    over: [{ metric: 'node_filesystem_files' }],
  },
  {
    ...filesystem,
    indicator: 'filesystem_readonly',
    plus: [{ metric: 'node_filesystem_readonly' }],
  },

  // A scrape's time and the disk's own clock differ by what the scrape takes.
  { ...disk('disk_busy_ratio', 'node_disk_io_time_seconds_total'), overshoot: 0.05 },
  disk('disk_read_bytes_per_second', 'node_disk_read_bytes_total'),
  disk('disk_written_bytes_per_second', 'node_disk_written_bytes_total'),

  traffic('network_receive_bytes_per_second', 'node_network_receive_bytes_total'),
  traffic('network_transmit_bytes_per_second', 'node_network_transmit_bytes_total'),
  // Virtual interfaces report -1 Mbit/s: unknown, not slow.
  {
    ...network,
    indicator: 'network_speed_bytes_per_second',
    read: 'value',
    plus: [{ metric: 'node_network_speed_bytes' }],
    above: 0,
  },
  // Bad packets are not among the good ones, so both are what there was.
  {
    ...network,
    indicator: 'network_errors_ratio',
    read: 'rate',
    plus: BAD_PACKETS,
    over: [...packets('packets'), ...BAD_PACKETS],
  },
  { ...network, indicator: 'interface_up', read: 'value', plus: [{ metric: 'node_network_up' }] },

  // Chips number their sensors alike: temp1 alone names nothing.
  {
    indicator: 'temperature_celsius',
    read: 'value',
    item: ['chip', 'sensor'],
    plus: [{ metric: 'node_hwmon_temp_celsius' }],
  },
  {
    indicator: 'temperature_celsius',
    read: 'value',
    item: ['type', 'zone'],
    plus: [{ metric: 'node_thermal_zone_temp' }],
  },
  {
    indicator: 'uptime_seconds',
    read: 'value',
    plus: [{ metric: 'node_time_seconds' }],
    minus: [{ metric: 'node_boot_time_seconds' }],
  },
  {
    indicator: 'uptime_seconds',
    read: 'value',
    plus: [{ metric: 'node_boot_time_seconds' }],
    minusTime: true,
    scale: -1,
  },
  // A kernel that nobody disciplines reports an offset of 0, which is not a measurement.
  {
    indicator: 'clock_offset_seconds',
    read: 'value',
    plus: [{ metric: 'node_timex_offset_seconds' }],
    when: { metric: 'node_timex_sync_status' },
  },
  value('clock_offset_seconds', 'watchkeeper_agent_clock_offset_seconds'),
];
