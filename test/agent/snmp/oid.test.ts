import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  arcCount,
  compareOids,
  indexAsText,
  isAtOrBelow,
  partOfIndex,
  suffixOf,
} from '../../../src/agent/snmp/oid.ts';

const arcs = fc.array(fc.nat(4_294_967_295), { minLength: 1, maxLength: 12 });

test.each([
  ['1.3.6.1.4.1.2011.2.23', '1.3.6.1.4.1.2011.2.23', true],
  ['1.3.6.1.4.1.2011.2.23.94', '1.3.6.1.4.1.2011.2.23', true],
  ['1.3.6.1.4.1.2011.2.235', '1.3.6.1.4.1.2011.2.23', false],
  ['1.3.6.1.4.1.2011.2', '1.3.6.1.4.1.2011.2.23', false],
  ['', '1.3.6', false],
])('%s is at or below %s: %s', (oid, root, is) => {
  expect(isAtOrBelow(oid, root)).toBe(is);
});

test('an instance is a column and a suffix', () => {
  fc.assert(
    fc.property(arcs, arcs, (column, index) => {
      const root = column.join('.');
      expect(suffixOf(`${root}.${index.join('.')}`, root)).toBe(index.join('.'));
      expect(suffixOf(root, root)).toBeNull();
    }),
  );
});

test('a column is no prefix of digits', () => {
  expect(suffixOf('1.3.6.11.5', '1.3.6.1')).toBeNull();
});

test('the order is that of numbers, arc by arc', () => {
  fc.assert(
    fc.property(arcs, arcs, (a, b) => {
      const wanted = (() => {
        for (let i = 0; i < Math.min(a.length, b.length); i++) {
          if (a[i] !== b[i]) return Math.sign(a[i]! - b[i]!);
        }
        return Math.sign(a.length - b.length);
      })();
      expect(Math.sign(compareOids(a.join('.'), b.join('.')))).toBe(wanted);
    }),
  );
});

test('parts of an index are arcs, absent ones are empty', () => {
  expect(partOfIndex('7.12.0', 1)).toBe('12');
  expect(partOfIndex('7.12.0', [1, 3])).toBe('12.0');
  expect(partOfIndex('7', 3)).toBe('');
  expect(arcCount('1.3.6')).toBe(3);
  expect(arcCount('')).toBe(0);
});

test('a string index is read with and without its length', () => {
  expect(indexAsText('3.97.98.99')).toBe('abc');
  expect(indexAsText('97.98.99')).toBe('abc');
});
