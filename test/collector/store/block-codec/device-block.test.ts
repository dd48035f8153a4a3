import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BlockDecoder,
  BlockEncoder,
  type Column,
  type Effort,
} from '../../../../src/collector/store/block-codec/device-block.ts';
import { T0 } from '../rig.ts';

async function encode(
  columns: readonly Column[],
  effort: Effort = 'thorough',
): Promise<Uint8Array> {
  const encoder = new BlockEncoder(effort);
  for (const column of columns) encoder.add(column);
  return encoder.finish();
}

function decode(payload: Uint8Array): Column[] {
  const decoder = new BlockDecoder(payload);
  const columns: Column[] = [];
  for (let next = decoder.next(); next !== null; next = decoder.next()) columns.push(next);
  return columns;
}

const regular = (series: number, count: number, of: (i: number) => number): Column => ({
  series,
  times: Float64Array.from({ length: count }, (_, i) => T0 + i * 15_000),
  values: Float64Array.from({ length: count }, (_, i) => of(i)),
});

test('columns come back with their series, times and values', async () => {
  const stretch = fc
    .uniqueArray(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 40 })
    .chain((times) =>
      fc.tuple(
        fc.constant(Float64Array.from(times).sort()),
        fc
          .array(fc.double(), { minLength: times.length, maxLength: times.length })
          .map((values) => Float64Array.from(values)),
      ),
    );
  const block = fc.tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 1e6 }), { maxLength: 12 }),
    fc.array(stretch, { minLength: 12, maxLength: 12 }),
    fc.constantFrom<Effort>('quick', 'thorough'),
  );
  await fc.assert(
    fc.asyncProperty(block, async ([numbers, stretches, effort]) => {
      const columns = numbers
        .sort((a, b) => a - b)
        .map((series, i) => ({ series, times: stretches[i]![0], values: stretches[i]![1] }));
      expect(decode(await encode(columns, effort))).toEqual(columns);
    }),
    { numRuns: 200 },
  );
});

test('series of one device share their times, so more series cost only their values', async () => {
  const jitter = Float64Array.from({ length: 500 }, (_, i) => T0 + i * 15_000 + ((i * 7919) % 97));
  const columns = [1, 2, 3, 4].map((series) => ({
    ...regular(series, 500, () => series),
    times: jitter,
  }));
  const one = await encode(columns.slice(0, 1));
  const four = await encode(columns);
  expect(four.length - one.length).toBeLessThan(60);
  const [first, second] = decode(four);
  expect(second?.times).toBe(first?.times);
});

test('more different times than are remembered still come back', async () => {
  const columns = Array.from({ length: 30 }, (_, i) => regular(i + 1, 2 + (i % 10), (k) => k));
  expect(decode(await encode(columns))).toEqual(columns);
});

test('a large block is one zstd frame behind a short prefix', async () => {
  const payload = await encode([regular(1, 40_000, (i) => (i * 7919) % 100)]);
  expect(payload[0]).toBe(1);
  expect(() => zstdDecompressSync(payload.subarray(4))).not.toThrow();
  expect(payload.length).toBeLessThan(40_000);
});

test('blocks of a newer version are refused with a hint', () => {
  expect(() => new BlockDecoder(Uint8Array.of(9, 0))).toThrow('version 9');
});
