/**
 * One record of a segment file: a header that can be found again after damage (marker) and is
 * checked by itself (header CRC), so that a broken body still tells how much was lost, then the
 * body with its own CRC. Little-endian:
 *
 *   0 marker 8 · 8 headerCrc u32 (of 12…80) · 12 bodyCrc u32 · 16 bodyBytes u32 · 20 samples u32
 *   24 index f64 · 32 issuedBefore f64 · 40 seq f64 · 48 firstMs f64 · 56 lastMs f64 · 64 epoch 16
 */
import { crc32 } from 'node:zlib';

export const HEADER_BYTES = 80;
/** Larger bodies are refused before they are written; a larger length in a file is damage. */
export const BODY_BYTES_MAX = 8 * 1024 * 1024;

/** Not valid UTF-8, holds CR LF and ends with the format's version. */
const MARKER = Buffer.from([0x57, 0x4b, 0xf5, 0x9a, 0x0d, 0x0a, 0x1a, 0x01]);

export interface RecordHeader {
  /** Place in the spool's one log, 1, 2, 3 … over all epochs. */
  readonly index: number;
  /** Samples of all records before this one: shows how many a missing record held. */
  readonly issuedBefore: number;
  /** 32 hex digits, and the number inside it, as they were when the record was written. */
  readonly epoch: string;
  readonly seq: number;
  readonly samples: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly bodyBytes: number;
  readonly bodyCrc: number;
}

export type NewRecord = Omit<RecordHeader, 'bodyBytes' | 'bodyCrc'>;

export function encodeRecord(record: NewRecord, body: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  MARKER.copy(bytes, 0);
  bytes.writeUInt32LE(crc32(body), 12);
  bytes.writeUInt32LE(body.length, 16);
  bytes.writeUInt32LE(record.samples, 20);
  bytes.writeDoubleLE(record.index, 24);
  bytes.writeDoubleLE(record.issuedBefore, 32);
  bytes.writeDoubleLE(record.seq, 40);
  bytes.writeDoubleLE(record.firstMs, 48);
  bytes.writeDoubleLE(record.lastMs, 56);
  bytes.write(record.epoch, 64, 16, 'hex');
  bytes.writeUInt32LE(crc32(bytes.subarray(12, HEADER_BYTES)), 8);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** The header at `offset`, or null where there is none or it is damaged. */
export function decodeHeader(bytes: Buffer, offset = 0): RecordHeader | null {
  if (bytes.length < offset + HEADER_BYTES) return null;
  const head = bytes.subarray(offset, offset + HEADER_BYTES);
  if (!head.subarray(0, 8).equals(MARKER)) return null;
  if (head.readUInt32LE(8) !== crc32(head.subarray(12))) return null;
  const header: RecordHeader = {
    index: head.readDoubleLE(24),
    issuedBefore: head.readDoubleLE(32),
    epoch: head.toString('hex', 64, 80),
    seq: head.readDoubleLE(40),
    samples: head.readUInt32LE(20),
    firstMs: head.readDoubleLE(48),
    lastMs: head.readDoubleLE(56),
    bodyBytes: head.readUInt32LE(16),
    bodyCrc: head.readUInt32LE(12),
  };
  const { index, issuedBefore, seq, bodyBytes } = header;
  const sound = [index, issuedBefore, seq].every(isCount) && bodyBytes <= BODY_BYTES_MAX;
  return sound ? header : null;
}

export function bodyMatches(header: RecordHeader, body: Uint8Array): boolean {
  return body.length === header.bodyBytes && crc32(body) === header.bodyCrc;
}

/** Offset of the next sound header at or after `from`; -1 when there is none. */
export function findHeader(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(MARKER, from); at !== -1; at = bytes.indexOf(MARKER, at + 1)) {
    if (decodeHeader(bytes, at) !== null) return at;
  }
  return -1;
}
