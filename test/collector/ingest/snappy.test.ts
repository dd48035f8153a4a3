import fc from 'fast-check';
import { compressSync, uncompressSync } from 'snappy';
import { describe, expect, it } from 'vitest';
import { declaredLength, SnappyDecoder } from '../../../src/collector/ingest/snappy.ts';
import { Failure } from '../../../src/shared/errors.ts';

const LIMIT = 8 * 1024 * 1024;

function decode(block: Uint8Array, limit = LIMIT): Buffer {
  const decoder = new SnappyDecoder();
  const length = decoder.decode(block, limit);
  return Buffer.from(decoder.bytes.subarray(0, length));
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
  return 'none';
}

/** Repetitive bytes, so that literals, near and far copies and overlaps all come up. */
const text = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 1, max: 40 })), {
    maxLength: 30,
  })
  .map((parts) => Buffer.concat(parts.flatMap(([bytes, times]) => Array(times).fill(bytes))));

describe('decoding', () => {
  it('gives back what the reference compressor was given', () => {
    fc.assert(
      fc.property(text, (plain) => {
        expect(decode(compressSync(plain)).equals(plain)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('decodes far copies and literals of every length class', () => {
    const noise = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * i * 31) >> 3));
    for (const plain of [noise, Buffer.concat([noise, noise]), noise.subarray(0, 257)]) {
      expect(decode(compressSync(plain)).equals(plain)).toBe(true);
    }
  });

  it('repeats bytes when a copy overlaps its own output', () => {
    // "ab", then 11 bytes from 2 back; then 5 bytes from 1 back.
    const block = Uint8Array.of(18, 0x04, 97, 98, 0x1d, 2, 0x05, 1);
    expect(decode(block).toString()).toBe('ababababababaaaaaa');
  });

  it('uses its buffer again without leaving old bytes in a new body', () => {
    const decoder = new SnappyDecoder();
    decoder.decode(compressSync(Buffer.alloc(400_000, 7)), LIMIT);
    const length = decoder.decode(compressSync(Buffer.from('short')), LIMIT);
    expect(Buffer.from(decoder.bytes.subarray(0, length)).toString()).toBe('short');
  });
});

describe('blocks that lie', () => {
  it('agrees with the native decoder on mutated blocks, and never throws anything else', () => {
    const mutation = fc.tuple(fc.nat(), fc.nat(255));
    let refused = 0;
    fc.assert(
      fc.property(text, fc.array(mutation, { minLength: 1, maxLength: 4 }), (plain, changes) => {
        const block = compressSync(plain);
        for (const [at, byte] of changes) block[at % block.length] = byte;
        let native: Buffer | null = null;
        try {
          if (declaredLength(block) <= LIMIT) native = uncompressSync(block) as Buffer;
        } catch {
          native = null;
        }
        const code = codeOf(() => {
          const ours = decode(block);
          expect(native?.equals(ours)).toBe(true);
        });
        if (native === null) expect(['malformed', 'too_large']).toContain(code);
        if (code !== 'none') refused++;
      }),
      { numRuns: 2_000 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it('refuses every truncation', () => {
    const block = compressSync(Buffer.from('node_cpu_seconds_total node_cpu_seconds_total 123456'));
    for (let length = 0; length < block.length; length++) {
      expect(codeOf(() => decode(block.subarray(0, length)))).toBe('malformed');
    }
  });

  it('refuses a declared length above the limit before taking memory for it', () => {
    const bomb = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0x00);
    const decoder = new SnappyDecoder();
    const before = decoder.bytes.length;
    expect(codeOf(() => decoder.decode(bomb, LIMIT))).toBe('too_large');
    expect(decoder.bytes.length).toBe(before);
    expect(declaredLength(bomb)).toBe(2 ** 32 - 1);
  });

  it.each([
    ['a length that never ends', [0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
    ['a copy from before the beginning', [8, 0x00, 97, 0x11, 5]],
    ['a copy of offset nought', [8, 0x00, 97, 0x11, 0]],
    ['less than it declares', [9, 0x04, 97, 98]],
    ['more than it declares', [1, 0x04, 97, 98]],
    ['a copy beyond what it declares', [3, 0x00, 97, 0x05, 1]],
    ['a literal longer than the block', [100, 0xf0, 99, 97]],
    ['a literal with a length of 2^32', [5, 0xfc, 0xff, 0xff, 0xff, 0xff, 97]],
    ['a far copy with a negative offset', [8, 0x00, 97, 0x1f, 0xff, 0xff, 0xff, 0xff]],
  ])('refuses %s', (_, bytes) => {
    expect(codeOf(() => decode(Uint8Array.from(bytes)))).toBe('malformed');
  });

  it('refuses literals that go on far past what it declares', () => {
    const literal = [0x3c, ...Array(16).fill(97)];
    const block = Uint8Array.from([1, ...Array(40_000).fill(literal).flat()]);
    expect(codeOf(() => decode(block))).toBe('malformed');
  });

  it('decodes an empty body', () => {
    expect(decode(Uint8Array.of(0)).length).toBe(0);
  });
});
