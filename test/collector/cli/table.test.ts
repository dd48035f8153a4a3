import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth, formatTable, plain } from '../../../src/collector/cli/table.ts';

test('columns are as wide as their widest cell, Chinese counts double', () => {
  expect(
    formatTable(
      ['NAME', 'N'],
      [
        ['数据库', '1'],
        ['web', '22'],
      ],
    ),
  ).toBe('NAME    N\n数据库  1\nweb     22\n');
});

test('no rows, no table', () => {
  expect(formatTable(['A'], [])).toBe('');
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
const MOVING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

test('no text can move the cursor or reorder a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(plain(text)).not.toMatch(MOVING);
      expect(formatTable(['A'], [[text]]).split('\n')).toHaveLength(3);
    }),
  );
  expect(plain('a\u001b[31m\u202eb')).toBe('a\\u001b[31m\\u202eb');
});

test('width counts cells', () => {
  expect(displayWidth('abc')).toBe(3);
  expect(displayWidth('值守 a')).toBe(6);
});
