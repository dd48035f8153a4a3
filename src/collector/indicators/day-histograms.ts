/** The histograms of one day of slots, and their bytes. */
import { INDICATORS, type IndicatorName, isIndicatorName } from '../../shared/indicator.ts';
import { ByteReader, ByteWriter } from './byte-stream.ts';
import type { FigureSlots } from './figure-slots.ts';
import { makeHistogram, type Scale } from './histogram.ts';
import type { DayHistogram } from './indicators.ts';
import { figureKey } from './plan.ts';
import { seal, unseal } from './sealed-bytes.ts';

const VERSION = 1;

/** What a figure is a part of: its share gets a linear histogram beside the absolute one. */
const WHOLE: Readonly<Partial<Record<IndicatorName, IndicatorName>>> = Object.freeze({
  memory_used_bytes: 'memory_size_bytes',
  swap_used_bytes: 'swap_size_bytes',
  filesystem_used_bytes: 'filesystem_size_bytes',
  database_used_bytes: 'database_limit_bytes',
  network_receive_bytes_per_second: 'network_speed_bytes_per_second',
  network_transmit_bytes_per_second: 'network_speed_bytes_per_second',
});

export function histogramsOf(dayMs: number, figures: readonly FigureSlots[]): DayHistogram[] {
  const byKey = new Map(figures.map((f) => [figureKey(f.indicator, f.item), f]));
  const histograms: (DayHistogram | null)[] = [];
  for (const { indicator, item, mean, last } of figures) {
    const add = (scale: Scale, means: Float64Array, lasts: Float64Array): void => {
      histograms.push(makeHistogram({ indicator, item, dayMs, scale }, means, lasts));
    };
    const isRatio = INDICATORS[indicator].unit === 'ratio';
    add(isRatio ? 'linear' : 'log', mean, last);
    const whole = WHOLE[indicator];
    const size = whole && byKey.get(figureKey(whole, item));
    if (size) add('linear', shares(mean, size.mean), shares(last, size.last));
  }
  return histograms.filter((histogram) => histogram !== null);
}

/** NaN where either is missing, or the whole is nothing. */
function shares(parts: Float64Array, wholes: Float64Array): Float64Array {
  return parts.map((part, i) => {
    const whole = wholes[i] as number;
    return whole > 0 ? part / whole : Number.NaN;
  });
}

export function encodeHistograms(histograms: readonly DayHistogram[]): Uint8Array {
  const writer = new ByteWriter();
  writer.varint(histograms.length);
  for (const { indicator, item, scale, buckets, counts, sum, max, last } of histograms) {
    writer.text(indicator);
    writer.text(item);
    writer.varint(scale === 'linear' ? 0 : 1);
    for (const total of [sum, max, last]) writer.double(total);
    writer.varint(buckets.length);
    let before = 0;
    for (const bucket of buckets) {
      writer.signed(bucket - before);
      before = bucket;
    }
    for (const count of counts) writer.varint(count);
  }
  return seal(VERSION, writer.done());
}

/** Throws `malformed` when the bytes are damaged or of another version. */
export function decodeHistograms(dayMs: number, bytes: Uint8Array): DayHistogram[] {
  if (bytes.length === 0) return [];
  const reader = new ByteReader(unseal(VERSION, bytes));
  const histograms: DayHistogram[] = [];
  for (let rest = reader.varint(); rest > 0; rest--) {
    const indicator = reader.text();
    const item = reader.text();
    const scale: Scale = reader.varint() === 0 ? 'linear' : 'log';
    const [sum, max, last] = [reader.double(), reader.double(), reader.double()];
    const buckets = new Int32Array(reader.varint());
    const counts = new Uint32Array(buckets.length);
    let bucket = 0;
    for (let i = 0; i < buckets.length; i++) {
      bucket += reader.signed();
      buckets[i] = bucket;
    }
    for (let i = 0; i < counts.length; i++) counts[i] = reader.varint();
    if (!isIndicatorName(indicator)) continue;
    histograms.push({ indicator, item, dayMs, scale, buckets, counts, sum, max, last });
  }
  return histograms;
}
