/** The fault report as one page that needs nothing else and prints on A4. */
import type { Block, ReportDocument, Section } from './report-document.ts';

const STYLE = `
@page { size: A4; margin: 18mm 16mm; }
body { font: 10.5pt/1.5 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif;
  color: #1a1a1a; max-width: 180mm; margin: 8mm auto; padding: 0 4mm; }
header { border-bottom: 2px solid #1f4e79; margin-bottom: 6mm; }
header p { margin: 0; color: #555; }
h1 { font-size: 18pt; margin: 2mm 0; color: #1f4e79; }
h2 { font-size: 12.5pt; margin: 6mm 0 2mm; color: #1f4e79; break-after: avoid; }
table { border-collapse: collapse; width: 100%; margin: 0 0 3mm; }
th, td { border: 1px solid #b8c4d0; padding: 1.2mm 2mm; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; white-space: pre-line; }
th { background: #eef3f8; font-weight: 600; }
table.pairs th { width: 32mm; }
tr { break-inside: avoid; }
.signatures { display: flex; gap: 8mm; margin-top: 14mm; break-inside: avoid; }
.signatures div { flex: 1; border-top: 1px solid #1a1a1a; padding-top: 1mm; color: #555; }
footer { margin-top: 8mm; color: #777; font-size: 9pt; }
`;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (one) => ESCAPES[one] ?? one);
}

const cells = (tag: 'th' | 'td', texts: readonly string[]): string =>
  texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join('');

function blockHtml(block: Block): string {
  if (block.kind === 'text') return `<p>${escapeHtml(block.text)}</p>`;
  if (block.kind === 'pairs') {
    const rows = block.rows.map(
      ([label, value]) => `<tr>${cells('th', [label])}${cells('td', [value])}</tr>`,
    );
    return `<table class="pairs">\n${rows.join('\n')}\n</table>`;
  }
  const rows = block.rows.map((row) => `<tr>${cells('td', row)}</tr>`);
  return `<table>\n<tr>${cells('th', block.header)}</tr>\n${rows.join('\n')}\n</table>`;
}

function sectionHtml({ heading, blocks }: Section, i: number): string {
  return `<h2>${i + 1} ${escapeHtml(heading)}</h2>\n${blocks.map(blockHtml).join('\n')}`;
}

export function reportHtml(document: ReportDocument): string {
  const { locale, title, subtitle, organisation, sections, signatures, footer } = document;
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p>${escapeHtml(organisation)}</p>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(subtitle)}</p>
</header>
${sections.map(sectionHtml).join('\n')}
<div class="signatures">${signatures.map((one) => `<div>${escapeHtml(one)}</div>`).join('')}</div>
<footer>${escapeHtml(footer)}</footer>
</body>
</html>
`;
}
