import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvSplitter, splitQuoted } from '../../../src/collector/import/csv-rows.ts';

function rowsOf(chunks: readonly string[], delimiter = ','): { rows: string[][]; closed: boolean } {
  const splitter = new CsvSplitter(delimiter);
  const rows: string[][] = [];
  for (const chunk of chunks) splitter.push(chunk, ({ cells }) => void rows.push([...cells]));
  const closed = splitter.end(({ cells }) => void rows.push([...cells]));
  return { rows, closed };
}

test('plain lines are split at the delimiter, a missing last line feed is fine', () => {
  expect(rowsOf(['a,b\n1,2\n3,4']).rows).toEqual([
    ['a', 'b'],
    ['1', '2'],
    ['3', '4'],
  ]);
});

test('carriage returns and blank lines are no cells', () => {
  expect(rowsOf(['a,b\r\n\r\n1,\r\n']).rows).toEqual([
    ['a', 'b'],
    ['1', ''],
  ]);
});

test('quoted cells hold delimiters, quotes and line feeds', () => {
  const { rows, closed } = rowsOf(['x,"a,b","say ""hi""","two\nlines"\nnext,1,2,3\n']);
  expect(rows).toEqual([
    ['x', 'a,b', 'say "hi"', 'two\nlines'],
    ['next', '1', '2', '3'],
  ]);
  expect(closed).toBe(true);
});

test('a row knows the line it begins on, also after rows of several lines', () => {
  const splitter = new CsvSplitter(',');
  const lines: number[] = [];
  splitter.push('h\n"a\nb\nc"\n\nlast\n', ({ line }) => void lines.push(line));
  expect(lines).toEqual([1, 2, 6]);
});

test('a quote that is never closed is told, with its line', () => {
  const splitter = new CsvSplitter(',');
  splitter.push('h\n1\n"open, and\non\n', () => {});
  expect(splitter.end(() => {})).toBe(false);
  expect(splitter.openLine).toBe(3);
});

test('a quote that swallows the file does not take all memory', () => {
  const splitter = new CsvSplitter(',');
  const rows: number[] = [];
  splitter.push(
    `"${'x'.repeat(1024 * 1024)}\nnext,1\n`,
    ({ cells }) => void rows.push(cells.length),
  );
  expect(rows).toEqual([0, 2]);
});

test('an unclosed quote gives null', () => {
  expect(splitQuoted('"a', ',')).toBeNull();
  expect(splitQuoted('a,"b""', ',')).toBeNull();
  expect(splitQuoted('"a"tail,b', ',')).toEqual(['atail', 'b']);
});

const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

test('whatever is quoted comes back, however the text is cut into chunks', () => {
  const cell = fc.string({ maxLength: 8 }).map((text) => text.replaceAll('\r', ''));
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(table, fc.constantFrom(',', ';', '\t'), fc.nat(20), (rows, delimiter, size) => {
      const text = rows.map((row) => row.map(quote).join(delimiter)).join('\n');
      const chunks: string[] = [];
      for (let at = 0; at < text.length; at += size + 1) chunks.push(text.slice(at, at + size + 1));
      expect(rowsOf(chunks, delimiter)).toEqual({ rows, closed: true });
    }),
  );
});
