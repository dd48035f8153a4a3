import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  planeBits,
  planesOf,
  readPlanes,
  writePlanes,
} from '../../../../src/collector/store/block-codec/byte-planes.ts';
import { ByteReader, ByteWriter } from '../../../../src/collector/store/block-codec/bytes.ts';

const split = (list: readonly number[], width: number) => ({
  low: Uint32Array.from(list),
  high: width > 4 ? Uint32Array.from(list, (value) => value / 2 ** 32) : null,
  width,
});

test('as many planes as the largest number has bytes', () => {
  expect([0, 1, 255, 256, 65_535, 65_536, 2 ** 32, 2 ** 53].map(planesOf)).toEqual([
    0, 1, 1, 2, 2, 3, 5, 7,
  ]);
});

test('numbers come back from their planes', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(300), fc.maxSafeNat()), { minLength: 1 }), (list) => {
      const width = planesOf(Math.max(...list));
      const out = new ByteWriter();
      writePlanes(split(list, width), out);
      const into = new Float64Array(list.length);
      readPlanes(into, width, new ByteReader(out.view()));
      expect([...into]).toEqual(list);
    }),
  );
});

test('the lowest bytes come first', () => {
  const out = new ByteWriter();
  writePlanes(split([0x0102, 0x0304], 2), out);
  expect([...out.view()]).toEqual([2, 4, 1, 3]);
});

test('entropy: nothing for constants, a bit for a coin, eight for all bytes alike', () => {
  expect(planeBits(split([7, 7, 7, 7], 1))).toBe(0);
  expect(planeBits(split([0, 1, 0, 1], 1))).toBe(4);
  expect(
    planeBits(
      split(
        Array.from({ length: 256 }, (_, i) => i),
        1,
      ),
    ),
  ).toBe(2048);
  const many = Array.from({ length: 10_000 }, (_, i) => i % 2);
  expect(planeBits(split(many, 1))).toBeCloseTo(10_000, 6);
});
