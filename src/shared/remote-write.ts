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

/** Bytes of one label: its message, and the whole with tag and length. */
function labelSizes(name: string, value: string) {
  const nameBytes = Buffer.byteLength(name);
  const valueBytes = Buffer.byteLength(value);
  const inner = 2 + varintLength(nameBytes) + nameBytes + varintLength(valueBytes) + valueBytes;
  return { nameBytes, valueBytes, inner, whole: 1 + varintLength(inner) + inner };
}

/** The labels of one series as protobuf fields of a TimeSeries: encode once, send for ever. */
export function encodeLabels(labels: Labels): Uint8Array {
  let total = 0;
  for (const name in labels) total += labelSizes(name, labels[name] ?? '').whole;
  const bytes = Buffer.allocUnsafe(total);
  let at = 0;
  for (const name in labels) {
    const value = labels[name] ?? '';
    const { nameBytes, valueBytes, inner } = labelSizes(name, value);
    bytes[at++] = TAG_1_BYTES;
    at = writeVarint(bytes, at, inner);
    bytes[at++] = TAG_1_BYTES;
    at = writeVarint(bytes, at, nameBytes);
    at += bytes.write(name, at);
    bytes[at++] = TAG_2_BYTES;
    at = writeVarint(bytes, at, valueBytes);
    at += bytes.write(value, at);
  }
  return bytes;
}

export interface EncodedSample {
  /** Label bytes that come before `labels`: the name, where series share their other labels. */
  readonly head?: Uint8Array;
  /** From `encodeLabels`. */
  readonly labels: Uint8Array;
  readonly timeMs: number;
  readonly value: number;
}

/** How long the labels are, with those that come first. */
export const labelBytes = ({ head, labels }: EncodedSample): number =>
  (head?.length ?? 0) + labels.length;

/** Size of a Sample message: tag + fixed64 + tag + varint. Times before 1970 are not sent. */
const sampleSize = (timeMs: number): number => 10 + varintLength(timeMs);

/** One WriteRequest, one TimeSeries per sample. `timeMs` must be a whole number ≥ 0. */
export function encodeWriteRequest(samples: readonly EncodedSample[]): Buffer {
  let total = 0;
  for (const sample of samples) {
    const inner = labelBytes(sample) + 2 + sampleSize(sample.timeMs);
    total += 1 + varintLength(inner) + inner;
  }
  const body = Buffer.allocUnsafe(total);
  let at = 0;
  for (const sample of samples) {
    const { head, labels, timeMs, value } = sample;
    const size = sampleSize(timeMs);
    body[at++] = TAG_1_BYTES;
    at = writeVarint(body, at, labelBytes(sample) + 2 + size);
    if (head !== undefined) {
      body.set(head, at);
      at += head.length;
    }
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
