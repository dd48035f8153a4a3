/**
 * What cannot be used is put aside in `quarantine/` for a person to look at: damaged files and
 * pieces, and batches the collector refused. It has a limit as everything: the oldest goes first.
 */
import { join } from 'node:path';
import { DAMAGE_BYTES_MAX, type Damage } from './segment-files.ts';
import type { SpoolFs } from './spool-fs.ts';

/** `000012-<what>`: numbered, so that names sort by age; the same `what` is kept once. */
const NAME = /^(\d{6})-(.+)$/;

export interface QuarantineOptions {
  readonly fs: SpoolFs;
  /** Of the spool. */
  readonly directory: string;
  readonly maxBytes: number;
}

export class Quarantine {
  readonly #options: QuarantineOptions;
  readonly #directory: string;
  /** What is there → its file name and size; in order of age. */
  readonly #kept = new Map<string, { readonly name: string; readonly bytes: number }>();
  #number = 0;

  constructor(options: QuarantineOptions) {
    this.#options = options;
    this.#directory = join(options.directory, 'quarantine');
  }

  get files(): number {
    return this.#kept.size;
  }

  get bytes(): number {
    return [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async open(): Promise<void> {
    await this.#options.fs.makeDirectory(this.#directory);
    await this.read();
  }

  /** Counts what is there; nothing, where there is no such directory. */
  async read(): Promise<void> {
    const { fs } = this.#options;
    const names = await fs.list(this.#directory).catch(() => []);
    for (const name of names.toSorted()) {
      const match = NAME.exec(name);
      const bytes = await fs.size(join(this.#directory, name));
      this.#kept.set(match?.[2] ?? name, { name, bytes });
      this.#number = Math.max(this.#number, Number(match?.[1] ?? 0));
    }
  }

  /** Moves a whole file of the spool's directory. */
  async takeFile(name: string): Promise<void> {
    const { fs, directory } = this.#options;
    const bytes = await fs.size(join(directory, name));
    const target = await this.#place(name, bytes);
    await fs.rename(join(directory, name), join(this.#directory, target));
  }

  /** Copies a damaged piece; the file it is in may still hold sound records. */
  async copyPiece({ name, offset, bytes }: Damage): Promise<void> {
    const what = `${name}@${offset}`;
    if (this.#kept.has(what)) return;
    const { fs, directory } = this.#options;
    const length = Math.min(bytes, DAMAGE_BYTES_MAX);
    await this.keep(what, await fs.read(join(directory, name), offset, length));
  }

  async keep(what: string, content: Uint8Array): Promise<void> {
    const name = await this.#place(what, content.length);
    const file = await this.#options.fs.create(join(this.#directory, name));
    try {
      await file.append(content);
    } finally {
      await file.close();
    }
  }

  /** Makes room and reserves a name. */
  async #place(what: string, bytes: number): Promise<string> {
    const { fs, maxBytes } = this.#options;
    for (const [old, { name }] of this.#kept) {
      if (this.bytes + bytes <= maxBytes) break;
      this.#kept.delete(old);
      await fs.unlink(join(this.#directory, name)).catch(() => undefined);
    }
    this.#number++;
    const name = `${String(this.#number).padStart(6, '0')}-${what}`;
    this.#kept.set(this.#kept.has(what) ? name : what, { name, bytes });
    return name;
  }
}
