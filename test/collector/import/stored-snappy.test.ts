import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { storedSnappy } from '../../../src/collector/import/stored-snappy.ts';

test.each([1, 59, 60, 61, 65_535, 65_536, 65_537, 200_000])(
  'a decoder gives back %i bytes',
  async (length) => {
    const { uncompressSync } = await import('snappy');
    const plain = randomBytes(length);
    expect(Buffer.compare(Buffer.from(uncompressSync(storedSnappy(plain))), plain)).toBe(0);
  },
);

test('nothing is one preamble', () => {
  expect([...storedSnappy(Buffer.alloc(0))]).toEqual([0]);
});
