/** The fault report as a Word document: the same content as the page. */
import {
  Document,
  HeadingLevel,
  Packer,
  Paragraph,
  Table,
  TableCell,
  TableRow,
  TextRun,
  WidthType,
} from 'docx';
import type { Block, ReportDocument, Section } from './report-document.ts';

const FONT = { ascii: 'Calibri', hAnsi: 'Calibri', eastAsia: 'Microsoft YaHei' };
const LABEL_PERCENT = 24;
const SHADE = 'EEF3F8';

interface CellForm {
  readonly head?: boolean;
  readonly percent?: number;
}

/** Each line of a note is a line of the cell. */
function cell(text: string, { head = false, percent }: CellForm = {}): TableCell {
  const lines = text.split('\n');
  return new TableCell({
    children: lines.map(
      (line) => new Paragraph({ children: [new TextRun({ text: line, bold: head })] }),
    ),
    margins: { top: 40, bottom: 40, left: 80, right: 80 },
    ...(head ? { shading: { fill: SHADE } } : {}),
    ...(percent === undefined ? {} : { width: { size: percent, type: WidthType.PERCENTAGE } }),
  });
}

function table(rows: readonly TableRow[]): Table {
  return new Table({ rows: [...rows], width: { size: 100, type: WidthType.PERCENTAGE } });
}

function blockOf(block: Block): Paragraph | Table {
  if (block.kind === 'text') return new Paragraph(block.text);
  if (block.kind === 'pairs') {
    const row = ([label, value]: readonly [string, string]): TableRow =>
      new TableRow({
        cantSplit: true,
        children: [
          cell(label, { head: true, percent: LABEL_PERCENT }),
          cell(value, { percent: 100 - LABEL_PERCENT }),
        ],
      });
    return table(block.rows.map(row));
  }
  const header = new TableRow({
    tableHeader: true,
    children: block.header.map((text) => cell(text, { head: true })),
  });
  const rows = block.rows.map(
    (row) => new TableRow({ cantSplit: true, children: row.map((text) => cell(text)) }),
  );
  return table([header, ...rows]);
}

function sectionOf({ heading, blocks }: Section, i: number): (Paragraph | Table)[] {
  const title = new Paragraph({ text: `${i + 1} ${heading}`, heading: HeadingLevel.HEADING_2 });
  // Two tables without a paragraph between them would become one.
  return [title, ...blocks.flatMap((block) => [blockOf(block), new Paragraph('')])];
}

export async function reportDocx(report: ReportDocument): Promise<Buffer> {
  const { title, subtitle, organisation, sections, signatures, footer } = report;
  const signing = table([new TableRow({ children: signatures.map((one) => cell(`${one}\n\n`)) })]);
  const document = new Document({
    creator: organisation,
    title,
    styles: { default: { document: { run: { font: FONT, size: 21 } } } },
    sections: [
      {
        children: [
          new Paragraph(organisation),
          new Paragraph({ text: title, heading: HeadingLevel.TITLE }),
          new Paragraph(subtitle),
          ...sections.flatMap(sectionOf),
          signing,
          new Paragraph(footer),
        ],
      },
    ],
  });
  return Packer.toBuffer(document);
}
