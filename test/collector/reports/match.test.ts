import { expect, test } from 'vitest';
import { matchesAny } from '../../../src/collector/reports/match.ts';

test.each([
  ['/snap/core', '/snap/*', true],
  ['/snapshots', '/snap/*', false],
  ['veth12ab', 'veth*', true],
  ['eth0', 'veth*', false],
  ['db-01', 'db-0?', true],
  ['db-010', 'db-0?', false],
  ['a.b', 'a.b', true],
  ['axb', 'a.b', false],
  ['srv(1)', 'srv(1)', true],
  ['line\nbreak', 'line*', true],
  ['', '*', true],
])('%j against %j is %s', (name, glob, expected) => {
  expect(matchesAny(name, [glob])).toBe(expected);
});

test('one of several patterns is enough, none matches nothing', () => {
  expect(matchesAny('lo', ['eth*', 'lo'])).toBe(true);
  expect(matchesAny('lo', [])).toBe(false);
});
