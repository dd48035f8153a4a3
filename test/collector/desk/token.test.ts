import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkName,
  hashToken,
  isWholeToken,
  looksLikeToken,
  makeToken,
  sameHash,
} from '../../../src/collector/desk/token.ts';
import { systemClock } from '../../../src/shared/clock.ts';

describe('makeToken', () => {
  it('has a prefix, 256 random bits and a checksum', () => {
    const tokens = new Set(Array.from({ length: 1_000 }, () => makeToken(systemClock)));
    expect(tokens.size).toBe(1_000);
    for (const token of tokens) {
      expect(token).toMatch(/^wk_[0-9a-f]{64}[0-9a-f]{8}$/);
      expect(isWholeToken(token) && looksLikeToken(token)).toBe(true);
    }
  });

  it('tells a mistyped token by its checksum', () => {
    const token = makeToken(systemClock);
    for (let at = 3; at < token.length; at++) {
      const other = token[at] === '0' ? '1' : '0';
      expect(isWholeToken(token.slice(0, at) + other + token.slice(at + 1))).toBe(false);
    }
    expect(isWholeToken(token.slice(0, -1))).toBe(false);
  });
});

describe('hashes', () => {
  it('are the SHA-256 of the token', () => {
    const token = makeToken(systemClock);
    expect(hashToken(token)).toBe(createHash('sha256').update(token).digest('hex'));
  });

  it('are compared whole', () => {
    const text = fc.string({ maxLength: 8 });
    fc.assert(fc.property(text, text, (a, b) => sameHash(a, b) === (a === b)));
    expect(sameHash('abc', 'abcd')).toBe(false);
    expect(sameHash('', '')).toBe(true);
  });
});

describe('checkName', () => {
  it.each([['web1'], ['a'], ['DB-01.example_x'], ['x'.repeat(64)], ['...']])('takes %j', (name) => {
    expect(() => checkName(name)).not.toThrow();
  });

  it.each([
    [''],
    ['.'],
    ['..'],
    ['../x'],
    ['a/b'],
    ['a b'],
    ['a\n'],
    ['a\r\nX: y'],
    ['a\u0000'],
    ['值守'],
    ['x'.repeat(65)],
    ['a"b'],
    ['a;b'],
    ['import:abc'],
  ])('refuses %j', (name) => {
    expect(() => checkName(name)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
