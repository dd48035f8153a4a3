/** Growing bytes with variable-length integers, and their reader. Past the end is `malformed`. */
import { Failure } from '../../shared/errors.ts';

export class ByteWriter {
  #bytes = Buffer.alloc(1024);
  #length = 0;

  bytes(part: Uint8Array): void {
    const at = this.#reserve(part.length);
    this.#bytes.set(part, at);
  }

  /** A whole number, 0 ≤ value < 2^53. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#byte((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.#byte(rest);
  }

  /** A whole number, |value| < 2^52. */
  signed(value: number): void {
    this.varint(value >= 0 ? 2 * value : -2 * value - 1);
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#bytes.writeDoubleLE(value, at);
  }

  text(value: string): void {
    const bytes = Buffer.from(value);
    this.varint(bytes.length);
    this.bytes(bytes);
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #byte(value: number): void {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  /** Where the next `count` bytes go; the buffer may have moved afterwards. */
  #reserve(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return start;
  }
}

export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bytes(count: number): Buffer {
    const start = this.#skip(count);
    return this.#bytes.subarray(start, start + count);
  }

  varint(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.#bytes[this.#skip(1)] as number;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  }

  signed(): number {
    const zigzag = this.varint();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  double(): number {
    const at = this.#skip(8);
    return this.#bytes.readDoubleLE(at);
  }

  text(): string {
    const length = this.varint();
    const start = this.#skip(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  /** Returns where it was. */
  #skip(count: number): number {
    const start = this.#at;
    this.#at += count;
    if (!(count >= 0) || this.#at > this.#bytes.length) {
      throw new Failure('malformed', 'a rollup ends before its data does');
    }
    return start;
  }
}
