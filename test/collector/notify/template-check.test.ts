import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Fields, templateProblems } from '../../../src/collector/notify/template-check.ts';

const FIELDS: Fields = { name: 'text', many: 'flag', rows: { cell: 'text', last: 'flag' } };
const told = (text: string) =>
  templateProblems(text, FIELDS).map(({ line, reason }) => `${line} ${reason}`);

test.each([
  '',
  'no field at all',
  '{{name}}',
  '{{ name }}',
  '{{#many}}several{{/many}}{{^many}}one{{/many}}',
  '{{#rows}}{{cell}}{{^last}}, {{/last}}{{/rows}}',
  // What is outside can be named inside, as Mustache looks it up.
  '{{#rows}}{{cell}} of {{name}}{{/rows}}',
  '{{#name}}hello {{name}}{{/name}}',
  '{{! {{name}} }}',
])('%j is good', (text) => {
  expect(told(text)).toEqual([]);
});

test.each([
  ['{{nmae}}', ['1 unknown field "nmae": there are many, name, rows']],
  ['\n\n{{cell}}', ['3 unknown field "cell": there are many, name, rows']],
  [
    '{{#rows}}\n{{cel}}{{/rows}}',
    ['2 unknown field "cel": there are cell, last, many, name, rows'],
  ],
  ['{{^rows}}{{cell}}{{/rows}}', ['1 unknown field "cell": there are many, name, rows']],
  [
    '{{a}}\n{{b}}',
    [
      '1 unknown field "a": there are many, name, rows',
      '2 unknown field "b": there are many, name, rows',
    ],
  ],
  ['{{rows}}', ['1 "rows" is no text: use it as {{#rows}}']],
  ['{{many}}', ['1 "many" is no text: use it as {{#many}}']],
  ['{{.}}', ['1 unknown field ".": there are many, name, rows']],
])('%j', (text, problems) => {
  expect(told(text)).toEqual(problems);
});

test.each(['{{#rows}}', '{{/rows}}', '{{#rows}}{{/many}}', '{{name', '{{{name}}', '{{=x'])(
  '%j does not parse, and one problem says so',
  (text) => {
    expect(told(text)).toHaveLength(1);
  },
);

test('whatever is written, the answer is a list of lines that exist', () => {
  const piece = fc.constantFrom(
    '{{',
    '}}',
    '#',
    '/',
    '^',
    '>',
    '&',
    '=',
    'name',
    'rows',
    'cell',
    '\n',
    ' ',
    'x',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      for (const { line, reason } of templateProblems(text, FIELDS)) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(text.split('\n').length);
        expect(reason).not.toBe('');
      }
    }),
    { numRuns: 1_000 },
  );
});
