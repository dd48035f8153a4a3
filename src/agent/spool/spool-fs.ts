/**
 * The few file operations the spool is built on, as a parameter: tests put a simulated disk behind
 * them that forgets, tears and reorders whatever was not synced.
 */
import * as fs from 'node:fs';

export interface AppendFile {
  /** Adds at the end. When it throws, part of the data may be in the file. */
  append(data: Uint8Array): Promise<void>;
  /** Content and length are on stable storage when it returns; the file's name is not. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface Space {
  readonly totalBytes: number;
  /** Free to an unprivileged process. */
  readonly freeBytes: number;
}

export interface SpoolFs {
  /** With parents, mode 0700; nothing to do when it exists. */
  makeDirectory(path: string): Promise<void>;
  /** Names of the files in it, in no order. */
  list(path: string): Promise<readonly string[]>;
  size(path: string): Promise<number>;
  /** A new file, mode 0600. Throws EEXIST. */
  create(path: string): Promise<AppendFile>;
  /** Up to `length` bytes from `offset`; fewer at the end of the file. */
  read(path: string, offset: number, length: number): Promise<Buffer>;
  truncate(path: string, length: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** New, renamed and removed names of a directory are on stable storage when it returns. */
  syncDirectory(path: string): Promise<void>;
  space(path: string): Promise<Space>;
}

/** What systems answer that cannot sync a directory (Windows, some network file systems). */
const DIRECTORY_SYNC_UNKNOWN = new Set(['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP']);

/** Waits for the disk, so it goes to the thread pool. */
function synced(descriptor: number, sync: typeof fs.fdatasync): Promise<void> {
  return new Promise((resolve, reject) => {
    sync(descriptor, (error) => (error ? reject(error) : resolve()));
  });
}

function appendFile(descriptor: number): AppendFile {
  return {
    append: async (data) => {
      for (let sent = 0; sent < data.length; ) {
        sent += fs.writeSync(descriptor, data, sent, data.length - sent);
      }
    },
    sync: () => synced(descriptor, fs.fdatasync),
    close: async () => fs.closeSync(descriptor),
  };
}

function readPart(path: string, offset: number, length: number): Buffer {
  const target = Buffer.allocUnsafe(length);
  const descriptor = fs.openSync(path, 'r');
  try {
    let filled = 0;
    for (let more = -1; more !== 0 && filled < length; filled += more) {
      more = fs.readSync(descriptor, target, filled, length - filled, offset + filled);
    }
    return target.subarray(0, filled);
  } finally {
    fs.closeSync(descriptor);
  }
}

async function syncDirectory(path: string): Promise<void> {
  const descriptor = fs.openSync(path, 'r');
  try {
    await synced(descriptor, fs.fsync);
  } catch (error) {
    if (!DIRECTORY_SYNC_UNKNOWN.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * The real file system. What the page cache answers is done at once: a trip to the thread pool
 * costs ten times as much as the call.
 */
export const nodeSpoolFs: SpoolFs = Object.freeze({
  makeDirectory: async (path: string) => {
    fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  },
  list: async (path: string) =>
    fs
      .readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name),
  size: async (path: string) => fs.statSync(path).size,
  create: async (path: string) => appendFile(fs.openSync(path, 'ax', 0o600)),
  read: async (path: string, offset: number, length: number) => readPart(path, offset, length),
  truncate: async (path: string, length: number) => fs.truncateSync(path, length),
  rename: async (from: string, to: string) => fs.renameSync(from, to),
  unlink: async (path: string) => fs.unlinkSync(path),
  syncDirectory,
  space: async (path: string) => {
    const { blocks, bavail, bsize } = fs.statfsSync(path);
    return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
  },
});
