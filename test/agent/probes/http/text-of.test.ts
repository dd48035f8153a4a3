import { expect, test } from 'vitest';
import { textOf } from '../../../../src/agent/probes/http/text-of.ts';

/** 值守 in GBK. */
const GBK = Buffer.from('d6b5cad8', 'hex');

test.each<[string, Buffer, string, string]>([
  ['UTF-8 unless something else is said', Buffer.from('值守'), '', '值守'],
  ['the charset of the header', GBK, 'text/html; charset=GBK', '值守'],
  ['in quotes too', GBK, 'text/html;charset="gb18030"', '值守'],
  [
    'the charset of the page',
    Buffer.concat([Buffer.from('<meta charset="gb2312">'), GBK]),
    'text/html',
    '<meta charset="gb2312">值守',
  ],
  ['one nobody knows is taken for UTF-8', Buffer.from('值'), 'text/html; charset=x-none', '值'],
])('%s', (_, body, type, expected) => {
  expect(textOf(body, type)).toBe(expected);
});

test('bytes that are no text are no failure', () => {
  expect(textOf(Buffer.of(0xff, 0x41), '')).toBe('\ufffdA');
});
