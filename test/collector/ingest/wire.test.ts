import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WireReader } from '../../../src/collector/ingest/wire.ts';
import { bytesField, fixed64, varint } from './wire-bytes.ts';

function reader(bytes: readonly number[], extra = 16): WireReader {
  const all = Uint8Array.from([...bytes, ...Array(extra).fill(0x01)]);
  const made = new WireReader();
  made.open({ bytes: all, view: new DataView(all.buffer) }, bytes.length);
  return made;
}

describe('numbers', () => {
  it('reads unsigned numbers exactly up to 2^53', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(reader(varint(value)).varint()).toBe(value);
      }),
    );
  });

  it('reads signed numbers: negative ones come as ten bytes', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(reader(varint(BigInt(value))).int64()).toBe(value);
      }),
    );
    expect(reader(varint(-1n)).int64()).toBe(-1);
    expect(reader(varint(-(2n ** 63n))).int64()).toBe(-(2 ** 63));
  });

  it('refuses a number that goes past the message, though the buffer goes on', () => {
    expect(() => reader([0x80, 0x80]).varint()).toThrow('ends inside a number');
  });

  it('refuses a number of more than ten bytes', () => {
    expect(() => reader(Array(11).fill(0x80)).varint()).toThrow('longer than ten bytes');
  });

  it('reads a value and refuses one cut short', () => {
    expect(reader(fixed64(-1.5)).fixed64()).toBe(-1.5);
    expect(() => reader(fixed64(1).slice(1)).fixed64()).toThrow('ends inside a value');
  });
});

describe('fields', () => {
  it.each([
    ['a number', [0x08, ...varint(300)]],
    ['eight bytes', [0x09, ...fixed64(1)]],
    ['text', bytesField(1, 'x'.repeat(200))],
    ['four bytes', [0x0d, 1, 2, 3, 4]],
  ])('steps over %s', (_, bytes) => {
    const wire = reader(bytes);
    wire.skip(wire.varint());
    expect(wire.at).toBe(bytes.length);
  });

  it.each([
    ['field number 0', [0x02, 0x00], 'field number 0'],
    ['the start of a group', [0x0b], 'wire type 3'],
    ['the end of a group', [0x0c], 'wire type 4'],
    ['wire type 6', [0x0e], 'wire type 6'],
    ['wire type 7', [0x0f], 'wire type 7'],
    ['a length past the end', [0x0a, 0x05, 1, 2], 'longer than what holds it'],
    ['a length of 2^60', [0x0a, ...varint(2n ** 60n)], 'longer than what holds it'],
    ['eight bytes cut short', [0x09, 1, 2], 'ends inside a field'],
    ['four bytes cut short', [0x0d, 1, 2], 'ends inside a field'],
  ])('refuses %s', (_, bytes, message) => {
    const wire = reader(bytes);
    expect(() => wire.skip(wire.varint())).toThrow(message);
  });
});
