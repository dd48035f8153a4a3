/** A shape split by device once, so that every request of the same layout is only copied. */
import { bug } from '../../shared/errors.ts';
import { ByteWriter } from './block-codec/bytes.ts';
import type { DeviceState } from './device-state.ts';
import type { SeriesDictionary } from './series-dictionary.ts';
import type { Shape } from './store.ts';

/** The series of one device in a request. */
export interface ShapePart {
  readonly device: DeviceState;
  readonly series: Uint32Array;
  /** Their places in the request; null when they are all of it, in order. */
  readonly places: Uint32Array | null;
  /** The series as bytes of a journal row. */
  readonly runs: Uint8Array;
}

export class SplitShape implements Shape {
  readonly series: Uint32Array;
  readonly generation: number;
  readonly parts: readonly ShapePart[];

  constructor(series: readonly number[], dictionary: SeriesDictionary) {
    this.series = Uint32Array.from(series);
    this.generation = dictionary.generation;
    this.parts = split(this.series, dictionary);
  }
}

export function splitShapeOf(shape: Shape): SplitShape {
  return shape instanceof SplitShape ? shape : bug('a shape that `shape` did not make');
}

function split(series: Uint32Array, dictionary: SeriesDictionary): ShapePart[] {
  const byDevice = new Map<DeviceState, number[]>();
  for (const [place, number] of series.entries()) {
    const device = dictionary.deviceOf(number);
    const places = byDevice.get(device);
    if (places === undefined) byDevice.set(device, [place]);
    else places.push(place);
  }
  return [...byDevice].map(([device, list]) => {
    const own = Uint32Array.from(list, (place) => series[place] ?? 0);
    const places = byDevice.size === 1 ? null : Uint32Array.from(list);
    return { device, series: own, places, runs: encodeRuns(own) };
  });
}

/** Series that follow each other in number are one run: (distance from the run before, length). */
export function encodeRuns(series: Uint32Array): Uint8Array {
  const out = new ByteWriter(16);
  let previous = 0;
  for (let at = 0; at < series.length; ) {
    const first = series[at] ?? 0;
    let length = 1;
    while (series[at + length] === first + length) length++;
    out.signed(first - previous);
    out.varint(length);
    previous = first + length;
    at += length;
  }
  return out.view();
}
