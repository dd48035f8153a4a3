/** The one segment file that is being written. */
import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { encodeRecord, type NewRecord } from './record.ts';
import type { AppendFile, SpoolFs } from './spool-fs.ts';

export interface SegmentWriterOptions {
  readonly fs: SpoolFs;
  readonly directory: string;
  readonly clock: Clock;
  /** A new file is begun after so many bytes, or so long after its first record. */
  readonly segmentBytes: number;
  readonly segmentAgeMs: number;
}

interface Active {
  readonly name: string;
  readonly file: AppendFile;
  readonly epoch: string;
  readonly startedAt: number;
  /** Durable length. */
  bytes: number;
}

export class SegmentWriter {
  /** Of the newest file; the next one gets the next number. */
  lastNumber = 0;
  readonly #options: SegmentWriterOptions;
  #active: Active | null = null;

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
  }

  /** Of the file being written; null when the next record begins a new one. */
  get name(): string | null {
    return this.#active?.name ?? null;
  }

  /** Returns the file's name and durable length. */
  async append(record: NewRecord, body: Uint8Array): Promise<{ name: string; bytes: number }> {
    const { fs, directory } = this.#options;
    const bytes = encodeRecord(record, body);
    this.#active ??= await this.#begin(record.epoch);
    const active = this.#active;
    try {
      await active.file.append(bytes);
      await active.file.sync();
      if (active.bytes === 0) await fs.syncDirectory(directory);
    } catch (error) {
      await this.#giveUp(active);
      throw error;
    }
    active.bytes += bytes.length;
    return { name: active.name, bytes: active.bytes };
  }

  async roll(epoch: string): Promise<boolean> {
    const active = this.#active;
    if (active === null) return false;
    const { clock, segmentBytes, segmentAgeMs } = this.#options;
    const old = clock.monotonic() - active.startedAt >= segmentAgeMs;
    if (active.bytes < segmentBytes && !old && active.epoch === epoch) return false;
    await this.close();
    return true;
  }

  async close(): Promise<void> {
    const active = this.#active;
    this.#active = null;
    await active?.file.close();
  }

  async #begin(epoch: string): Promise<Active> {
    const { fs, directory, clock } = this.#options;
    this.lastNumber++;
    const name = `${String(this.lastNumber).padStart(10, '0')}.seg`;
    const path = join(directory, name);
    const file = await fs.create(path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      // Somebody removed the directory; what was in it shows as damage when it is asked for.
      await fs.makeDirectory(directory);
      return fs.create(path);
    });
    return { name, file, epoch, startedAt: clock.monotonic(), bytes: 0 };
  }

  /** A file whose write or sync failed is never written again; its sound part stays readable. */
  async #giveUp({ name, file, bytes }: Active): Promise<void> {
    const { fs, directory } = this.#options;
    const path = join(directory, name);
    this.#active = null;
    const mend = [
      () => file.close(),
      () => (bytes === 0 ? fs.unlink(path) : fs.truncate(path, bytes)),
    ];
    for (const step of mend) await step().catch(() => undefined);
  }
}
