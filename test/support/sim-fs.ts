/**
 * A disk that forgets. Two images: the dirty one, which programs see, and the durable one, which
 * survives a power cut. `sync` moves a file's content, `syncDirectory` its names. On `powerCut`
 * every unsynced 512-byte sector and every unsynced name change survives or not by chance; on
 * `kill` (a process killed, the machine going on) everything written survives.
 */
import { basename, dirname } from 'node:path';
import type { AppendFile, Space, SpoolFs } from '../../src/agent/spool/spool-fs.ts';

const SECTOR_BYTES = 512;

interface File {
  /** What programs see. */
  bytes: Buffer;
  /** What is on stable storage. */
  durable: Buffer;
}

type Names = Map<string, File>;
type NameChange = { readonly directory: string; readonly apply: (names: Names) => void };

export interface SimFs extends SpoolFs {
  /** Operations that changed something so far; crash points are counted in them. */
  readonly steps: number;
  /** Crashes at operation `step`: it is not done, or half when it writes. */
  crashAt(step: number): void;
  /** Resolves at the crash. From then on no operation ever comes back: the program is gone. */
  readonly off: Promise<'off'>;
  /** The machine lost power: a new disk with what survived, decided by `random`. */
  powerCut(random: () => number): SimFs;
  /** Only the process died: a new disk with all that was written. */
  kill(): SimFs;
  setSpace(space: Space): void;
  /** Every writing operation fails with this code until null. */
  failWrites(code: string | null): void;
  /** Content of a file, for corrupting it: as a person with a hex editor would. */
  edit(path: string, change: (bytes: Buffer) => Buffer | null): void;
  paths(): string[];
}

function errno(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

export function simFs(start: { files?: Names; durable?: Names; space?: Space } = {}): SimFs {
  const names: Names = start.files ?? new Map();
  /** Names on stable storage. */
  const durableNames: Names = start.durable ?? new Map(names);
  let pending: NameChange[] = [];
  let space: Space = start.space ?? { totalBytes: 2 ** 40, freeBytes: 2 ** 39 };
  let failing: string | null = null;
  let steps = 0;
  let crashStep = Infinity;
  let crashed = false;

  let turnOff: (off: 'off') => void = () => {};
  const off = new Promise<'off'>((resolve) => {
    turnOff = resolve;
  });
  const living = (): Promise<void> => (crashed ? new Promise(() => {}) : Promise.resolve());
  /** Counts an operation that changes something; the crash may fall into it. */
  const step = async (path: string): Promise<void> => {
    await living();
    steps++;
    if (steps >= crashStep) {
      crashed = true;
      turnOff('off');
    } else if (failing !== null) throw errno(failing, path);
  };
  const at = (path: string): File => {
    const file = names.get(path);
    if (!file) throw errno('ENOENT', path);
    return file;
  };
  const change = (directory: string, apply: (target: Names) => void): void => {
    apply(names);
    pending.push({ directory, apply });
  };

  function open(path: string, file: File): AppendFile {
    return {
      append: async (data) => {
        await step(path);
        // A write that the crash interrupts has got somewhere: up to half of it, here.
        const part = crashed ? data.subarray(0, Math.floor(data.length / 2)) : data;
        file.bytes = Buffer.concat([file.bytes, part]);
        await living();
      },
      sync: async () => {
        await step(path);
        await living();
        file.durable = file.bytes;
      },
      close: () => living(),
    };
  }

  return {
    get steps() {
      return steps;
    },
    off,
    crashAt: (n) => {
      crashStep = n;
    },
    setSpace: (next) => {
      space = next;
    },
    failWrites: (code) => {
      failing = code;
    },
    paths: () => [...names.keys()].sort(),
    edit: (path, alter) => {
      const bytes = alter(Buffer.from(at(path).bytes));
      if (bytes === null) names.delete(path);
      else names.set(path, { bytes, durable: bytes });
    },
    kill: () => {
      const files = new Map([...names].map(([p, f]) => [p, { ...f }]));
      return simFs({ files, space });
    },
    powerCut: (random) => {
      for (const { apply } of pending) if (random() < 0.5) apply(durableNames);
      const files = new Map(
        [...durableNames].map(([path, file]): [string, File] => {
          const bytes = survivors(file, random);
          return [path, { bytes, durable: bytes }];
        }),
      );
      return simFs({ files, space });
    },
    makeDirectory: () => living(),
    list: async (directory) => {
      await living();
      return [...names.keys()].filter((p) => dirname(p) === directory).map((p) => basename(p));
    },
    size: async (path) => {
      await living();
      return at(path).bytes.length;
    },
    create: async (path) => {
      await living();
      if (names.has(path)) throw errno('EEXIST', path);
      await step(path);
      await living();
      const file: File = { bytes: Buffer.alloc(0), durable: Buffer.alloc(0) };
      change(dirname(path), (target) => target.set(path, file));
      return open(path, file);
    },
    read: async (path, offset, length) => {
      await living();
      return Buffer.from(at(path).bytes.subarray(offset, offset + length));
    },
    truncate: async (path, length) => {
      await step(path);
      await living();
      const file = at(path);
      file.bytes = file.bytes.subarray(0, length);
    },
    rename: async (from, to) => {
      const file = at(from);
      await step(from);
      await living();
      change(dirname(from), (target) => {
        target.delete(from);
        target.set(to, file);
      });
    },
    unlink: async (path) => {
      at(path);
      await step(path);
      await living();
      change(dirname(path), (target) => target.delete(path));
    },
    syncDirectory: async (directory) => {
      await step(directory);
      await living();
      for (const { directory: d, apply } of pending) if (d === directory) apply(durableNames);
      pending = pending.filter((each) => each.directory !== directory);
    },
    space: async () => {
      await living();
      return space;
    },
  };
}

/** Sector by sector: the synced content, the unsynced one, or what was there before (zeros, dirt). */
function survivors({ bytes, durable }: File, random: () => number): Buffer {
  if (bytes.equals(durable)) return durable;
  const longest = Math.max(bytes.length, durable.length);
  const grown = durable.length + Math.floor(random() * (longest - durable.length + 1));
  const length = bytes.length < durable.length && random() < 0.5 ? bytes.length : grown;
  const result = Buffer.alloc(length);
  for (let from = 0; from < length; from += SECTOR_BYTES) {
    const to = Math.min(from + SECTOR_BYTES, length);
    const chance = random();
    result.set(durable.subarray(from, to), from);
    if (chance < 0.5) result.set(bytes.subarray(from, to), from);
    else if (chance < 0.55 && from >= durable.length) result.fill(0xa5, from, to);
  }
  return result;
}
