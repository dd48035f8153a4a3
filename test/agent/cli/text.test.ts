import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findingsText } from '../../../src/agent/cli/finding.ts';
import { columns, plain, sizeOf, spanOf } from '../../../src/agent/cli/text.ts';

test('columns are as wide as their widest cell, without blanks at the end', () => {
  expect(
    columns([
      ['A', 'LONG'],
      ['wide', 'x'],
    ]),
  ).toBe('A     LONG\nwide  x\n');
  expect(columns([])).toBe('');
});

test('no text moves the cursor or begins a line', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
  const moving = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(plain(text)).not.toMatch(moving);
      expect(columns([[text]]).split('\n')).toHaveLength(2);
    }),
  );
});

test.each([
  [0, '0 s'],
  [59.4, '59 s'],
  [60, '1 min'],
  [3_725, '1 h 2 min'],
  [2 * 86_400 + 3 * 3_600 + 60, '2 d 3 h'],
  [-5, '0 s'],
])('%d seconds are %s', (seconds, text) => {
  expect(spanOf(seconds)).toBe(text);
});

test.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1.0 KiB'],
  [1_536 * 1_024, '1.5 MiB'],
  [2 ** 50, '1024.0 TiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(sizeOf(bytes)).toBe(text);
});

test('findings: what fails stands out, what is to be mended comes below', () => {
  const text = findingsText([
    { subject: 'cpu', state: 'works', text: '20 samples', mend: '' },
    { subject: 'hwmon', state: 'nothing', text: 'none', mend: '' },
    { subject: 'token', state: 'fails', text: 'there is none', mend: 'make one' },
  ]);
  expect(text).toBe(
    'works  cpu    20 samples\n-      hwmon  none\nFAILS  token  there is none\n\nmend token: make one\n',
  );
});
