import { expect, test } from 'vitest';
import { keysOf, valueAt } from '../../../../src/agent/probes/http/json-at.ts';

const DOCUMENT = {
  status: 'UP',
  '': 'empty key',
  'a/b': 1,
  'm~n': 2,
  list: [{ id: 7 }, { id: 8 }],
  deep: { er: { est: true } },
};

test.each<[string, unknown]>([
  ['', DOCUMENT],
  ['/status', 'UP'],
  ['status', 'UP'],
  ['$.status', 'UP'],
  ['/', 'empty key'],
  ['/a~1b', 1],
  ['/m~0n', 2],
  ['/list/1/id', 8],
  ['list[1].id', 8],
  ['list[0]', { id: 7 }],
  ['deep.er.est', true],
  ['/list/2', undefined],
  ['/status/0', undefined],
  ['/status/length', undefined],
  ['/__proto__', undefined],
  ['/constructor/name', undefined],
  ['/list/length', 2],
])('%j', (path, expected) => {
  const keys = keysOf(path);
  expect(keys).not.toBeNull();
  expect(valueAt(DOCUMENT, keys ?? [])).toEqual(expected);
});

test.each(['a..b', '.a', 'a.', 'a[', 'a[x]', 'a]', 'a[0', '/a~2', '/a~'])(
  '%j is no place',
  (path) => {
    expect(keysOf(path)).toBeNull();
  },
);

test('a list may be the whole document', () => {
  expect(valueAt([[1, 2]], keysOf('[0][1]') ?? [])).toBe(2);
});
