import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyOf, glob, isPattern } from '../../../src/collector/evaluate/glob.ts';

describe('globs', () => {
  it.each([
    ['db-7', 'db-7', true],
    ['db-7', 'db-71', false],
    ['db-*', 'db-71', true],
    ['db-*', 'xdb-7', false],
    ['*-7', 'db-7', true],
    ['db-?', 'db-7', true],
    ['db-?', 'db-71', false],
    ['/run/*', '/run/user/0', true],
    ['/run/*', '/run', false],
    ['*', '', true],
    ['?', '', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b-b-d', false],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['数据*', '数据盘', true],
  ])('%s takes %s: %s', (pattern, text, expected) => {
    expect(glob(pattern)(text)).toBe(expected);
  });

  it('agrees with the same pattern as a regular expression', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        const source = pattern.replaceAll('*', '.*').replaceAll('?', '.');
        return glob(pattern)(text) === new RegExp(`^${source}$`).test(text);
      }),
    );
  });

  it('tells patterns from names', () => {
    expect(['db-7', 'db-*', 'db-?'].map(isPattern)).toEqual([false, true, true]);
  });

  it('takes what any of several takes, and nothing for none', () => {
    expect(anyOf(['/a', '/b*'])('/bc')).toBe(true);
    expect(anyOf([])('/a')).toBe(false);
  });
});
