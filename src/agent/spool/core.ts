/** What the parts of the spool share: the ledger in memory and on disk, the files, the quarantine. */
import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { type Ledger, liveStream, type Position, pruned } from './ledger.ts';
import { writeLedger } from './ledger-file.ts';
import type { Extent } from './limits.ts';
import type { Quarantine } from './quarantine.ts';
import type { Damage, Found, HowToFind, Segment, SegmentFiles } from './segment-files.ts';
import type { SpoolFs } from './spool-fs.ts';

/** Acknowledgements reach the disk so often at least; until then a crash repeats them. */
const PERSIST_AFTER_MS = 60_000;

export interface CoreOptions {
  readonly directory: string;
  readonly fs: SpoolFs;
  readonly clock: Clock;
  readonly log: Log;
}

export class SpoolCore {
  readonly files: SegmentFiles;
  readonly quarantine: Quarantine;
  ledger: Ledger;
  fsyncSeconds = 0;
  fsyncErrors = 0;
  diskFreeBytes = Number.NaN;
  readonly #options: CoreOptions;
  readonly #openedMs: number;
  readonly #openedAt: number;
  /** The ledger as it is on disk. */
  #durable: Ledger | null = null;
  #persistedAt = -Infinity;

  constructor(
    options: CoreOptions,
    parts: { files: SegmentFiles; quarantine: Quarantine; ledger: Ledger },
  ) {
    this.#options = options;
    this.files = parts.files;
    this.quarantine = parts.quarantine;
    this.ledger = parts.ledger;
    this.#openedMs = options.clock.now();
    this.#openedAt = options.clock.monotonic();
  }

  /** Wall time that a clock step after the start does not move: ages are judged by it. */
  steadyMs(): number {
    return this.#openedMs + this.#options.clock.monotonic() - this.#openedAt;
  }

  newEpoch(): string {
    return this.#options.clock.randomHex(16);
  }

  /** Measures one operation that waits for the disk. */
  async timed<T>(operation: () => Promise<T>): Promise<T> {
    const started = this.#options.clock.monotonic();
    try {
      return await operation();
    } catch (error) {
      this.fsyncErrors++;
      throw error;
    } finally {
      this.fsyncSeconds = (this.#options.clock.monotonic() - started) / 1000;
    }
  }

  /** True when the ledger on disk is the one in memory. A failure is logged and tried again later. */
  async persist(): Promise<boolean> {
    const { fs, directory, log, clock } = this.#options;
    if (this.ledger === this.#durable) return true;
    const last = this.files.all.at(-1);
    const seen = { name: last?.name ?? '', bytes: last?.bytes ?? 0 };
    const oldest = this.files.all[0]?.first.index ?? this.ledger.tail.index;
    this.ledger = { ...pruned(this.ledger, oldest), seen };
    const { ledger } = this;
    try {
      await this.timed(() => writeLedger(fs, directory, ledger));
    } catch (error) {
      log.error('the spool ledger cannot be written', { directory, reason: messageOf(error) });
      return false;
    }
    this.#durable = ledger;
    this.#persistedAt = clock.monotonic();
    return true;
  }

  /** True when the files' epochs would be known after a crash now. */
  get isLiveDurable(): boolean {
    const epoch = liveStream(this.ledger)?.origin.epoch;
    return this.#durable?.streams.some((stream) => stream.origin.epoch === epoch) ?? false;
  }

  /** For changes that a crash may undo without harm. */
  async persistNowAndThen(): Promise<void> {
    if (this.#options.clock.monotonic() - this.#persistedAt >= PERSIST_AFTER_MS) {
      await this.persist();
    }
  }

  /** The first sound record in [from, end); what is damaged on the way is put aside. */
  async read(from: Position, end: Position, how: HowToFind): Promise<Found | null> {
    const { found, damages } = await this.files.find(from, end, how);
    for (const damage of damages) await this.#putAside(damage);
    return found;
  }

  extents(): Extent[] {
    const segments = this.files.all;
    return segments.map((segment, i) => ({
      segment,
      end: segments[i + 1]?.first ?? this.ledger.tail,
      endMs: segments[i + 1]?.firstMs ?? Infinity,
      active: this.files.isActive(segment),
    }));
  }

  /** The ledger first, then the files: never a file gone that the ledger still counts on (D7). False when the ledger fails. */
  async remove(segments: readonly Segment[]): Promise<boolean> {
    if (segments.length === 0) return true;
    this.ledger = { ...this.ledger, removing: segments.map(({ name }) => name) };
    if (!(await this.persist())) return false;
    const { fs, directory } = this.#options;
    for (const { name } of segments) {
      await fs.unlink(join(directory, name)).catch(() => undefined);
      this.files.forget(name);
    }
    await fs.syncDirectory(directory).catch(() => undefined);
    this.ledger = { ...this.ledger, removing: [] };
    return true;
  }

  async #putAside(damage: Damage): Promise<void> {
    const { log } = this.#options;
    try {
      await this.quarantine.copyPiece(damage);
    } catch (error) {
      log.warn('a damaged piece cannot be put aside', { ...damage, reason: messageOf(error) });
    }
  }
}
