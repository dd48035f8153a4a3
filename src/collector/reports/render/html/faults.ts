/** Chapter 11: the faults of the month beside what this report says of the same device. */
import { formatInstant } from '../../calendar.ts';
import { html, type Markup } from '../markup.ts';
import { chapter, emptyChapter, type Head, NOTHING, type Page, table, tag } from './page.ts';

export function faultsChapter(page: Page): Markup {
  const { document, labels, locale } = page;
  if (document.faults.length === 0) return emptyChapter(page, 'faults', labels.texts.noFaults);
  const verdicts = new Map(document.devices.map(({ device, verdict }) => [device, verdict]));
  const shown = document.faults.slice(0, document.policy.report.faults);
  const { columns: c } = labels;
  const heads: Head[] = [
    { text: c.number, kind: 'k', width: 11 },
    { text: c.level, kind: 'c', width: 7 },
    { text: c.device, width: 18 },
    { text: c.phenomenon, width: 29 },
    { text: c.began, kind: 'k', width: 12 },
    { text: c.ended, kind: 'k', width: 12 },
    { text: c.finding, width: 13 },
  ];
  const at = (ms: number): string => formatInstant(ms, document.timezone).slice(5);
  const rows = shown.map((fault) => {
    const verdict = verdicts.get(fault.device);
    const ended = fault.recoveredMs === null ? labels.texts.open : at(fault.recoveredMs);
    return html`<tr>
<td class="k">${fault.id}</td>
<td class="c">${fault.level}</td>
<td>${fault.device}</td>
<td>${locale === 'en' ? fault.phenomenon.en : fault.phenomenon.zh}</td>
<td class="k">${at(fault.beganMs)}</td>
<td class="k">${ended}</td>
<td>${verdict && verdict !== 'keep' ? tag(page, verdict) : NOTHING}</td></tr>
`;
  });
  const more =
    document.faults.length > shown.length
      ? html`<p class="note">${labels.more(shown.length, document.faults.length)}</p>`
      : null;
  return chapter(page, 'faults', html`${table(heads, rows)}${more}`);
}
