/** What is mounted: parses mountinfo and picks the file systems worth watching. */

export interface Mount {
  /** `254:0`: equal numbers, the same file system. */
  readonly id: string;
  readonly mountpoint: string;
  readonly type: string;
  readonly device: string;
  readonly readonly: boolean;
}

/** Without storage of their own, or full by nature (images). node_exporter's default, and erofs. */
const PSEUDO_TYPES = new Set([
  ...['autofs', 'binfmt_misc', 'bpf', 'cgroup', 'cgroup2', 'configfs', 'debugfs', 'devpts'],
  ...['devtmpfs', 'erofs', 'fusectl', 'hugetlbfs', 'iso9660', 'mqueue', 'nsfs', 'overlay'],
  ...['proc', 'procfs', 'pstore', 'rpc_pipefs', 'securityfs', 'selinuxfs', 'squashfs', 'sysfs'],
  'tracefs',
]);

/** node_exporter's default. */
const EXCLUDED_PATH =
  /^\/(dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/;

/** A server, a user's process or another machine answers for these, or does not. */
const REMOTE_TYPE =
  /^(nfs\d?|cifs|smb\w*|ncpfs|afs|ceph|glusterfs|lustre|beegfs|gfs2?|ocfs2|9p|virtiofs|davfs|fuse(\..*)?|autofs)$/;

/** Their statfs adds up counters in memory and never waits for a disk. */
const IN_MEMORY_TYPE = /^(ext[234]|xfs|tmpfs|vfat)$/;

/** Blanks, line ends and backslashes stand as three octal digits: `\040`. */
export function unescapeOctal(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/**
 * One mount per line of /proc/PID/mountinfo (proc(5)):
 * `36 35 98:0 /root /mount/point rw,noatime shared:1 - ext4 /dev/sda1 rw,errors=continue`.
 * Lines of another form are passed over.
 */
export function parseMountInfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const [left = '', right = ''] = line.split(' - ', 2);
    const [, , id, , mountpoint, options] = left.split(' ');
    const [type, device, superOptions] = right.split(' ');
    if (id === undefined || mountpoint === undefined || type === undefined) continue;
    mounts.push({
      id,
      mountpoint: unescapeOctal(mountpoint),
      type,
      device: unescapeOctal(device ?? ''),
      readonly: isReadOnly(options) || isReadOnly(superOptions),
    });
  }
  return mounts;
}

const isReadOnly = (options: string | undefined): boolean =>
  options?.split(',').includes('ro') ?? false;

/**
 * The file systems to watch. A mount hides what was mounted on the same place before; of several
 * places of one file system (bind mounts) the shortest name stands for it.
 */
export function watchedMounts(mounts: readonly Mount[]): Mount[] {
  const visible = new Map(mounts.map((mount) => [mount.mountpoint, mount]));
  const chosen = new Map<string, Mount>();
  for (const mount of visible.values()) {
    if (PSEUDO_TYPES.has(mount.type) || EXCLUDED_PATH.test(mount.mountpoint)) continue;
    const other = chosen.get(mount.id);
    if (other === undefined || mount.mountpoint.length < other.mountpoint.length) {
      chosen.set(mount.id, mount);
    }
  }
  return [...chosen.values()];
}

/** How long the sizes of a file system may take: no time, the time of a disk, or for ever. */
export type Patience = 'memory' | 'disk' | 'remote';

/** A mount below a remote one is remote itself: the way to it leads over the server. */
export function patienceOf(mounts: readonly Mount[]): (mount: Mount) => Patience {
  const remote = mounts.filter(({ type }) => REMOTE_TYPE.test(type));
  const isBelow = (path: string, root: string): boolean =>
    path === root || path.startsWith(root === '/' ? root : `${root}/`);
  return ({ mountpoint, type }) => {
    if (remote.some((mount) => isBelow(mountpoint, mount.mountpoint))) return 'remote';
    return IN_MEMORY_TYPE.test(type) ? 'memory' : 'disk';
  };
}

/** A mount to watch, and the patience it needs. */
export interface WatchedMount extends Mount {
  readonly patience: Patience;
}

export function readMountInfo(text: string): WatchedMount[] {
  const mounts = parseMountInfo(text);
  const patience = patienceOf(mounts);
  return watchedMounts(mounts).map((mount) => ({ ...mount, patience: patience(mount) }));
}
