/**
 * The indicators: resource figures of a device that rules and reports speak of. Names are fixed
 * by contract (they stay); ratios are 0–1, everything else is in base units.
 */
export type Unit =
  | 'ratio'
  | 'bytes'
  | 'bytes_per_second'
  | 'seconds'
  | 'celsius'
  | 'cores'
  | 'days'
  | 'count';

export interface IndicatorKind {
  readonly unit: Unit;
  /** The label that names the item where a device has several (a mount point, a disk …). */
  readonly item: 'mountpoint' | 'device' | 'interface' | 'database' | 'sensor' | null;
  readonly help: string;
  readonly helpZh: string;
}

const kind = (
  unit: Unit,
  item: IndicatorKind['item'],
  help: string,
  helpZh: string,
): IndicatorKind => Object.freeze({ unit, item, help, helpZh });

export const INDICATORS = Object.freeze({
  cpu_used_ratio: kind('ratio', null, 'CPU time not idle, of all cores', 'CPU 使用率'),
  cpu_cores: kind('cores', null, 'Logical processors', '逻辑处理器数'),
  cpu_iowait_ratio: kind('ratio', null, 'CPU time waiting for disks', 'CPU 等待磁盘占比'),
  cpu_steal_ratio: kind('ratio', null, 'CPU time taken by the hypervisor', 'CPU 被宿主机占用占比'),
  load1: kind('count', null, 'Load average of one minute', '1 分钟平均负载'),
  memory_used_bytes: kind('bytes', null, 'Memory not available to programs', '已用内存'),
  memory_size_bytes: kind('bytes', null, 'Memory fitted', '内存容量'),
  memory_used_ratio: kind(
    'ratio',
    null,
    'Memory in use where its size is unknown',
    '内存使用率（容量未知）',
  ),
  swap_used_bytes: kind('bytes', null, 'Swap in use', '已用交换空间'),
  swap_size_bytes: kind('bytes', null, 'Swap configured', '交换空间容量'),
  oom_kills_total: kind('count', null, 'Processes killed for lack of memory', '内存不足终止进程数'),
  filesystem_used_bytes: kind('bytes', 'mountpoint', 'File system in use', '文件系统已用'),
  filesystem_size_bytes: kind('bytes', 'mountpoint', 'File system size', '文件系统容量'),
  filesystem_inodes_used_ratio: kind('ratio', 'mountpoint', 'Inodes in use', 'inode 使用率'),
  filesystem_readonly: kind('count', 'mountpoint', '1 when nothing can be written', '文件系统只读'),
  disk_busy_ratio: kind('ratio', 'device', 'Time the disk had work', '磁盘繁忙度'),
  disk_read_bytes_per_second: kind('bytes_per_second', 'device', 'Read from disk', '磁盘读取速率'),
  disk_written_bytes_per_second: kind(
    'bytes_per_second',
    'device',
    'Written to disk',
    '磁盘写入速率',
  ),
  network_receive_bytes_per_second: kind(
    'bytes_per_second',
    'interface',
    'Received',
    '网络接收速率',
  ),
  network_transmit_bytes_per_second: kind('bytes_per_second', 'interface', 'Sent', '网络发送速率'),
  network_speed_bytes_per_second: kind('bytes_per_second', 'interface', 'Link speed', '链路速率'),
  network_errors_ratio: kind('ratio', 'interface', 'Packets in error or dropped', '网络错误包占比'),
  interface_up: kind('count', 'interface', '1 when the link is up', '接口状态'),
  interface_flaps: kind(
    'count',
    'interface',
    'Link changes in 15 minutes',
    '15 分钟内链路变化次数',
  ),
  database_used_bytes: kind('bytes', 'database', 'Database in use', '数据库已用空间'),
  database_limit_bytes: kind(
    'bytes',
    'database',
    'What the database may grow to',
    '数据库空间上限',
  ),
  reachable: kind('count', null, 'Share of the watching agents that get an answer', '可达性'),
  round_trip_seconds: kind('seconds', null, 'Round trip', '往返时延'),
  loss_ratio: kind('ratio', null, 'Probes lost', '丢包率'),
  certificate_days_left: kind('days', null, 'Until the TLS certificate ends', '证书剩余天数'),
  temperature_celsius: kind('celsius', 'sensor', 'Temperature', '温度'),
  uptime_seconds: kind('seconds', null, 'Since the last start', '运行时长'),
  clock_offset_seconds: kind('seconds', null, 'Clock offset', '时钟偏差'),
});

export type IndicatorName = keyof typeof INDICATORS;

export function isIndicatorName(name: string): name is IndicatorName {
  return Object.hasOwn(INDICATORS, name);
}

/** One indicator value of one device. `item` is '' where the indicator has no item label. */
export interface IndicatorValue {
  readonly device: string;
  readonly indicator: IndicatorName;
  readonly item: string;
  /** Unix milliseconds of the newest sample that made it. */
  readonly timeMs: number;
  readonly value: number;
}
