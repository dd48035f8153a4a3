/** Figures for a terminal and for a Markdown page: columns aligned, numbers to the right. */
import type { BenchTable } from './part.ts';

/** Three significant digits, thousands apart: 1234567 → 1,230,000. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

export function formatTable({ title, columns, rows, notes = [] }: BenchTable): string {
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' ? figure(cell) : cell)),
  );
  const widths = columns.map((name, index) =>
    Math.max(name.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string => {
    const padded = row.map((cell, index) => {
      const width = widths[index] ?? 0;
      return index === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const dashes = widths.map((width, index) => '-'.repeat(width) + (index === 0 ? '-' : ':'));
  const rule = `|-${dashes.join('|-')}|`;
  return [`## ${title}`, '', line(columns), rule, ...cells.map(line), '', ...notes].join('\n');
}
