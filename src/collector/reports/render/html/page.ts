/** What every chapter needs: the document, the language, and the small things of tables. */
import type { CapacityDocument, Charts, DeviceFinding, ResourceRow } from '../../document.ts';
import type { Locale } from '../../reports.ts';
import { percent } from '../../wording/numbers.ts';
import { type Wording, wordingOf } from '../../wording/wording.ts';
import { html, type Markup } from '../markup.ts';
import { type Chapter, type Labels, labelsOf } from './labels.ts';

export interface Page {
  readonly document: CapacityDocument;
  readonly charts: Charts;
  readonly locale: Locale;
  readonly labels: Labels;
  readonly wording: Wording;
}

export function pageOf(document: CapacityDocument, charts: Charts, locale: Locale): Page {
  return { document, charts, locale, labels: labelsOf(locale), wording: wordingOf(locale) };
}

export const NOTHING = '—';

/** A share as points with one decimal, without the sign; the column says %. */
export function points(ratio: number | undefined, digits = 1): string {
  return ratio === undefined || Number.isNaN(ratio) ? NOTHING : percent(ratio, digits);
}

/** A share with its sign. */
export function share(ratio: number | undefined, digits = 1): string {
  const text = points(ratio, digits);
  return text === NOTHING ? text : `${text}%`;
}

export function tag({ wording }: Page, verdict: keyof Wording['verdicts']): Markup {
  return html`<span class="tag ${verdict}">${wording.verdicts[verdict]}</span>`;
}

export function deviceName({ labels }: Page, device: DeviceFinding): Markup {
  const demo = device.demo ? html` <span class="demo">${labels.demo}</span>` : null;
  const address = device.address ? html`<span class="address">${device.address}</span>` : null;
  return html`${device.device}${demo}${address}`;
}

export function sentence(page: Page, row: ResourceRow): string {
  const { month, policy } = page.document;
  return page.wording.sentence({ row, month, policy });
}

/** The sentence without what the other columns of its table already say. */
export function evidence(page: Page, row: ResourceRow): string {
  const { month, policy } = page.document;
  return page.wording.evidence({ row, month, policy });
}

export function chapter(page: Page, key: Chapter, body: Markup, classes = ''): Markup {
  return html`<section class="chapter ${classes}" id="${key}"><h2>${page.labels.chapters[key]}</h2>
${body}</section>
`;
}

/** A chapter without figures says why instead of vanishing. */
export function emptyChapter(page: Page, key: Chapter, why: string): Markup {
  return chapter(page, key, html`<p class="why">${why}</p>`);
}

/** A cell of numbers, one per line. */
export function numbers(...lines: readonly string[]): Markup {
  return html`<td class="n">${lines.map((text, i) => html`${i > 0 ? html`<br>` : null}${text}`)}</td>`;
}

export interface Head {
  readonly text: string;
  /** `n` right-aligned numbers, `c` centred, `k` kept on one line. */
  readonly kind?: 'n' | 'c' | 'k';
  /** Share of the table's width, in percent: columns do not depend on what is in them. */
  readonly width: number;
}

export function table(heads: readonly Head[], rows: readonly Markup[]): Markup {
  const cells = heads.map(({ text, kind }) => html`<th class="${kind ?? ''}">${text}</th>`);
  return html`<table>${columns(heads.map(({ width }) => width))}<thead><tr>${cells}</tr></thead><tbody>
${rows}</tbody></table>
`;
}

export function columns(widths: readonly number[]): Markup {
  return html`<colgroup>${widths.map((width) => html`<col style="width:${width}%">`)}</colgroup>`;
}

/** Rows with a resource, in the order of the document. */
export function rowsOf(
  { document }: Page,
  wanted: (row: ResourceRow, device: DeviceFinding) => boolean,
): readonly { readonly device: DeviceFinding; readonly row: ResourceRow }[] {
  return document.devices.flatMap((device) =>
    device.rows.filter((row) => wanted(row, device)).map((row) => ({ device, row })),
  );
}
