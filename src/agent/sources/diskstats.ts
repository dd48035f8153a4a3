/** Disk counters, from /proc/diskstats (kernel: Documentation/admin-guide/iostats.rst). */
import { numberOf, readProc, wordsOf } from './lines.ts';
import { counter, gauge } from './metric.ts';
import type { Host, Source } from './sources.ts';

/** Partitions, loop and RAM disks: what they do is counted at the disk below. */
const EXCLUDED = /^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/;

const SECTOR_BYTES = 512;
const MS = 1_000;
const SPENT = 'This is the total number of seconds spent by all';

/** In the kernel's order: name, what multiplies and what divides the kernel's figure, help. */
const FIELDS: readonly (readonly [string, number, number, string])[] = (
  [
    ['reads_completed_total', 1, 1, 'The total number of reads completed successfully.'],
    ['reads_merged_total', 1, 1, 'The total number of reads merged.'],
    ['read_bytes_total', SECTOR_BYTES, 1, 'The total number of bytes read successfully.'],
    ['read_time_seconds_total', 1, MS, 'The total number of seconds spent by all reads.'],
    ['writes_completed_total', 1, 1, 'The total number of writes completed successfully.'],
    ['writes_merged_total', 1, 1, 'The number of writes merged.'],
    ['written_bytes_total', SECTOR_BYTES, 1, 'The total number of bytes written successfully.'],
    ['write_time_seconds_total', 1, MS, `${SPENT} writes.`],
    ['io_now', 1, 1, 'The number of I/Os currently in progress.'],
    ['io_time_seconds_total', 1, MS, 'Total seconds spent doing I/Os.'],
    ['io_time_weighted_seconds_total', 1, MS, 'The weighted # of seconds spent doing I/Os.'],
    ['discards_completed_total', 1, 1, 'The total number of discards completed successfully.'],
    ['discards_merged_total', 1, 1, 'The total number of discards merged.'],
    ['discarded_sectors_total', 1, 1, 'The total number of sectors discarded successfully.'],
    ['discard_time_seconds_total', 1, MS, `${SPENT} discards.`],
    ['flush_requests_total', 1, 1, 'The total number of flush requests completed successfully'],
    ['flush_requests_time_seconds_total', 1, MS, `${SPENT} flush requests.`],
  ] as const
).map(([name, times, over, help]) => [`node_disk_${name}`, times, over, help]);

/** Properties that udev keeps of a disk, by label. */
const UDEV: readonly (readonly [string, readonly string[]])[] = [
  ['path', ['ID_PATH']],
  ['wwn', ['ID_WWN']],
  ['model', ['ID_MODEL']],
  ['serial', ['SCSI_IDENT_SERIAL', 'ID_SERIAL_SHORT']],
  ['revision', ['ID_REVISION']],
];

function udevLabels(host: Host, major: string, minor: string): string[] {
  const text = host.fact(`${host.rootfsPath}/run/udev/data/b${major}:${minor}`) ?? '';
  const properties = new Map(
    text
      .split('\n')
      .filter((line) => line.startsWith('E:'))
      .map((line) => [line.slice(2, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  return UDEV.flatMap(([label, keys]) => {
    const key = keys.find((k) => properties.has(k));
    return [label, properties.get(key ?? '') ?? ''];
  });
}

export const diskstats: Source = {
  name: 'diskstats',
  metrics: {
    ...Object.fromEntries(
      FIELDS.map(([name, , , help]) => [
        name,
        name.endsWith('_total') ? counter(help) : gauge(help),
      ]),
    ),
    node_disk_info: gauge('Info of /sys/block/<block_device>.'),
  },
  missing: () => null,
  collect: (host, emit) => {
    for (const line of readProc(host, 'diskstats', '').split('\n')) {
      const [major = '', minor = '', device, ...figures] = wordsOf(line);
      if (device === undefined || EXCLUDED.test(device)) continue;
      const facts = udevLabels(host, major, minor);
      emit('node_disk_info', 1, 'device', device, 'major', major, 'minor', minor, ...facts);
      FIELDS.forEach(([name, times, over], i) => {
        emit(name, (numberOf(figures[i]) * times) / over, 'device', device);
      });
    }
  },
};
