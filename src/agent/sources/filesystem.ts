/** Space and inodes of file systems, by statfs(2) on what is mounted. */
import { Failure } from '../../shared/errors.ts';
import { parseOnce } from './lines.ts';
import { gauge } from './metric.ts';
import { type Mount, parseMountInfo, readMountInfo, type WatchedMount } from './mounts.ts';
import type { Emit, FileSystemSizes, Host, Source } from './sources.ts';

const watchedMounts = parseOnce(readMountInfo);
const idsByPath = parseOnce(
  (text) => new Map(parseMountInfo(text).map(({ mountpoint, id }) => [mountpoint, id])),
);

/** The mounts of process 1 are the host's; those of the agent may be narrowed by its unit. */
function readMounts(host: Host): { readonly hosts: string; readonly own: string } {
  const own = readOrNull(host, `${host.procPath}/self/mountinfo`) ?? '';
  const hosts = readOrNull(host, `${host.procPath}/1/mountinfo`) ?? own;
  if (hosts !== '') return { hosts, own };
  throw new Failure('io', `cannot read ${host.procPath}/self/mountinfo`, {
    hint: 'mount /proc, and name it with the option procPath when it is mounted elsewhere',
  });
}

function readOrNull(host: Host, path: string): string | null {
  try {
    return host.live(path);
  } catch {
    return null;
  }
}

/**
 * Where the agent sees another file system than the host does (a unit with ProtectHome=yes puts an
 * empty one over /home), its sizes would be those of the wrong one.
 */
function isHidden(path: string, mount: Mount, own: string): boolean {
  const seen = idsByPath(own).get(path);
  return seen !== undefined && seen !== mount.id;
}

function emitMount(emit: Emit, mount: WatchedMount, sizes: FileSystemSizes | null): void {
  const { device, type, mountpoint, readonly } = mount;
  const labels = ['device', device, 'fstype', type, 'mountpoint', mountpoint];
  emit('node_filesystem_device_error', sizes === null ? 1 : 0, ...labels);
  if (sizes === null) return;
  emit('node_filesystem_size_bytes', sizes.sizeBytes, ...labels);
  emit('node_filesystem_free_bytes', sizes.freeBytes, ...labels);
  emit('node_filesystem_avail_bytes', sizes.availableBytes, ...labels);
  emit('node_filesystem_files', sizes.files, ...labels);
  emit('node_filesystem_files_free', sizes.filesFree, ...labels);
  emit('node_filesystem_readonly', readonly ? 1 : 0, ...labels);
}

async function emitSlow(
  host: Host,
  mounts: readonly WatchedMount[],
  take: (mount: WatchedMount, sizes: FileSystemSizes | null) => void,
): Promise<void> {
  const sizes = await host.sizes(
    mounts.map(({ mountpoint, patience }) => ({
      path: host.rootfsPath + mountpoint,
      remote: patience === 'remote',
    })),
  );
  mounts.forEach((mount, index) => {
    take(mount, sizes[index] ?? null);
  });
}

export const filesystem: Source = {
  name: 'filesystem',
  metrics: {
    node_filesystem_size_bytes: gauge('Filesystem size in bytes.'),
    node_filesystem_free_bytes: gauge('Filesystem free space in bytes.'),
    node_filesystem_avail_bytes: gauge('Filesystem space available to non-root users in bytes.'),
    node_filesystem_files: gauge('Filesystem total file nodes.'),
    node_filesystem_files_free: gauge('Filesystem total free file nodes.'),
    node_filesystem_readonly: gauge('Filesystem read-only status.'),
    node_filesystem_device_error: gauge(
      'Whether an error occurred while getting statistics for the given device.',
    ),
  },
  missing: () => null,
  collect: (host, emit, signal) => {
    const { hosts, own } = readMounts(host);
    const slow: WatchedMount[] = [];
    for (const mount of watchedMounts(hosts)) {
      const path = host.rootfsPath + mount.mountpoint;
      if (hosts !== own && isHidden(path, mount, own)) emitMount(emit, mount, null);
      else if (mount.patience === 'memory') emitMount(emit, mount, host.sizesNow(path));
      else slow.push(mount);
    }
    if (slow.length === 0) return undefined;
    return emitSlow(host, slow, (mount, sizes) => {
      if (!signal.aborted) emitMount(emit, mount, sizes);
    });
  },
};
