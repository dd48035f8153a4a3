/**
 * Snappy's framing around bytes as they are: one preamble, literals only. An import talks to a
 * collector on the same host, where compressing would cost time and save nothing.
 * Source: snappy format description, sections 1 and 2.1.
 */
import { varintLength, writeVarint } from '../../shared/remote-write.ts';

/** Longest literal with a 2-byte length. */
const LITERAL_BYTES = 65_536;
const TAG_LITERAL_2_BYTES = 61 << 2;

export function storedSnappy(plain: Uint8Array): Buffer {
  const literals = Math.ceil(plain.length / LITERAL_BYTES);
  const result = Buffer.allocUnsafe(varintLength(plain.length) + literals * 3 + plain.length);
  let at = writeVarint(result, 0, plain.length);
  for (let from = 0; from < plain.length; from += LITERAL_BYTES) {
    const length = Math.min(LITERAL_BYTES, plain.length - from);
    result[at++] = TAG_LITERAL_2_BYTES;
    at = result.writeUInt16LE(length - 1, at);
    result.set(plain.subarray(from, from + length), at);
    at += length;
  }
  return result;
}
