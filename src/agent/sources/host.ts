/**
 * The real host. Reads are synchronous: /proc and /sys answer from memory, and a promise per file
 * would cost more than the file. What may block goes to the thread pool instead.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import { Failure, messageOf } from '../../shared/errors.ts';
import { createSizes } from './sizes.ts';
import type { FileSystemSizes, Host, HostOptions, Statfs } from './sources.ts';

/** Ticks per second of the times in /proc, fixed for user space on every architecture we run on. */
export const USER_HZ = 100;

/** How long a fact (an address, a serial number, an interface's speed) may be old. */
export const FACT_MS = 150_000;

/**
 * Answers that mean "there is no such thing" rather than "could not look": no file, no device, no
 * such process any more, or an attribute that this device does not have (EINVAL, EOPNOTSUPP).
 */
const NOTHING_THERE = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENODEV',
  'ENXIO',
  'ENODATA',
  'ESRCH',
  'EINVAL',
  'EOPNOTSUPP',
  'ENOTSUP',
]);

export function createHost(options: HostOptions): Host {
  const { clock, statfs = systemStatfs } = options;
  let facts = new Map<string, string | null>();
  let factsUntil = 0;

  const fact = (path: string): string | null => {
    if (clock.monotonic() >= factsUntil) {
      facts = new Map();
      factsUntil = clock.monotonic() + FACT_MS;
    }
    let text = facts.get(path);
    if (text === undefined) {
      text = orNull(() => readText(path)?.trim() ?? null);
      facts.set(path, text);
    }
    return text;
  };

  return Object.freeze({
    procPath: options.procPath ?? '/proc',
    sysPath: options.sysPath ?? '/sys',
    // Mount points begin with a slash: `/` is no prefix, and `/host/` is `/host`.
    rootfsPath: (options.rootfsPath ?? '').replace(/\/+$/, ''),
    clock,
    os: options.os ?? os,
    text: readText,
    live: createLiveFiles(),
    line: (path: string) => readText(path)?.trim() ?? null,
    slowLine: readSlowly,
    fact,
    list: listNames,
    realPath: (path: string) => orNull(() => fs.realpathSync(path)),
    sizesNow: (path: string) => orNull(() => statfs.now(path)),
    sizes: createSizes({ clock, statfs: statfs.later }),
    clockOffset: options.clockOffset ?? (() => Number.NaN),
    systemInformation: options.systemInformation ?? (() => import('systeminformation')),
  });
}

/** Opens, reads and closes in one call of Node's: there is nothing faster for a file read once. */
function readText(path: string): string | null {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    return nothingOrThrow(error, path);
  }
}

/**
 * Files that stay open: reading one again from its start costs half of opening it again. One buffer
 * serves all; it grows to the largest file seen (/proc/stat of a host with many interrupts).
 */
function createLiveFiles(): (path: string) => string | null {
  const open = new Map<string, number>();
  let buffer = Buffer.allocUnsafeSlow(16 * 1024);

  /** To the end: the kernel hands out long files of /proc a page or so at a time. */
  const readAll = (fd: number): string => {
    let length = 0;
    for (;;) {
      const more = fs.readSync(fd, buffer, length, buffer.length - length, length);
      if (more === 0) return buffer.toString('utf8', 0, length);
      length += more;
      if (length === buffer.length) buffer = Buffer.concat([buffer], 2 * length);
    }
  };
  return (path) => {
    try {
      const fd = open.get(path) ?? fs.openSync(path, fs.constants.O_RDONLY);
      open.set(path, fd);
      return readAll(fd);
    } catch (error) {
      const fd = open.get(path);
      if (fd !== undefined) fs.closeSync(fd);
      open.delete(path);
      return nothingOrThrow(error, path);
    }
  };
}

function readSlowly(path: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    fs.readFile(path, 'utf8', (error, text) => {
      if (error === null) return resolve(text.trim());
      try {
        resolve(nothingOrThrow(error, path));
      } catch (failure) {
        reject(failure);
      }
    });
  });
}

function listNames(path: string): readonly string[] | null {
  try {
    return fs.readdirSync(path).sort();
  } catch (error) {
    return nothingOrThrow(error, path);
  }
}

const systemStatfs: Statfs = {
  now: (path) => sizesOf(fs.statfsSync(path)),
  later: (path) =>
    new Promise((resolve, reject) => {
      fs.statfs(path, (error, found) => {
        if (error === null) resolve(sizesOf(found));
        else reject(error);
      });
    }),
};

function sizesOf(found: fs.StatsFs): FileSystemSizes {
  return {
    sizeBytes: found.blocks * found.bsize,
    freeBytes: found.bfree * found.bsize,
    availableBytes: found.bavail * found.bsize,
    files: found.files,
    filesFree: found.ffree,
  };
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function nothingOrThrow(error: unknown, path: string): null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (NOTHING_THERE.has(code)) return null;
  throw new Failure('io', `cannot read ${path}: ${code || messageOf(error)}`, {
    hint:
      code === 'EACCES' || code === 'EPERM'
        ? `let the user of the agent read ${path}`
        : 'look at the kernel log of this host',
    cause: error,
  });
}
