/**
 * Events on disk until the collector has them: files of JSON lines, oldest first, one file is one
 * request. A line that a crash cut short is left out and counted; the files together have an end, beyond which
 * the oldest are dropped and counted.
 */
import { readdirSync, statSync } from 'node:fs';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DeviceEvent, EVENT_LIMITS } from '../../shared/device-event.ts';
import { makeDirectory } from '../../shared/directory.ts';

/** Of one file; a request holds one. */
const FILE_BYTES = EVENT_LIMITS.requestBytes / 4;
/** Events that wait in memory while the disk does not take them. */
const MEMORY_EVENTS = 2_000;

const nameOf = (number: number): string => `events-${String(number).padStart(10, '0')}.jsonl`;
const NAME = /^events-(\d{10,15})\.jsonl$/;

interface File {
  readonly number: number;
  bytes: number;
  /** NaN for one of an earlier run, until it is read. */
  events: number;
}

export interface Request {
  readonly events: readonly DeviceEvent[];
  /** The collector has them, or will never take them. */
  done(): Promise<void>;
}

export class EventQueue {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #open: typeof open;
  readonly #files: File[] = [];
  #waiting: string[] = [];
  #writer: { handle: FileHandle; file: File } | null = null;
  #next = 1;
  #lost = 0;

  /** Throws what the file system throws. */
  constructor(directory: string, maxBytes: number, openFile: typeof open = open) {
    this.#open = openFile;
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    makeDirectory(directory);
    const numbers = readdirSync(directory).flatMap((name) => {
      const digits = NAME.exec(name)?.[1];
      return digits === undefined ? [] : [Number(digits)];
    });
    for (const number of numbers.sort((a, b) => a - b)) {
      const bytes = statSync(join(directory, nameOf(number))).size;
      this.#files.push({ number, bytes, events: Number.NaN });
      this.#next = number + 1;
    }
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Events of files that were written or read in this run, and those not written yet. */
  get events(): number {
    const known = this.#files.reduce((sum, { events }) => sum + (events || 0), 0);
    return known + this.#waiting.length;
  }

  get lost(): number {
    return this.#lost;
  }

  get files(): number {
    return this.#files.length;
  }

  get isEmpty(): boolean {
    return this.#files.length === 0 && this.#waiting.length === 0;
  }

  /** In memory until `flush`. */
  add(event: DeviceEvent): void {
    this.#waiting.push(`${JSON.stringify(event)}\n`);
    if (this.#waiting.length <= MEMORY_EVENTS) return;
    this.#waiting.shift();
    this.#lost += 1;
  }

  /** What was added is durable when this resolves. Rejects when the disk does not take it. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const { handle, file } = this.#writer ?? (await this.#openFile());
      const lines = this.#waiting.slice(0, EVENT_LIMITS.events - file.events);
      const bytes = Buffer.from(fitting(lines, FILE_BYTES - file.bytes).join(''));
      const count = countLines(bytes);
      try {
        await handle.appendFile(bytes);
        await handle.datasync();
      } catch (error) {
        // Part of it may be in the file, where the next line would be added to a fragment.
        this.#writer = null;
        await handle.truncate(file.bytes).catch(() => {});
        await handle.close().catch(() => {});
        throw error;
      }
      // Only now they are not in memory's care any more.
      this.#waiting.splice(0, count);
      file.bytes += bytes.length;
      file.events += count;
      const isFull = file.events >= EVENT_LIMITS.events || this.#waiting.length > 0;
      if (isFull) await this.#closeFile();
      await this.#dropOldest();
    }
  }

  /** The oldest request; null when nothing is on disk. */
  async oldest(): Promise<Request | null> {
    const [file] = this.#files;
    if (file === undefined) return null;
    if (this.#writer?.file === file) await this.#closeFile();
    const path = join(this.#directory, nameOf(file.number));
    const { events, broken } = await this.#read(file);
    file.events = events.length;
    const done = async (): Promise<void> => {
      await rm(path, { force: true });
      const at = this.#files.indexOf(file);
      if (at < 0) return;
      this.#files.splice(at, 1);
      this.#lost += broken;
    };
    if (events.length > 0) return { events, done };
    await done();
    return await this.oldest();
  }

  async close(): Promise<void> {
    await this.#closeFile();
  }

  /** What lies behind the bytes we know of is a write that failed: it was written again. */
  async #read(file: File): Promise<Lines> {
    const bytes = await readFile(join(this.#directory, nameOf(file.number)));
    return linesOf(bytes.subarray(0, file.bytes).toString('utf8'));
  }

  async #openFile(): Promise<{ handle: FileHandle; file: File }> {
    const file = { number: this.#next++, bytes: 0, events: 0 };
    const handle = await this.#open(join(this.#directory, nameOf(file.number)), 'a', 0o600);
    const directory = await open(this.#directory);
    await directory.sync().finally(() => directory.close());
    this.#files.push(file);
    this.#writer = { handle, file };
    return this.#writer;
  }

  async #closeFile(): Promise<void> {
    const writer = this.#writer;
    this.#writer = null;
    await writer?.handle.close();
  }

  async #dropOldest(): Promise<void> {
    while (this.bytes > this.#maxBytes && this.#files.length > 1) {
      const [file] = this.#files.splice(0, 1);
      if (file === undefined) return;
      const { events, broken } = await this.#read(file);
      this.#lost += events.length + broken;
      await rm(join(this.#directory, nameOf(file.number)), { force: true });
    }
  }
}

interface Lines {
  readonly events: readonly DeviceEvent[];
  /** Lines that are no event, or no longer. */
  readonly broken: number;
}

/** The first lines that fit; always at least one. */
function fitting(lines: readonly string[], room: number): readonly string[] {
  let bytes = 0;
  const count = lines.findIndex((line) => {
    bytes += Buffer.byteLength(line);
    return bytes > room;
  });
  return count < 0 ? lines : lines.slice(0, Math.max(1, count));
}

function countLines(bytes: Buffer): number {
  return bytes.reduce((count, byte) => (byte === 10 ? count + 1 : count), 0);
}

function linesOf(text: string): Lines {
  const lines = text.split('\n').filter((line) => line !== '');
  const events = lines.flatMap((line): readonly DeviceEvent[] => {
    try {
      const event = JSON.parse(line) as DeviceEvent;
      return typeof event.id === 'string' ? [event] : [];
    } catch {
      return [];
    }
  });
  return { events, broken: lines.length - events.length };
}
