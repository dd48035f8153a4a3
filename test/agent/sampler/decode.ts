/** Reads encoded samples back, so that tests see what a collector would. */
import type { EncodedSample } from '../../../src/shared/remote-write.ts';
import { formatSeries, makeLabels } from '../../../src/shared/sample.ts';

function readVarint(bytes: Uint8Array, from: number): [value: number, at: number] {
  let value = 0;
  let at = from;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, at];
  }
}

/** Label messages are field 1 of a TimeSeries; in each, name is field 1 and value field 2. */
function decodeLabels(bytes: Uint8Array): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at < bytes.length; ) {
    const [size, start] = readVarint(bytes, at + 1);
    const parts: string[] = [];
    for (let inner = start; inner < start + size; ) {
      const [length, text] = readVarint(bytes, inner + 1);
      parts.push(Buffer.from(bytes.subarray(text, text + length)).toString());
      inner = text + length;
    }
    pairs.push([parts[0] ?? '', parts[1] ?? '']);
    at = start + size;
  }
  return pairs;
}

/** All of a sample's labels, as they are sent. */
export const labelsOf = ({ head, labels }: EncodedSample): [name: string, value: string][] =>
  decodeLabels(Buffer.concat([head ?? new Uint8Array(), labels]));

/** `name{label="value"} value`, without the labels that every sample of the test carries. */
export function describeSample(sample: EncodedSample, common: readonly string[] = []): string {
  const own = labelsOf(sample).filter(([name]) => !common.includes(name));
  return `${formatSeries(makeLabels(own))} ${sample.value}`;
}
