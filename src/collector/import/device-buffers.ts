/** The buffers of all devices of an import: bounded together, emptied in an order the file decides. */
import { LIMITS } from '../../shared/sample.ts';
import { type Batch, DeviceBuffer } from './device-buffer.ts';

/** Samples waiting over all devices, about 50 MB: rows may alternate between thousands of devices. */
const WAITING_LIMIT = 2_000_000;

export class DeviceBuffers {
  readonly #byName = new Map<string, DeviceBuffer>();
  readonly #ready: Batch[] = [];
  #waiting = 0;

  get(device: string): DeviceBuffer | undefined {
    return this.#byName.get(device);
  }

  open(device: string): DeviceBuffer {
    const buffer = new DeviceBuffer(device);
    this.#byName.set(device, buffer);
    return buffer;
  }

  get devices(): readonly string[] {
    return [...this.#byName.keys()];
  }

  /** Call after `added` samples went into `buffer`, with `next` more to come at once at most. */
  grown(buffer: DeviceBuffer, added: number, next: number): void {
    this.#waiting += added;
    if (buffer.samples + next > LIMITS.samplesPerBatch) this.#flush(buffer);
    if (this.#waiting >= WAITING_LIMIT) this.flushAll();
  }

  flushAll(): void {
    for (const buffer of this.#byName.values()) this.#flush(buffer);
  }

  /** Batches that are complete, oldest first. */
  ready(): readonly Batch[] {
    return this.#ready.splice(0);
  }

  #flush(buffer: DeviceBuffer): void {
    if (buffer.samples === 0) return;
    this.#waiting -= buffer.samples;
    this.#ready.push(buffer.take());
  }
}
