import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/collector/indicators/byte-stream.ts';

describe('bytes', () => {
  test('come back in the order they were written', () => {
    const entry = fc.record({
      whole: fc.maxSafeInteger().map(Math.abs),
      signed: fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
      double: fc.double(),
      text: fc.string({ unit: 'grapheme', maxLength: 50 }),
      bytes: fc.uint8Array({ maxLength: 3_000 }),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 10 }), (entries) => {
        const writer = new ByteWriter();
        for (const { whole, signed, double, text, bytes } of entries) {
          writer.varint(whole);
          writer.signed(signed);
          writer.double(double);
          writer.text(text);
          writer.bytes(bytes);
        }
        const reader = new ByteReader(writer.done());
        for (const { whole, signed, double, text, bytes } of entries) {
          expect(reader.varint()).toBe(whole);
          expect(reader.signed()).toBe(signed);
          expect(reader.double()).toBe(double);
          expect(reader.text()).toBe(text);
          expect(Buffer.compare(reader.bytes(bytes.length), bytes)).toBe(0);
        }
      }),
    );
  });

  test('small numbers are short', () => {
    const writer = new ByteWriter();
    for (const value of [0, 127, 128]) writer.varint(value);
    for (const value of [-1, 63, -64]) writer.signed(value);
    expect([...writer.done()]).toEqual([0, 127, 128, 1, 1, 126, 127]);
  });

  test('that end too early are malformed', () => {
    const cut = (...bytes: number[]) => new ByteReader(Buffer.from(bytes));
    expect(() => cut().varint()).toThrow(/ends before/);
    expect(() => cut(0x80).varint()).toThrow(/ends before/);
    expect(() => cut(1, 2, 3).double()).toThrow(/ends before/);
    expect(() => cut(5, 65).text()).toThrow(/ends before/);
    expect(() => cut(1).bytes(2)).toThrow(/ends before/);
  });
});
