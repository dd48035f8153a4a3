/** What people write, and the numbers they say. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatItemId, parseItemId } from '../../../src/collector/process/item-id.ts';
import {
  lineMistakes,
  neededMistakes,
  refuseMistakes,
  TEXT_LONGEST,
  textMistakes,
} from '../../../src/collector/process/texts.ts';
import { formatWindowId, parseWindowId } from '../../../src/collector/quiet/window-id.ts';

const reasons = (mistakes: readonly { reason: string }[]) => mistakes.map(({ reason }) => reason);

test.each([
  ['', ['is missing']],
  ['  ', ['is missing']],
  ['a\nb', ['must be one line']],
  ['x'.repeat(201), ['has 201 characters, more than 200']],
  ['\u001b[31mred', ['holds control characters']],
  ['\u202eevil', ['holds control characters']],
  ['磁盘满了', []],
])('the line %j: %j', (text, expected) => {
  expect(reasons(lineMistakes('title', text))).toEqual(expected);
});

test('a text may have lines and tabs, or be empty where it is not needed', () => {
  expect(textMistakes('note', '')).toEqual([]);
  expect(textMistakes('note', '# head\n\n\tcode')).toEqual([]);
  expect(neededMistakes('note', '')).toEqual([{ field: 'note', reason: 'is missing' }]);
  expect(reasons(textMistakes('note', 'x'.repeat(TEXT_LONGEST + 1)))).toHaveLength(1);
  expect(reasons(textMistakes('note', 'a\rb'))).toEqual(['holds control characters']);
});

test('all mistakes come in one refusal, and none is no refusal', () => {
  refuseMistakes([]);
  expect(() => refuseMistakes([...lineMistakes('title', ''), ...lineMistakes('by', '')])).toThrow(
    expect.objectContaining({
      code: 'bad_request',
      message: 'title: is missing; by: is missing',
      detail: {
        mistakes: [
          { field: 'title', reason: 'is missing' },
          { field: 'by', reason: 'is missing' },
        ],
      },
    }),
  );
});

test('a number is read back however it is said', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), (number) => {
      for (const letter of ['P', 'C', 'K'] as const) {
        const id = formatItemId(letter, number);
        for (const said of [id, id.toLowerCase(), String(number), ` ${id} `]) {
          expect(parseItemId(letter, said)).toBe(number);
        }
      }
      expect(parseWindowId(formatWindowId(number))).toBe(number);
      expect(parseWindowId(`w-${number}`)).toBe(number);
    }),
  );
});

test.each(['', 'P', 'P-', 'C-1', 'P-1x', 'P-1234567890123', '-1', 'P--1'])(
  '%j is no problem, and says how numbers look',
  (said) => {
    expect(() => parseItemId('P', said)).toThrow(
      expect.objectContaining({
        code: 'not_found',
        hint: 'numbers look like P-000012; list them with: collector problem list',
      }),
    );
  },
);

test('what is not a window says so, shortened', () => {
  expect(() => parseWindowId('x'.repeat(500))).toThrow(/^there is no window "x{40}"$/);
});
