/** The guards of a write, read from its headers. */
import { expect, test } from 'vitest';
import { guardOf, numberIn, pageOf, tagged } from '../../../src/collector/web/preconditions.ts';
import type { Scene } from '../../../src/collector/web/route.ts';

const actor = { who: 'administrator', from: 'socket' };
const guard = (headers: Record<string, string | string[]>) =>
  guardOf({ actor, headers } as unknown as Scene, { a: 1 });

test('without headers nothing is guarded', () => {
  expect(guard({})).toEqual({ actor, repeat: null, version: null });
});

test('a key makes the request repeatable, by whoever sent it', () => {
  expect(guard({ 'idempotency-key': 'k-1' }).repeat).toEqual({
    key: 'k-1',
    request: { by: 'administrator', request: { a: 1 } },
  });
});

test.each([
  ['"4"', 4],
  ['W/"12"', 12],
  [' "0" ', 0],
  ['*', null],
])('If-Match %s is version %j', (match, version) => {
  expect(guard({ 'if-match': match }).version).toBe(version);
});

test.each(['4', '"four"', '""', '"1", "2"', '"-1"', '"99999999999999999"'])(
  'If-Match %s is refused',
  (match) => {
    expect(() => guard({ 'if-match': match })).toThrow(
      expect.objectContaining({ code: 'bad_request', hint: expect.stringContaining('ETag') }),
    );
  },
);

test('an answer carries its version', () => {
  const reply = tagged(7, { a: 1 });
  expect(reply.headers).toEqual({ etag: '"7"' });
  expect(JSON.parse(String(reply.body))).toEqual({ a: 1 });
});

test('a page knows whether there is another', () => {
  const all = ['W-3', 'W-2', 'W-1'].map((id) => ({ id }));
  const page = (limit: number) => pageOf(limit, (many) => all.slice(0, many));
  expect(page(2)).toEqual({ shown: all.slice(0, 2), next: 'W-2' });
  expect(page(3)).toEqual({ shown: all, next: null });
  expect(pageOf(2, () => [])).toEqual({ shown: [], next: null });
  expect(numberIn('W-000012')).toBe(12);
});
