/**
 * A WriteRequest compressed once and filled in afterwards. From cycle to cycle the same series go
 * out: their labels stay, only values and the one time change. So the labels are compressed once,
 * with every value left as plain bytes, and a cycle copies the result and writes its values and
 * time into it: a tenth of the work of compressing, and no optimising compiler is needed for it.
 *
 * Snappy (google/snappy, format_description.txt): the length as a varint, then literals and copies
 * of earlier output.
 */
import {
  type EncodedSample,
  labelBytes,
  varintLength,
  writeVarint,
} from '../../shared/remote-write.ts';

/** Symbols besides the bytes 0–255: the bytes of the time, equal to themselves; of values, to none. */
const TIME_SYMBOL = 256;
const VALUE_SYMBOL = 0xffff;
const VALUE_BYTES = 8;
/** Every time gets as many bytes as one of the year 2109 needs; a varint may be longer than it must. */
const TIME_BYTES = 6;
const SAMPLE_BYTES = 2 + VALUE_BYTES + TIME_BYTES;

const MATCH_MIN = 4;
const COPY_MAX = 64;
const OFFSET_MAX = 0xffff;
const HASH_BITS = 14;

interface Patch {
  readonly at: number;
  /** Which byte of the time. */
  readonly byte: number;
}

/** The request as symbols, and its length. */
function symbolsOf(samples: readonly EncodedSample[]): Uint16Array {
  const sizes = samples.map((sample) => labelBytes(sample) + 2 + SAMPLE_BYTES);
  const total = sizes.reduce((sum, size) => sum + 1 + varintLength(size) + size, 0);
  const symbols = new Uint16Array(total);
  const varint = new Uint8Array(10);
  let at = 0;
  samples.forEach(({ head, labels }, i) => {
    const length = writeVarint(varint, 0, sizes[i] ?? 0);
    symbols[at++] = 0x0a;
    for (let k = 0; k < length; k++) symbols[at++] = varint[k] ?? 0;
    for (const bytes of head === undefined ? [labels] : [head, labels]) {
      symbols.set(bytes, at);
      at += bytes.length;
    }
    symbols.set([0x12, SAMPLE_BYTES, 0x09], at);
    symbols.fill(VALUE_SYMBOL, at + 3, at + 3 + VALUE_BYTES);
    at += 3 + VALUE_BYTES;
    symbols[at++] = 0x10;
    for (let k = 0; k < TIME_BYTES; k++) symbols[at++] = TIME_SYMBOL + k;
  });
  return symbols;
}

class Builder {
  readonly patches: Patch[] = [];
  readonly values: number[] = [];
  readonly #symbols: Uint16Array;
  readonly #out: Buffer;
  #at = 0;

  constructor(symbols: Uint16Array) {
    this.#symbols = symbols;
    this.#out = Buffer.alloc(symbols.length + Math.ceil(symbols.length / 6) + 32);
    this.#at = writeVarint(this.#out, 0, symbols.length);
  }

  finish(): Buffer {
    return Buffer.from(this.#out.subarray(0, this.#at));
  }

  literal(from: number, to: number): void {
    if (from === to) return;
    const length = to - from - 1;
    if (length < 60) this.#out[this.#at++] = length << 2;
    else {
      const bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 4;
      this.#out[this.#at++] = (59 + bytes) << 2;
      this.#at = this.#out.writeUIntLE(length, this.#at, bytes);
    }
    for (let i = from; i < to; i++) {
      const symbol = this.#symbols[i] ?? 0;
      if (symbol === VALUE_SYMBOL) {
        if (this.#symbols[i - 1] !== VALUE_SYMBOL) this.values.push(this.#at);
      } else if (symbol >= TIME_SYMBOL) {
        this.patches.push({ at: this.#at, byte: symbol - TIME_SYMBOL });
      } else this.#out[this.#at] = symbol;
      this.#at++;
    }
  }

  copy(offset: number, length: number): void {
    for (let rest = length; rest > 0; ) {
      const part = Math.min(rest, COPY_MAX);
      if (part >= MATCH_MIN && part <= 11 && offset < 2048) {
        this.#out[this.#at++] = 1 | ((part - 4) << 2) | ((offset >> 8) << 5);
        this.#out[this.#at++] = offset & 0xff;
      } else {
        this.#out[this.#at++] = 2 | ((part - 1) << 2);
        this.#at = this.#out.writeUInt16LE(offset, this.#at);
      }
      rest -= part;
    }
  }
}

const hashAt = (s: Uint16Array, i: number): number =>
  Math.imul(
    ((s[i] ?? 0) << 16) ^ ((s[i + 1] ?? 0) << 11) ^ ((s[i + 2] ?? 0) << 5) ^ (s[i + 3] ?? 0),
    0x9e3779b1,
  ) >>>
  (32 - HASH_BITS);

function matchLength(s: Uint16Array, earlier: number, at: number): number {
  let length = 0;
  while (
    at + length < s.length &&
    s[at + length] === s[earlier + length] &&
    s[at + length] !== VALUE_SYMBOL
  ) {
    length++;
  }
  return length;
}

function longVarint(value: number): Uint8Array {
  const bytes = new Uint8Array(TIME_BYTES).fill(0x80, 0, -1);
  const length = writeVarint(bytes, 0, value);
  if (length < TIME_BYTES) bytes[length - 1] = (bytes[length - 1] ?? 0) | 0x80;
  return bytes;
}

export class SnappyTemplate {
  readonly #heads: readonly (Uint8Array | undefined)[];
  readonly #labels: readonly Uint8Array[];
  readonly #body: Buffer;
  /** Where each value goes. */
  readonly #values: readonly number[];
  readonly #patches: readonly Patch[];

  constructor(samples: readonly EncodedSample[]) {
    this.#heads = samples.map(({ head }) => head);
    this.#labels = samples.map(({ labels }) => labels);
    const symbols = symbolsOf(samples);
    const builder = new Builder(symbols);
    const seen = new Int32Array(1 << HASH_BITS).fill(-1);
    let literalFrom = 0;
    for (let at = 0; at < symbols.length; ) {
      const hash = hashAt(symbols, at);
      const earlier = seen[hash] ?? -1;
      seen[hash] = at;
      const near = earlier >= 0 && at - earlier <= OFFSET_MAX;
      const length = near ? matchLength(symbols, earlier, at) : 0;
      if (length < MATCH_MIN) {
        at++;
        continue;
      }
      builder.literal(literalFrom, at);
      builder.copy(at - earlier, length);
      at += length;
      literalFrom = at;
    }
    builder.literal(literalFrom, symbols.length);
    this.#body = builder.finish();
    this.#values = builder.values;
    this.#patches = builder.patches;
  }

  /** True when these are the series it was made for, in the same order. */
  fits(samples: readonly EncodedSample[]): boolean {
    if (samples.length !== this.#labels.length) return false;
    for (let i = 0; i < samples.length; i++) {
      if (samples[i]?.labels !== this.#labels[i] || samples[i]?.head !== this.#heads[i])
        return false;
    }
    return true;
  }

  /** All samples of one time, a whole number of milliseconds since 1970. */
  fill(samples: readonly EncodedSample[], timeMs: number): Buffer {
    const body = Buffer.from(this.#body);
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    for (let i = 0; i < samples.length; i++) {
      view.setFloat64(this.#values[i] ?? 0, samples[i]?.value ?? 0, true);
    }
    const time = longVarint(timeMs);
    for (const { at, byte } of this.#patches) body[at] = time[byte] ?? 0;
    return body;
  }
}
