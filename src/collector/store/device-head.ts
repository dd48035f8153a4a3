/**
 * A device's newest samples as bytes, saved whenever rows of it are sealed: what memory needs at
 * the next start without reading a block. Layout: series numbers (u32), times, values (f64).
 */
import { wordsOf } from './block-codec/double-column.ts';
import type { DeviceState } from './device-state.ts';
import type { LatestSamples } from './latest-samples.ts';

const BYTES_PER_SERIES = 4 + 8 + 8;

export function encodeHead(device: DeviceState, latest: LatestSamples): Uint8Array {
  const count = device.series.length;
  const series = Uint32Array.from(device.series);
  const times = new Float64Array(count);
  const values = new Float64Array(count);
  const words = wordsOf(values);
  for (let i = 0; i < count; i++) {
    const number = series[i] ?? 0;
    times[i] = latest.times[number] ?? 0;
    words[2 * i] = latest.words[2 * number] ?? 0;
    words[2 * i + 1] = latest.words[2 * number + 1] ?? 0;
  }
  return Buffer.concat([bytesOf(series), bytesOf(times), bytesOf(values)]);
}

/** Puts a head back. Series that are not known any more are ignored. */
export function applyHead(head: Uint8Array, device: DeviceState, latest: LatestSamples): void {
  const count = Math.floor(head.length / BYTES_PER_SERIES);
  // Copies begin at a multiple of eight, which the parts of the bytes may not.
  const copy = (from: number, to: number) => new Uint8Array(head.subarray(from, to)).buffer;
  const series = new Uint32Array(copy(0, 4 * count));
  const times = new Float64Array(copy(4 * count, 12 * count));
  const values = new Float64Array(copy(12 * count, 20 * count));
  const known = new Set(device.series);
  for (let i = 0; i < count; i++) {
    const number = series[i] ?? 0;
    const timeMs = times[i] ?? 0;
    if (!known.has(number) || timeMs < (latest.times[number] ?? 0)) continue;
    latest.set(number, timeMs, values[i] ?? 0);
    if (timeMs > device.newestMs) device.newestMs = timeMs;
  }
}

function bytesOf(array: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
