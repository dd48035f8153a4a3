import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseMountInfo,
  readMountInfo,
  unescapeOctal,
  watchedMounts,
} from '../../../src/agent/sources/mounts.ts';

const line = (
  mountpoint: string,
  { id = '8:1', type = 'ext4', device = '/dev/sda1', options = 'rw', superOptions = 'rw' } = {},
): string =>
  `36 35 ${id} / ${mountpoint} ${options} shared:1 - ${type} ${device} ${superOptions}\n`;

/** How the kernel writes a path: blank, tab, line end and backslash as octal. */
const escaped = (path: string): string =>
  path.replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);

describe('octal escapes', () => {
  test('blank, tab, line end and backslash', () => {
    expect(unescapeOctal('/mnt/a\\040b\\011c\\012d\\134e')).toBe('/mnt/a b\tc\nd\\e');
  });

  test('a backslash that is no escape stays', () => {
    expect(unescapeOctal('/mnt/\\9\\04')).toBe('/mnt/\\9\\04');
  });

  test('every path comes back as it was', () => {
    fc.assert(
      fc.property(fc.string(), (path) => {
        expect(unescapeOctal(escaped(path))).toBe(path);
      }),
    );
  });
});

describe('parseMountInfo', () => {
  test('fields, with any number of optional ones before the dash', () => {
    const [mount] = parseMountInfo(
      '36 35 98:0 /mnt1 /mnt/parent rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue\n',
    );
    expect(mount).toEqual({
      id: '98:0',
      mountpoint: '/mnt/parent',
      type: 'ext3',
      device: '/dev/root',
      readonly: false,
    });
  });

  test('read-only by its mount or by its file system', () => {
    const texts = [line('/a', { options: 'ro,nodev' }), line('/b', { superOptions: 'ro' })];
    expect(parseMountInfo(texts.join('')).map((m) => m.readonly)).toEqual([true, true]);
    expect(parseMountInfo(line('/c', { superOptions: 'rw,errors=remount-ro' }))[0]?.readonly).toBe(
      false,
    );
  });

  test('lines of another form are passed over', () => {
    expect(parseMountInfo(`garbage\n\n1 2 3\n - \n${line('/')}`)).toHaveLength(1);
  });
});

describe('watchedMounts', () => {
  const watched = (text: string): string[] =>
    watchedMounts(parseMountInfo(text)).map((mount) => mount.mountpoint);

  test('of several places of one file system the shortest stands for it', () => {
    expect(watched(line('/srv/www') + line('/srv') + line('/var/www'))).toEqual(['/srv']);
  });

  test('file systems of one kind without a device stay apart', () => {
    const tmpfs = (mountpoint: string, id: string) =>
      line(mountpoint, { id, type: 'tmpfs', device: 'tmpfs' });
    expect(watched(tmpfs('/tmp', '0:40') + tmpfs('/run', '0:41'))).toEqual(['/tmp', '/run']);
  });

  test('what is mounted over another hides it', () => {
    const mounts = watchedMounts(
      parseMountInfo(line('/srv', { id: '8:1' }) + line('/srv', { id: '8:2', device: '/dev/sdb' })),
    );
    expect(mounts.map((mount) => mount.device)).toEqual(['/dev/sdb']);
  });

  test.each(['proc', 'sysfs', 'cgroup2', 'overlay', 'squashfs', 'devtmpfs', 'autofs', 'nsfs'])(
    '%s is no file system to watch',
    (type) => {
      expect(watched(line('/somewhere', { type }))).toEqual([]);
    },
  );

  test.each([
    ['/dev/shm', false],
    ['/sys/firmware', false],
    ['/run/credentials/x.service', false],
    ['/var/lib/docker/volumes/1', false],
    ['/device', true],
    ['/mnt/disk', true],
    ['/var/lib/docker', true],
    ['/run', true],
  ])('%s is watched: %s', (mountpoint, expected) => {
    expect(watched(line(mountpoint)).length === 1).toBe(expected);
  });
});

describe('patience', () => {
  const patience = (text: string): Record<string, string> =>
    Object.fromEntries(readMountInfo(text).map((m) => [m.mountpoint, m.patience]));

  test('by kind of file system', () => {
    const mounts = [
      ['/', 'ext4', 'memory'],
      ['/data', 'xfs', 'memory'],
      ['/pool', 'zfs', 'disk'],
      ['/nfs', 'nfs4', 'remote'],
      ['/smb', 'cifs', 'remote'],
      ['/ssh', 'fuse.sshfs', 'remote'],
      ['/host', 'virtiofs', 'remote'],
    ] as const;
    const text = mounts.map(([path, type], i) => line(path, { id: `9:${i}`, type })).join('');
    expect(patience(text)).toEqual(Object.fromEntries(mounts.map(([path, , p]) => [path, p])));
  });

  test('below a remote mount everything is remote', () => {
    const text =
      line('/nfs', { id: '0:9', type: 'nfs' }) +
      line('/nfs/disk', { id: '8:5' }) +
      line('/nfs-local', { id: '8:6' });
    expect(patience(text)).toEqual({
      '/nfs': 'remote',
      '/nfs/disk': 'remote',
      '/nfs-local': 'memory',
    });
  });

  test('below an automounter too, though it is not watched itself', () => {
    const text = line('/home', { id: '0:7', type: 'autofs' }) + line('/home/li', { id: '8:7' });
    expect(patience(text)).toEqual({ '/home/li': 'remote' });
  });

  test('everything is below a remote root', () => {
    const text = line('/', { id: '0:9', type: 'nfs' }) + line('/srv', { id: '8:5' });
    expect(patience(text)).toEqual({ '/': 'remote', '/srv': 'remote' });
  });
});
