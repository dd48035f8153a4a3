/**
 * One sender's series by their label bytes as they arrive, so that labels are decoded once and
 * afterwards only compared. Senders repeat themselves, so the key that followed the previous one
 * last time is tried first; a key not there is found by its hash, and always compared byte by
 * byte: a collision can never give a sample to another series.
 */
import type { WireSource } from './wire.ts';

/** What `numbers` holds instead of a series number. */
export const PENDING = -1;
export const REFUSED = -2;

/** More than the limits of labels allow: such keys are refused without being kept. */
export const KEY_BYTES = 13_000;

/** Entry of every key longer than `KEY_BYTES`. */
const OVERSIZE = 0;
const NONE = -1;

/** Field 1, length-delimited: what every label in a key begins with. */
export const TAG_LABEL = 0x0a;

const PRIME = 0x9e3779b1;

export class SeriesKeys {
  readonly #seed: number;
  count = 0;
  /** Series number by entry, or `PENDING`, or `REFUSED`. */
  numbers = new Int32Array(64);
  /** Bytes of all keys. */
  usedBytes = 0;
  #keys = new Uint8Array(4_096);
  #view = new DataView(this.#keys.buffer);
  #starts = new Uint32Array(64);
  #lengths = new Int32Array(64);
  #hashes = new Int32Array(64);
  /** Entry that came after this one last time. */
  #next = new Int32Array(64);
  /** Open addressing: entry + 1, or 0. */
  #table = new Int32Array(128);
  #last = OVERSIZE;

  /** `seed` is secret to this process, so nobody can prepare keys that collide. */
  constructor(seed: number) {
    this.#seed = seed;
    this.clear();
  }

  clear(): void {
    this.#table.fill(0);
    this.count = 1;
    this.usedBytes = 0;
    this.numbers[OVERSIZE] = REFUSED;
    this.#lengths[OVERSIZE] = NONE;
    this.#next[OVERSIZE] = OVERSIZE;
    this.#last = OVERSIZE;
  }

  /**
   * The entry expected next when its key is what stands at `at` (then `lengthOf` says where to go
   * on), or -1. A key ends where no further label field begins.
   */
  guess(source: WireSource, at: number, end: number): number {
    const entry = this.#next[this.#last] ?? OVERSIZE;
    const length = this.#lengths[entry] ?? NONE;
    const after = at + length;
    if (length < 8 || after > end) return NONE;
    if (after < end && source.bytes[after] === TAG_LABEL) return NONE;
    if (!this.#equal(entry, source.view, at)) return NONE;
    this.#last = entry;
    return entry;
  }

  lengthOf(entry: number): number {
    return this.#lengths[entry] ?? 0;
  }

  /** The entry of a key; a new one has the number `PENDING`. */
  find(source: WireSource, at: number, length: number): number {
    const entry = length > KEY_BYTES ? OVERSIZE : this.#lookUp(source, at, length);
    this.#next[this.#last] = entry;
    this.#last = entry;
    return entry;
  }

  /** The bytes of a key. Valid until the next `find`. */
  keyOf(entry: number): Uint8Array {
    const start = this.#starts[entry] ?? 0;
    return this.#keys.subarray(start, start + this.lengthOf(entry));
  }

  #lookUp(source: WireSource, at: number, length: number): number {
    const hash = this.#hash(source, at, length);
    let slot = hash & (this.#table.length - 1);
    for (;;) {
      const entry = (this.#table[slot] ?? 0) - 1;
      if (entry === NONE) return this.#add(source, at, { length, hash, slot });
      if (
        this.#hashes[entry] === hash &&
        this.#lengths[entry] === length &&
        this.#equal(entry, source.view, at)
      ) {
        return entry;
      }
      slot = (slot + 1) & (this.#table.length - 1);
    }
  }

  #hash({ bytes, view }: WireSource, at: number, length: number): number {
    let hash = this.#seed ^ length;
    let index = at;
    for (const end = at + length - 4; index <= end; index += 4) {
      hash = Math.imul(hash ^ view.getInt32(index, true), PRIME);
      hash = (hash << 13) | (hash >>> 19);
    }
    for (const end = at + length; index < end; index++) {
      hash = Math.imul(hash ^ (bytes[index] ?? 0), PRIME);
    }
    hash ^= hash >>> 15;
    hash = Math.imul(hash, PRIME);
    return hash ^ (hash >>> 13);
  }

  /** Compares eight bytes at a time, the last eight overlapping what came before. */
  #equal(entry: number, view: DataView, at: number): boolean {
    const start = this.#starts[entry] ?? 0;
    const length = this.#lengths[entry] ?? 0;
    const keys = this.#view;
    const last = length - 8;
    if (last < 0) {
      for (let index = 0; index < length; index++) {
        if (keys.getUint8(start + index) !== view.getUint8(at + index)) return false;
      }
      return true;
    }
    for (let index = 0; index < last; index += 8) {
      if (keys.getBigInt64(start + index, true) !== view.getBigInt64(at + index, true)) {
        return false;
      }
    }
    return keys.getBigInt64(start + last, true) === view.getBigInt64(at + last, true);
  }

  #add(
    source: WireSource,
    at: number,
    { length, hash, slot }: { length: number; hash: number; slot: number },
  ): number {
    this.#reserve(length);
    const entry = this.count++;
    this.#keys.set(source.bytes.subarray(at, at + length), this.usedBytes);
    this.#starts[entry] = this.usedBytes;
    this.#lengths[entry] = length;
    this.#hashes[entry] = hash;
    this.#next[entry] = OVERSIZE;
    this.numbers[entry] = PENDING;
    this.usedBytes += length;
    this.#table[slot] = entry + 1;
    if (this.count * 2 > this.#table.length) this.#rehash();
    return entry;
  }

  #reserve(length: number): void {
    if (this.count === this.numbers.length) {
      const double = (old: Int32Array): Int32Array<ArrayBuffer> => {
        const grown = new Int32Array(old.length * 2);
        grown.set(old);
        return grown;
      };
      this.numbers = double(this.numbers);
      this.#lengths = double(this.#lengths);
      this.#hashes = double(this.#hashes);
      this.#next = double(this.#next);
      const starts = new Uint32Array(this.numbers.length);
      starts.set(this.#starts);
      this.#starts = starts;
    }
    let size = this.#keys.length;
    while (size < this.usedBytes + length) size *= 2;
    if (size === this.#keys.length) return;
    const keys = new Uint8Array(size);
    keys.set(this.#keys.subarray(0, this.usedBytes));
    this.#keys = keys;
    this.#view = new DataView(keys.buffer);
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2);
    for (let entry = 1; entry < this.count; entry++) {
      let slot = (this.#hashes[entry] ?? 0) & (table.length - 1);
      while (table[slot] !== 0) slot = (slot + 1) & (table.length - 1);
      table[slot] = entry + 1;
    }
    this.#table = table;
  }
}
