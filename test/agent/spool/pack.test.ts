import fc from 'fast-check';
import { uncompressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { SnappyTemplate } from '../../../src/agent/spool/snappy-template.ts';
import { openPacker } from '../../../src/agent/spool/spool.ts';
import {
  type EncodedSample,
  encodeLabels,
  encodeWriteRequest,
} from '../../../src/shared/remote-write.ts';
import { LIMITS, makeLabels } from '../../../src/shared/sample.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 8, 0, 0);
const series = (name: string, extra: Record<string, string> = {}): Uint8Array =>
  encodeLabels(
    makeLabels([
      ['__name__', name],
      ['instance', 'web-01.example.com'],
      ['agent', 'web-01.example.com'],
      ['job', 'node'],
      ...Object.entries(extra),
    ]),
  );
const HOST: readonly Uint8Array[] = Array.from({ length: 200 }, (_, i) =>
  series(`node_cpu_seconds_total`, { cpu: String(i >> 3), mode: `mode${i % 8}` }),
);
const cycle = (labels: readonly Uint8Array[], value: number, timeMs = NOW_MS): EncodedSample[] =>
  labels.map((each, i) => ({ labels: each, timeMs, value: value * i }));

/** The same content as the plain encoder's, for a time that needs no padding. */
function expectSame(body: Uint8Array, samples: readonly EncodedSample[]): void {
  const plain = uncompressSync(Buffer.from(body)) as Buffer;
  expect(plain.equals(encodeWriteRequest(samples))).toBe(true);
}

const labelBytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom(...HOST),
  fc.constant(new Uint8Array(0)),
);
const value = fc.oneof(fc.double(), fc.constantFrom(0, 1, Number.NaN, Infinity, -0));

test('what a template gives is what the plain encoder gives, compressed', () => {
  fc.assert(
    fc.property(
      fc.array(labelBytes, { minLength: 1, maxLength: 60 }),
      fc.array(value, { minLength: 60, maxLength: 60 }),
      fc.integer({ min: 2 ** 35, max: 2 ** 42 - 1 }),
      (labels, values, timeMs) => {
        const samples = labels.map((each, i) => ({ labels: each, timeMs, value: values[i]! }));
        const template = new SnappyTemplate(cycle(labels, 7, NOW_MS));
        expectSame(template.fill(samples, timeMs), samples);
      },
    ),
    { numRuns: 300 },
  );
});

test('values that look like labels or times are never mistaken for them', () => {
  const labels = [series('a'), series('b'), series('a')];
  const look = Buffer.from(labels[0]!).readDoubleLE(0);
  const samples = labels.map((each) => ({ labels: each, timeMs: NOW_MS, value: look }));
  const template = new SnappyTemplate(samples);
  expectSame(template.fill(samples, NOW_MS), samples);
  expectSame(template.fill(cycle(labels, 3), NOW_MS), cycle(labels, 3));
});

test('a host of 200 series compresses about as well as snappy itself does', () => {
  const samples = cycle(HOST, 1.5);
  const plain = encodeWriteRequest(samples);
  const body = new SnappyTemplate(samples).fill(samples, NOW_MS);
  expect(body.length).toBeLessThan(plain.length / 4);
});

test('a clock that believes in 1970 makes a valid request too', () => {
  const samples = cycle(HOST.slice(0, 2), 1, 5_000);
  const body = new SnappyTemplate(samples).fill(samples, 5_000);
  const plain = uncompressSync(Buffer.from(body)) as Buffer;
  // The time is the last varint: five bytes with their continuation bit, as long as today's.
  const varint = plain.subarray(-6);
  const time = varint.reduce((sum, byte, k) => sum + (byte & 0x7f) * 128 ** k, 0);
  expect(time).toBe(5_000);
  expect([...varint].map((byte) => byte >> 7)).toEqual([1, 1, 1, 1, 1, 0]);
});

describe('packer', () => {
  test('one batch per cycle, with its count and time', () => {
    const [batch, ...others] = openPacker().pack(cycle(HOST, 2));
    expect(others).toEqual([]);
    expect(batch).toMatchObject({ samples: 200, firstMs: NOW_MS, lastMs: NOW_MS });
    expectSame(batch!.body, cycle(HOST, 2));
  });

  test('layouts that alternate are each right', () => {
    const packer = openPacker();
    for (let i = 0; i < 20; i++) {
      const labels = HOST.slice(0, 10 + (i % 7));
      const samples = cycle(labels, i, NOW_MS + i);
      expectSame(packer.pack(samples)[0]!.body, samples);
    }
  });

  test('a name kept apart from the other labels makes the same request', () => {
    const rest = encodeLabels(
      makeLabels([
        ['instance', 'switch-1'],
        ['port', 'ge0'],
      ]),
    );
    const heads = ['a', 'b'].map((name) => encodeLabels(makeLabels([['__name__', name]])));
    const parted = heads.map((head) => ({ head, labels: rest, timeMs: NOW_MS, value: 7 }));
    const whole = heads.map((head) => Uint8Array.from([...head, ...rest]));
    const packer = openPacker();
    expectSame(
      packer.pack(parted)[0]!.body,
      whole.map((labels) => ({ labels, timeMs: NOW_MS, value: 7 })),
    );
    // Another order is another layout, though all the labels are the same bytes.
    expectSame(packer.pack(parted.toReversed())[0]!.body, parted.toReversed());
  });

  test('equal labels in other objects are another layout, not a wrong one', () => {
    const packer = openPacker();
    packer.pack(cycle(HOST, 1));
    const copies = HOST.map((bytes) => Uint8Array.from(bytes)).reverse();
    expectSame(packer.pack(cycle(copies, 5))[0]!.body, cycle(copies, 5));
  });

  test('different times are different batches', () => {
    const samples = [...cycle(HOST.slice(0, 3), 1), ...cycle(HOST.slice(3, 5), 1, NOW_MS + 1)];
    const batches = openPacker().pack(samples);
    expect(batches.map(({ samples: n, firstMs }) => [n, firstMs - NOW_MS])).toEqual([
      [3, 0],
      [2, 1],
    ]);
  });

  test('nothing is no batch', () => {
    expect(openPacker().pack([])).toEqual([]);
  });

  test('more than the collector takes becomes several batches', () => {
    const many = Array.from({ length: LIMITS.samplesPerBatch + 1 }, (_, i) => series(`m${i}`));
    const batches = openPacker().pack(cycle(many, 1));
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.reduce((sum, { samples }) => sum + samples, 0)).toBe(many.length);
    for (const { body, samples } of batches) {
      expect(samples).toBeLessThanOrEqual(LIMITS.samplesPerBatch);
      expect(body.length).toBeLessThanOrEqual(LIMITS.bodyBytes);
    }
  });

  test('labels that cannot be compressed stay within the limit too', () => {
    let state = 1;
    const noise = (): Uint8Array =>
      Uint8Array.from({ length: 4_000 }, () => {
        state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
        return state >> 16;
      });
    const batches = openPacker().pack(cycle(Array.from({ length: 600 }, noise), 1));
    for (const { body } of batches) expect(body.length).toBeLessThanOrEqual(LIMITS.bodyBytes);
  });
});
