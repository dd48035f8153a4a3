import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesystem } from '../../../src/agent/sources/filesystem.ts';
import type { FileSystemSizes, Statfs } from '../../../src/agent/sources/sources.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { hostOf, linesOf, put } from './fixture-host.ts';

const mount = (path: string, id: string, type: string): string =>
  `36 35 ${id} / ${path} rw - ${type} /dev/${type} rw\n`;
const ROOT = mount('/', '8:1', 'ext4');
const NAS = mount('/nas', '0:9', 'nfs4');
const HOME = mount('/home', '8:2', 'btrfs');

const SIZES: FileSystemSizes = {
  sizeBytes: 2 ** 60,
  freeBytes: 2,
  availableBytes: 1,
  files: 0,
  filesFree: 0,
};
const unreachable = (): never => {
  throw new Error('ENOENT');
};

/** A host on which the paths that end with `hanging` never answer. */
function hostWithNas(mountinfo: string, hanging: string) {
  const asked: string[] = [];
  const statfs: Statfs = {
    now: (path) => {
      asked.push(path);
      return SIZES;
    },
    later: (path) => {
      asked.push(path);
      return path.endsWith(hanging) ? new Promise(() => {}) : Promise.resolve(SIZES);
    },
  };
  const clock = manualClock();
  const host = hostOf({ 'proc/1/mountinfo': mountinfo }, { statfs, clock });
  return { host, clock, asked };
}

test('a dead network mount is reported as in error; the others have their sizes', async () => {
  const { host, clock } = hostWithNas(ROOT + NAS + HOME, '/nas');
  const reading = linesOf(host, filesystem);
  await clock.advance(1_000);
  const lines = await reading;
  const errors = lines.filter((line) => line.startsWith('node_filesystem_device_error'));
  expect(errors).toEqual([
    'node_filesystem_device_error{device="/dev/ext4",fstype="ext4",mountpoint="/"} 0',
    'node_filesystem_device_error{device="/dev/nfs4",fstype="nfs4",mountpoint="/nas"} 1',
    'node_filesystem_device_error{device="/dev/btrfs",fstype="btrfs",mountpoint="/home"} 0',
  ]);
  const nas = lines.filter((line) => line.includes('/nas'));
  expect(nas).toHaveLength(1);
});

test('while it hangs, readings take no time at all', async () => {
  const { host, clock, asked } = hostWithNas(ROOT + NAS, '/nas');
  const first = linesOf(host, filesystem);
  await clock.advance(1_000);
  await first;
  expect(await linesOf(host, filesystem)).toHaveLength(8);
  expect(asked.filter((path) => path.endsWith('/nas'))).toHaveLength(1);
});

test('on a plain host the reading is over when collect returns', () => {
  const { host } = hostWithNas(ROOT, '/nas');
  const names: string[] = [];
  const result = filesystem.collect(host, (name) => names.push(name), new AbortController().signal);
  expect(result).toBeUndefined();
  expect(names).toHaveLength(7);
});

test('after the deadline of the sampler nothing more is emitted', async () => {
  const { host } = hostWithNas(HOME, '/nas');
  const abort = new AbortController();
  const names: string[] = [];
  const reading = filesystem.collect(host, (name) => names.push(name), abort.signal);
  abort.abort();
  await reading;
  expect(names).toEqual([]);
});

test('looks at the host below rootfsPath and names the mount point without it', async () => {
  const { host, asked } = hostWithNas(mount('/srv', '8:3', 'xfs'), '/nas');
  expect((await linesOf(host, filesystem))[0]).toContain('mountpoint="/srv"');
  expect(asked).toEqual([join(host.root, 'rootfs/srv')]);
});

test('a mount that may not be looked at is in error', async () => {
  const host = hostOf(
    { 'proc/1/mountinfo': ROOT },
    { statfs: { now: unreachable, later: async () => unreachable() } },
  );
  expect(await linesOf(host, filesystem)).toEqual([
    'node_filesystem_device_error{device="/dev/ext4",fstype="ext4",mountpoint="/"} 1',
  ]);
});

test('a new mount is seen at the next reading', async () => {
  const { host } = hostWithNas(ROOT, '/nas');
  expect(await linesOf(host, filesystem)).toHaveLength(7);
  put(host.root, 'proc/1/mountinfo', ROOT + HOME);
  expect(await linesOf(host, filesystem)).toHaveLength(14);
});

test('a file system that the unit of the agent hides behind another is in error', async () => {
  const data = mount('/home', '8:9', 'ext4');
  const { host, asked } = hostWithNas(ROOT + data, '/nas');
  const inRootfs = (text: string): string => text.replaceAll(' / /', ` / ${host.root}/rootfs/`);
  const inaccessible = mount('/home', '0:24', 'tmpfs');
  put(host.root, 'proc/self/mountinfo', inRootfs(ROOT + data + inaccessible));
  const lines = await linesOf(host, filesystem);
  expect(lines.filter((line) => line.includes('/home'))).toEqual([
    'node_filesystem_device_error{device="/dev/ext4",fstype="ext4",mountpoint="/home"} 1',
  ]);
  expect(asked.filter((path) => path.endsWith('/home'))).toEqual([]);
  expect(lines).toHaveLength(8);

  put(host.root, 'proc/self/mountinfo', inRootfs(ROOT + data));
  expect(await linesOf(host, filesystem)).toHaveLength(14);
});

test('without the mounts of process 1 its own are read', async () => {
  const host = hostOf({ 'proc/self/mountinfo': ROOT });
  mkdirSync(join(host.root, 'proc/1/mountinfo'), { recursive: true });
  expect(await linesOf(host, filesystem)).toHaveLength(7);
});

test('without any mounts to read it fails', async () => {
  expect(() => filesystem.collect(hostOf({}), () => {}, new AbortController().signal)).toThrow(
    'mountinfo',
  );
});
