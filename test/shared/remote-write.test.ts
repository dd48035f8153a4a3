import fc from 'fast-check';
import { compressSync } from 'snappy';
import { expect, test } from 'vitest';
import {
  encodeLabels,
  encodeSamples,
  encodeWriteRequest,
  varintLength,
  writeVarint,
} from '../../src/shared/remote-write.ts';
import { makeLabels, type Sample } from '../../src/shared/sample.ts';
import { decodeWrite } from '../support/decode-write.ts';

const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

test('a varint is as long as announced and reads back', () => {
  fc.assert(
    fc.property(count, (value) => {
      const bytes = new Uint8Array(10);
      const length = writeVarint(bytes, 0, value);
      expect(length).toBe(varintLength(value));
      const read = bytes
        .subarray(0, length)
        .reduce((sum, byte, k) => sum + BigInt(byte & 0x7f) * 128n ** BigInt(k), 0n);
      expect(read).toBe(BigInt(value));
      expect(bytes.subarray(0, length - 1).every((byte) => byte >= 0x80)).toBe(true);
      expect(bytes[length - 1]).toBeLessThan(0x80);
    }),
  );
});

test.each([
  [0, 1],
  [127, 1],
  [128, 2],
  [16_383, 2],
  [16_384, 3],
  [2 ** 32, 5],
  [2 ** 42 - 1, 6],
  [2 ** 42, 7],
])('a varint of %i takes %i bytes', (value, length) => {
  expect(varintLength(value)).toBe(length);
});

const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,20}$/);
const sample: fc.Arbitrary<Sample> = fc.record({
  labels: fc
    .dictionary(name, fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }), { maxKeys: 8 })
    .map((pairs) => makeLabels([['__name__', 'm'], ...Object.entries(pairs)])),
  timeMs: fc.integer({ min: 0, max: 2 ** 43 }),
  value: fc.double(),
});

test('what is encoded reads back: labels in order, time, value, also NaN and infinity', () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 20 }), (samples) => {
      const read = decodeWrite(compressSync(encodeSamples(samples)));
      expect(read.map(({ timeMs, value }) => ({ timeMs, value }))).toEqual(
        samples.map(({ timeMs, value }) => ({ timeMs, value })),
      );
      expect(read.map(({ labels }) => Object.entries(labels))).toEqual(
        samples.map(({ labels }) => Object.entries(labels)),
      );
    }),
  );
});

test('labels encoded once give the same request as labels encoded each time', () => {
  const labels = makeLabels([
    ['__name__', 'node_load1'],
    ['instance', 'web-01'],
  ]);
  const encoded = encodeLabels(labels);
  const times = [1_767_600_000_000, 1_767_600_015_000];
  const once = times.map((timeMs, i) => ({ labels: encoded, timeMs, value: i }));
  const anew = times.map((timeMs, i) => ({ labels, timeMs, value: i }));
  expect(encodeWriteRequest(once).equals(encodeSamples(anew))).toBe(true);
});

test('the bytes are those of the specification', () => {
  const [bytes] = [encodeSamples([{ labels: makeLabels([['a', 'b']]), timeMs: 1, value: 1 }])];
  expect(bytes.toString('hex')).toBe(
    // timeseries { labels { name: "a" value: "b" } samples { value: 1 timestamp: 1 } }
    '0a15' + '0a06' + '0a0161' + '120162' + '120b' + '09' + '000000000000f03f' + '1001',
  );
});

test('no samples, no bytes', () => {
  expect(encodeWriteRequest([])).toHaveLength(0);
});
