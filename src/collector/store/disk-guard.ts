/**
 * Stops appends before the disk is full, because a full disk also stops what would free space.
 * Below the watermark appends are refused; retention and checkpoints go on. A ballast file is
 * given up when space is really short, and made again when there is room. Nothing needs a restart.
 */
import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { Failure, messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { sqliteCode } from './database.ts';

const CHECK_MS = 2_000;
const MOST_BALLAST_BYTES = 16 * 1024 * 1024;
/** What SQLite says when it cannot write; each may mean that there is no space. */
const WRITE_ERRORS = new Set(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_SHMSIZE']);

export interface DiskGuardOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The watermark. */
  readonly minFreeBytes: number;
}

export class DiskGuard {
  readonly #options: DiskGuardOptions;
  readonly #ballast: string;
  readonly #ballastBytes: number;
  #checkedMs = Number.NEGATIVE_INFINITY;
  #full: Failure | null = null;

  constructor(options: DiskGuardOptions) {
    this.#options = options;
    this.#ballast = join(options.directory, 'ballast');
    this.#ballastBytes = Math.min(MOST_BALLAST_BYTES, Math.floor(options.minFreeBytes / 4));
  }

  /** Why appends are refused now; null when they are welcome. Looks at the disk now and then. */
  refusal(): Failure | null {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs - this.#checkedMs >= CHECK_MS) {
      this.#checkedMs = nowMs;
      this.#look();
    }
    return this.#full;
  }

  /** Makes the ballast when there is room for it. */
  tend(): void {
    if (this.refusal() !== null || this.#ballastBytes === 0 || this.#hasBallast()) return;
    if (this.#freeBytes() < this.#options.minFreeBytes + this.#ballastBytes) return;
    try {
      writeBallast(this.#ballast, this.#ballastBytes);
    } catch (error) {
      this.#release();
      this.#options.log.warn('cannot reserve disk space', { reason: messageOf(error) });
    }
  }

  /** The failure to answer with when `error` means that the disk is full; null when it does not. */
  explain(error: unknown): Failure | null {
    const code = sqliteCode(error);
    if (!WRITE_ERRORS.has(code)) return null;
    const free = this.#freeBytes();
    if (code !== 'SQLITE_FULL' && free >= this.#options.minFreeBytes) return null;
    this.#checkedMs = this.#options.clock.monotonic();
    this.#refuse(free);
    this.#release();
    return this.#full;
  }

  #look(): void {
    const { minFreeBytes, log, directory } = this.#options;
    const free = this.#freeBytes();
    // The ballast must fit, too, or giving it up would look like new room.
    const needed = minFreeBytes + (this.#hasBallast() ? 0 : this.#ballastBytes);
    if (free < minFreeBytes || (this.#full !== null && free < needed)) {
      this.#refuse(free);
      if (free < minFreeBytes / 2) this.#release();
    } else if (this.#full !== null) {
      this.#full = null;
      log.info('there is room on the disk again: samples are accepted', { directory, free });
    }
  }

  #refuse(free: number): void {
    const { minFreeBytes, log, directory } = this.#options;
    const fields = { directory, free, needed: minFreeBytes };
    if (this.#full === null) log.error('the disk is nearly full: samples are refused', fields);
    this.#full = new Failure('disk_full', `only ${free} bytes are free in ${directory}`, {
      hint: `free at least ${minFreeBytes} bytes there; the collector goes on by itself`,
      detail: { free, needed: minFreeBytes },
    });
  }

  #freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#options.directory);
    return bavail * bsize;
  }

  #hasBallast(): boolean {
    return statSync(this.#ballast, { throwIfNoEntry: false })?.size === this.#ballastBytes;
  }

  #release(): void {
    rmSync(this.#ballast, { force: true });
  }
}

/** Bytes that no file system can store in less space than they take. */
function writeBallast(path: string, bytes: number): void {
  const noise = new Uint32Array(64 * 1024);
  let state = 1;
  const file = openSync(path, 'w', 0o600);
  try {
    for (let left = bytes; left > 0; left -= noise.byteLength) {
      for (let i = 0; i < noise.length; i++) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        noise[i] = state;
      }
      writeSync(file, noise, 0, Math.min(left, noise.byteLength));
    }
  } finally {
    closeSync(file);
  }
}
