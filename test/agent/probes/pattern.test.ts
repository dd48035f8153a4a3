import { expect, test } from 'vitest';
import { matches, matchOf } from '../../../src/agent/probes/pattern.ts';

test('gives the match and its groups', () => {
  expect(matchOf(/id=(\d+)/u, 'x id=42 y')?.[1]).toBe('42');
  expect(matchOf(/id=(\d+)/u, 'nothing')).toBeNull();
  expect(matches(/b/u, 'abc')).toBe(true);
});

test('one search knows nothing of the one before', () => {
  const pattern = /a/u;
  expect([matches(pattern, 'a'), matches(pattern, 'b'), matches(pattern, 'a')]).toEqual([
    ...[true, false, true],
  ]);
});

test('what backtracks without end is interrupted, and the next one works', () => {
  expect(() => matches(/^(a+)+$/u, `${'a'.repeat(60)}!`)).toThrow('took longer than 250 ms');
  expect(matches(/a/u, 'a')).toBe(true);
});

test('a large text is no trouble', () => {
  expect(matches(/needle$/u, `${'hay '.repeat(250_000)}needle`)).toBe(true);
});
