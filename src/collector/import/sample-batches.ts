/** Samples one by one → batches. Each must carry `instance`: it names the device. */
import { bug } from '../../shared/errors.ts';
import type { Labels, Sample } from '../../shared/sample.ts';
import type { Batch, DeviceBuffer } from './device-buffer.ts';
import { DeviceBuffers } from './device-buffers.ts';
import type { Tally } from './send.ts';

/** A series keeps its `Labels` object, so finding its place is one look-up. */
interface Place {
  readonly buffer: DeviceBuffer;
  readonly slot: number;
}

/** Past this the look-ups start afresh; a series then takes a second place, which is harmless. */
const REMEMBERED_SERIES = 50_000;

export class SampleBatcher {
  readonly buffers = new DeviceBuffers();
  readonly #places = new Map<Labels, Place>();

  add({ labels, timeMs, value }: Sample): void {
    let place = this.#places.get(labels);
    if (place === undefined) {
      const device = labels.instance ?? bug('a sample without its device');
      const buffer = this.buffers.get(device) ?? this.buffers.open(device);
      place = { buffer, slot: buffer.slot(labels) };
      if (this.#places.size >= REMEMBERED_SERIES) this.#places.clear();
      this.#places.set(labels, place);
    }
    place.buffer.add(place.slot, timeMs, value);
    this.buffers.grown(place.buffer, 1, 1);
  }
}

/** Samples taken between two looks at what is ready. */
const TURN = 10_000;

export async function* sampleBatches(
  samples: Iterable<Sample>,
  tally: Tally,
): AsyncIterable<Batch> {
  const batcher = new SampleBatcher();
  for (const sample of samples) {
    batcher.add(sample);
    tally.rows++;
    if (tally.rows % TURN === 0) yield* batcher.buffers.ready();
  }
  batcher.buffers.flushAll();
  yield* batcher.buffers.ready();
}
