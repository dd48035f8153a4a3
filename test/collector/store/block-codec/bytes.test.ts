import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../../../src/collector/store/block-codec/bytes.ts';

const anyNumber = fc.oneof(
  fc.nat(),
  fc.maxSafeNat(),
  fc.constantFrom(0, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53),
);
const anySigned = fc.oneof(
  fc.integer(),
  fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
  fc.constantFrom(0, -1, 1, 2 ** 52, -(2 ** 52)),
);

test('numbers of every size come back', () => {
  fc.assert(
    fc.property(fc.array(anyNumber), fc.array(anySigned), (unsigned, signed) => {
      const writer = new ByteWriter(1);
      for (const value of unsigned) writer.varint(value);
      for (const value of signed) writer.signed(value);
      const reader = new ByteReader(writer.view());
      expect(unsigned.map(() => reader.varint())).toEqual(unsigned);
      expect(signed.map(() => reader.signed())).toEqual(signed);
      expect(reader.position).toBe(writer.length);
    }),
  );
});

test('words and bytes come back, also from the middle of a buffer', () => {
  const writer = new ByteWriter(2);
  writer.byte(7);
  writer.word(0xfedcba98);
  writer.append(Uint8Array.of(1, 2, 3));
  const reader = new ByteReader(Buffer.concat([Buffer.alloc(3), writer.view()]).subarray(3));
  expect([reader.byte(), reader.word(), reader.byte()]).toEqual([7, 0xfedcba98, 1]);
});

test('small numbers take one byte', () => {
  const writer = new ByteWriter();
  writer.varint(127);
  writer.signed(-64);
  expect(writer.length).toBe(2);
});

test('reading past the end is an error, not zeros', () => {
  expect(() => new ByteReader(Uint8Array.of(0x80)).varint()).toThrow('past the end');
  expect(() => new ByteReader(Uint8Array.of(1, 2, 3)).word()).toThrow('past the end');
  expect(() => new ByteReader(Uint8Array.of(1)).take(2)).toThrow('past the end');
});

test('a count larger than what is left is an error before anything is allocated', () => {
  const writer = new ByteWriter();
  writer.varint(2 ** 40);
  expect(() => new ByteReader(writer.view()).count()).toThrow('count');
});
