import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bodyMatches,
  decodeHeader,
  encodeRecord,
  findHeader,
  HEADER_BYTES,
  type NewRecord,
} from '../../../src/agent/spool/record.ts';

const count = fc.integer({ min: 0, max: 2 ** 40 });
const hex = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((b) => Buffer.from(b).toString('hex'));
const record: fc.Arbitrary<NewRecord> = fc.record({
  index: count,
  issuedBefore: count,
  epoch: hex,
  seq: count,
  samples: fc.integer({ min: 0, max: 5_000 }),
  firstMs: count,
  lastMs: count,
});
const body = fc.uint8Array({ maxLength: 300 });

test('what was written is read again', () => {
  fc.assert(
    fc.property(record, body, (fields, content) => {
      const bytes = encodeRecord(fields, content);
      const header = decodeHeader(bytes);
      expect(header).toMatchObject(fields);
      expect(bytes).toHaveLength(HEADER_BYTES + content.length);
      expect(bodyMatches(header!, bytes.subarray(HEADER_BYTES))).toBe(true);
    }),
  );
});

test('no flipped bit of a header goes unnoticed', () => {
  fc.assert(
    fc.property(record, fc.nat(HEADER_BYTES - 1), fc.nat(7), (fields, at, bit) => {
      const bytes = encodeRecord(fields, Buffer.from('body'));
      bytes[at]! ^= 1 << bit;
      expect(decodeHeader(bytes)).toBeNull();
    }),
  );
});

test('no flipped bit of a body goes unnoticed, and its header still tells what it held', () => {
  const content = Buffer.from('a body of some bytes');
  fc.assert(
    fc.property(record, fc.nat(content.length - 1), fc.nat(7), (fields, at, bit) => {
      const bytes = encodeRecord(fields, content);
      bytes[HEADER_BYTES + at]! ^= 1 << bit;
      const header = decodeHeader(bytes);
      expect(header).toMatchObject(fields);
      expect(bodyMatches(header!, bytes.subarray(HEADER_BYTES))).toBe(false);
    }),
  );
});

test('the next record is found behind any garbage', () => {
  fc.assert(
    fc.property(record, body, fc.uint8Array({ maxLength: 400 }), (fields, content, garbage) => {
      const bytes = Buffer.concat([garbage, encodeRecord(fields, content)]);
      expect(findHeader(bytes, 0)).toBe(garbage.length);
      expect(findHeader(bytes, garbage.length + 1)).toBe(-1);
    }),
  );
});

test('a header that is cut off is none', () => {
  const bytes = encodeRecord(
    {
      index: 1,
      issuedBefore: 0,
      epoch: 'ab'.repeat(16),
      seq: 1,
      samples: 1,
      firstMs: 0,
      lastMs: 0,
    },
    Buffer.alloc(0),
  );
  for (let length = 0; length < HEADER_BYTES; length++) {
    expect(decodeHeader(bytes.subarray(0, length))).toBeNull();
  }
});
