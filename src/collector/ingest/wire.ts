/**
 * Protobuf's wire format, reading only what remote write needs. Groups, field number 0 and varints
 * past ten bytes are refused. Source: protobuf.dev/programming-guides/encoding.
 */
import { Failure } from '../../shared/errors.ts';

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
export const WIRE_FIXED32 = 5;

export function malformed(what: string): Failure {
  return new Failure('malformed', `the body is not a valid write request: ${what}`, {
    hint: 'check that Content-Type names the message that was sent',
  });
}

/** Bytes and a view of the same buffer. It may be longer than the message in it. */
export interface WireSource {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Reads inside one message: `at` moves, `end` is where the message ends. */
export class WireReader {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  at = 0;
  end = 0;

  open(source: WireSource, length: number): void {
    this.bytes = source.bytes;
    this.view = source.view;
    this.at = 0;
    this.end = length;
  }

  /** An unsigned varint. Above 2^53 it is no longer exact, which no caller needs. */
  varint(): number {
    const { bytes, end } = this;
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      if (this.at >= end) throw malformed('it ends inside a number');
      const byte = bytes[this.at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw malformed('a number is longer than ten bytes');
  }

  /** An int64 in two's complement: negative numbers arrive as ten bytes. */
  int64(): number {
    const start = this.at;
    const value = this.varint();
    if (value < 2 ** 63) return value;
    let exact = 0n;
    for (let index = this.at - 1; index >= start; index--) {
      exact = (exact << 7n) | BigInt((this.bytes[index] ?? 0) & 0x7f);
    }
    return Number(BigInt.asIntN(64, exact));
  }

  fixed64(): number {
    const at = this.at;
    if (at + 8 > this.end) throw malformed('it ends inside a value');
    this.at += 8;
    return this.view.getFloat64(at, true);
  }

  /** Length of a nested message or text, checked to lie inside this one. */
  length(): number {
    const first = this.bytes[this.at] ?? 0x80;
    if (first < 0x80 && this.at + first < this.end) {
      this.at++;
      return first;
    }
    const length = this.varint();
    if (length > this.end - this.at) throw malformed('a field is longer than what holds it');
    return length;
  }

  /** Steps over the value of a field whose tag was `tag`. */
  skip(tag: number): void {
    if (tag < 8) throw malformed('field number 0');
    const wire = tag % 8;
    if (wire === WIRE_VARINT) this.varint();
    else if (wire === WIRE_BYTES) this.at = this.length() + this.at;
    else if (wire === WIRE_FIXED64) this.at += 8;
    else if (wire === WIRE_FIXED32) this.at += 4;
    else throw malformed(`wire type ${wire}`);
    if (this.at > this.end) throw malformed('it ends inside a field');
  }
}
