import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fill, namesIn, namesInside, redact } from '../../../../src/agent/probes/http/template.ts';
import { place } from '../parts.ts';

const values = new Map([
  ['user', 'wang'],
  ['secret', 'a b&c'],
]);

test('puts values in, as the place needs them', () => {
  expect(fill(`/u/${place('user')}?q=${place('user')}`, values)).toBe('/u/wang?q=wang');
  expect(fill(place('secret'), values, encodeURIComponent)).toBe('a%20b%26c');
  expect(fill('plain $ { } text', values)).toBe('plain $ { } text');
});

test('a doubled dollar stands for itself', () => {
  expect(fill(`$${place('user')}`, values)).toBe(place('user'));
  expect(namesIn(`$${place('user')} ${place('secret')}`)).toEqual(['secret']);
});

test('a value is never read as a template', () => {
  const nested = new Map([
    ['a', place('b')],
    ['b', 'x'],
  ]);
  expect(fill(place('a'), nested)).toBe(place('b'));
});

test('a name nobody knows is a mistake of ours: the configuration was checked', () => {
  expect(() => fill(place('none'), values)).toThrow('BUG');
});

test('finds names wherever they stand', () => {
  const json = { a: [place('x'), { b: `-${place('y')}-` }], c: 1, d: null };
  expect(namesInside(json)).toEqual(['x', 'y']);
  expect(namesInside(/\$\{z\}/)).toEqual([]);
});

test('takes values out in every form they were sent in', () => {
  const text = 'a b&c, a%20b%26c, "a b&c"';
  expect(redact(text, values)).toBe('***, ***, "***"');
});

test('takes the longer of two values out first', () => {
  const both = new Map([
    ['a', 'abcd'],
    ['b', 'abcdef'],
  ]);
  expect(redact('abcdef abcd', both)).toBe('*** ***');
});

test('leaves values of one or two characters: they hide nothing', () => {
  expect(redact('it is 401', new Map([['page', '1']]))).toBe('it is 401');
});

test('whatever the value, none of it is left', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (secret, before, after) => {
      fc.pre(!`${before}***${after}`.includes(secret));
      const shown = redact(`${before}${secret}${after}`, new Map([['x', secret]]));
      expect(shown).not.toContain(secret);
    }),
  );
});
