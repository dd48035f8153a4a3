/**
 * Prometheus remote write 1.0, the sending half: `prometheus.WriteRequest` in protobuf, not yet
 * compressed. Wire facts: WriteRequest.timeseries = 1; TimeSeries.labels = 1, .samples = 2;
 * Label.name = 1, .value = 2; Sample.value = 1 (fixed64), .timestamp = 2 (varint, ms).
 * Source: Prometheus remote-write specification 1.0, prompb/types.proto.
 */
import type { Labels, Sample } from './sample.ts';

const TAG_1_BYTES = 0x0a;
const TAG_2_BYTES = 0x12;
const TAG_1_FIXED64 = 0x09;
const TAG_2_VARINT = 0x10;

export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) length++;
  return length;
}

/** Writes an unsigned integer up to 2^53; returns the offset after it. */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest >= 0x80) {
    target[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  target[at++] = rest;
  return at;
}

/** The labels of one series as protobuf fields of a TimeSeries: encode once, send for ever. */
export function encodeLabels(labels: Labels): Uint8Array {
  const parts: Buffer[] = [];
  for (const name in labels) {
    const nameBytes = Buffer.from(name);
    const valueBytes = Buffer.from(labels[name] ?? '');
    const size =
      2 +
      varintLength(nameBytes.length) +
      nameBytes.length +
      varintLength(valueBytes.length) +
      valueBytes.length;
    const part = Buffer.alloc(1 + varintLength(size) + size);
    part[0] = TAG_1_BYTES;
    let at = writeVarint(part, 1, size);
    part[at++] = TAG_1_BYTES;
    at = writeVarint(part, at, nameBytes.length);
    at += nameBytes.copy(part, at);
    part[at++] = TAG_2_BYTES;
    at = writeVarint(part, at, valueBytes.length);
    valueBytes.copy(part, at);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

export interface EncodedSample {
  /** From `encodeLabels`. */
  readonly labels: Uint8Array;
  readonly timeMs: number;
  readonly value: number;
}

/** Size of a Sample message: tag + fixed64 + tag + varint. Times before 1970 are not sent. */
const sampleSize = (timeMs: number): number => 10 + varintLength(timeMs);

/** One WriteRequest, one TimeSeries per sample. `timeMs` must be a whole number ≥ 0. */
export function encodeWriteRequest(samples: readonly EncodedSample[]): Buffer {
  let total = 0;
  for (const { labels, timeMs } of samples) {
    const inner = labels.length + 2 + sampleSize(timeMs);
    total += 1 + varintLength(inner) + inner;
  }
  const body = Buffer.allocUnsafe(total);
  let at = 0;
  for (const { labels, timeMs, value } of samples) {
    const size = sampleSize(timeMs);
    body[at++] = TAG_1_BYTES;
    at = writeVarint(body, at, labels.length + 2 + size);
    body.set(labels, at);
    at += labels.length;
    body[at++] = TAG_2_BYTES;
    body[at++] = size;
    body[at++] = TAG_1_FIXED64;
    at = body.writeDoubleLE(value, at);
    body[at++] = TAG_2_VARINT;
    at = writeVarint(body, at, timeMs);
  }
  return body;
}

/** Convenience for senders that do not cache label bytes. */
export function encodeSamples(samples: readonly Sample[]): Buffer {
  return encodeWriteRequest(
    samples.map(({ labels, timeMs, value }) => ({ labels: encodeLabels(labels), timeMs, value })),
  );
}
