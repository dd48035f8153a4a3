import { expect, test } from 'vitest';
import { diskstats } from '../../../src/agent/sources/diskstats.ts';
import { hostOf, linesOf } from './fixture-host.ts';

const row = (device: string, figures = '1 0 2 3 4 0 5 6 0 7 8'): string =>
  `   8       0 ${device} ${figures}\n`;

test.each([...['sda1', 'vdb2', 'hda3', 'xvdf1', 'nvme0n1p2', 'loop0', 'ram15', 'fd0']])(
  '%s is left out',
  async (device) => {
    const host = hostOf({ 'proc/diskstats': row(device) });
    expect(await linesOf(host, diskstats)).toEqual([]);
  },
);

test.each([...['sda', 'sdaa', 'vdb', 'nvme10n2', 'dm-3', 'md127', 'mmcblk0', 'cciss/c0d0']])(
  '%s is a disk',
  async (device) => {
    const host = hostOf({ 'proc/diskstats': row(device) });
    expect(await linesOf(host, diskstats)).toContain(
      `node_disk_read_bytes_total{device="${device}"} 1024`,
    );
  },
);

test('kernels of different age give 11, 15 or 17 figures; none is made up', async () => {
  const counts: number[] = [];
  for (const length of [11, 15, 17]) {
    const host = hostOf({ 'proc/diskstats': row('sda', Array(length).fill('1').join(' ')) });
    counts.push((await linesOf(host, diskstats)).length - 1);
  }
  expect(counts).toEqual([11, 15, 17]);
});

test('a host without disks has nothing to say', async () => {
  expect(await linesOf(hostOf({ 'proc/diskstats': '' }), diskstats)).toEqual([]);
});

test('the serial number of a SCSI disk is the one printed on it', async () => {
  const host = hostOf({
    'proc/diskstats': row('sda'),
    'rootfs/run/udev/data/b8:0': 'E:ID_SERIAL_SHORT=5000c500\nE:SCSI_IDENT_SERIAL=ZA1B\n',
  });
  expect(await linesOf(host, diskstats)).toContain(
    'node_disk_info{device="sda",major="8",minor="0",serial="ZA1B"} 1',
  );
});

test('a word among the figures fails the source', async () => {
  const host = hostOf({ 'proc/diskstats': row('sda', '1 0 two 3') });
  await expect(linesOf(host, diskstats)).rejects.toThrow('"two" is not a number');
});
