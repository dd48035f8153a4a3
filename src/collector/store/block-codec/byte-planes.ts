/** Unsigned numbers as planes of bytes (all lowest bytes first), and what planes cost to code. */
import type { ByteReader, ByteWriter } from './bytes.ts';

export const WORD = 2 ** 32;

/** How many planes numbers up to `most` need; 0 when all are zero. */
export function planesOf(most: number): number {
  let planes = 0;
  for (let limit = 1; limit <= most; limit *= 256) planes++;
  return planes;
}

/** Numbers below 2^53: the lowest 32 bits, and the bits above them where any is set. */
export interface Numbers {
  readonly low: Uint32Array;
  readonly high: Uint32Array | null;
  readonly width: number;
}

export function writePlanes({ low, high, width }: Numbers, out: ByteWriter): void {
  for (let plane = 0; plane < width; plane++) {
    const words = plane < 4 || high === null ? low : high;
    const shift = (plane & 3) * 8;
    let at = out.reserve(words.length);
    const bytes = out.raw();
    for (let i = 0; i < words.length; i++) bytes[at++] = (words[i] ?? 0) >>> shift;
  }
}

/** Fills `into` from `width` planes. */
export function readPlanes(into: Float64Array, width: number, planes: ByteReader): void {
  const count = into.length;
  const start = planes.take(count * width);
  const { bytes } = planes;
  for (let i = 0; i < count; i++) into[i] = bytes[start + i] ?? 0;
  let factor = 256;
  for (let plane = 1; plane < width; plane++) {
    const at = start + plane * count;
    for (let i = 0; i < count; i++) into[i] = (into[i] ?? 0) + (bytes[at + i] ?? 0) * factor;
    factor *= 256;
  }
}

/** Order-0 entropy of the planes together, in bits. */
export function planeBits({ low, high, width }: Numbers): number {
  let bits = 0;
  for (let plane = 0; plane < width; plane++) {
    bits += entropyBits(plane < 4 || high === null ? low : high, (plane & 3) * 8);
  }
  return bits;
}

const counts = new Uint32Array(256);
/** count · log2(count) of the counts that are common in small columns. */
const TERMS = Float64Array.from({ length: 4096 }, (_, count) => count * Math.log2(count || 1));

function entropyBits(words: Uint32Array, shift: number): number {
  counts.fill(0);
  for (let i = 0; i < words.length; i++) {
    const byte = ((words[i] ?? 0) >>> shift) & 0xff;
    counts[byte] = (counts[byte] ?? 0) + 1;
  }
  let sum = 0;
  for (let i = 0; i < 256; i++) sum += term(counts[i] ?? 0);
  return term(words.length) - sum;
}

function term(count: number): number {
  return TERMS[count] ?? count * Math.log2(count);
}
