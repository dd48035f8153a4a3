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
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [`## ${title}`, '', line(columns), rule, ...cells.map(line), '', ...notes].join('\n');
}
