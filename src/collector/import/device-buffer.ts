/**
 * Samples of one device until there are enough for a batch. A batch groups by series, so labels
 * travel once for hundreds of samples.
 */
import { encodeLabels, varintLength, writeVarint } from '../../shared/remote-write.ts';
import type { Labels } from '../../shared/sample.ts';

/** One WriteRequest, not compressed. */
export interface Batch {
  readonly body: Buffer;
  readonly samples: number;
  readonly device: string;
}

interface Slot {
  readonly labels: Uint8Array;
  readonly times: number[];
  readonly values: number[];
}

const TAG_1_BYTES = 0x0a;
const TAG_2_BYTES = 0x12;
const TAG_1_FIXED64 = 0x09;
const TAG_2_VARINT = 0x10;

/** Sample message without its own tag and length: tag, 8 bytes, tag, varint. */
const sampleSize = (timeMs: number): number => 10 + varintLength(timeMs);

function slotSize({ labels, times }: Slot): number {
  let size = labels.length;
  for (const timeMs of times) size += 2 + sampleSize(timeMs);
  return size;
}

export class DeviceBuffer {
  readonly device: string;
  readonly #slots: Slot[] = [];
  samples = 0;

  constructor(device: string) {
    this.device = device;
  }

  /** A place for one series; its number is for `add`. */
  slot(labels: Labels): number {
    this.#slots.push({ labels: encodeLabels(labels), times: [], values: [] });
    return this.#slots.length - 1;
  }

  add(slot: number, timeMs: number, value: number): void {
    const { times, values } = this.#slots[slot] as Slot;
    times.push(timeMs);
    values.push(value);
    this.samples++;
  }

  /** The batch, and the buffer is empty again. */
  take(): Batch {
    const full = this.#slots.filter(({ times }) => times.length > 0);
    const sizes = full.map(slotSize);
    const total = sizes.reduce((sum, size) => sum + 1 + varintLength(size) + size, 0);
    const body = Buffer.allocUnsafe(total);
    let at = 0;
    full.forEach((slot, i) => {
      body[at++] = TAG_1_BYTES;
      at = writeVarint(body, at, sizes[i] ?? 0);
      at = writeSlot(body, at, slot);
      slot.times.length = 0;
      slot.values.length = 0;
    });
    const { samples, device } = this;
    this.samples = 0;
    return { body, samples, device };
  }
}

function writeSlot(body: Buffer, offset: number, { labels, times, values }: Slot): number {
  body.set(labels, offset);
  let at = offset + labels.length;
  for (let i = 0; i < times.length; i++) {
    const timeMs = times[i] ?? 0;
    body[at++] = TAG_2_BYTES;
    body[at++] = sampleSize(timeMs);
    body[at++] = TAG_1_FIXED64;
    at = body.writeDoubleLE(values[i] ?? 0, at);
    body[at++] = TAG_2_VARINT;
    at = writeVarint(body, at, timeMs);
  }
  return at;
}
