/** Chapter 1: six numbers, the actions in order, and where every server stands. */
import { html, type Markup, markup } from '../markup.ts';
import { chapter, deviceName, evidence, type Head, type Page, table, tag } from './page.ts';

export function summary(page: Page, quadrant: string | null): Markup {
  const { labels, document } = page;
  const figure =
    quadrant === null
      ? null
      : html`<figure><b>${labels.chart.quadrant}</b>${markup(quadrant)}<figcaption>${labels.texts.quadrant}</figcaption></figure>`;
  const body = html`${sixNumbers(page)}
<h3>${labels.texts.actions}</h3>
${document.actions.length === 0 ? html`<p class="why">${labels.texts.noActions}</p>` : actions(page)}
${figure}`;
  return chapter(page, 'summary', body, 'break');
}

function sixNumbers({ document: { summary: s }, labels }: Page): Markup {
  const numbers = [s.devices, s.add, s.plan, s.watch, s.reduce + s.idle, s.insufficient];
  const notes = ['', labels.urgentOf(s.urgent), '', '', labels.idleOf(s.idle), ''];
  return html`<div class="six">${numbers.map(
    (number, i) =>
      html`<div><b>${number}</b><span>${labels.six[i]}</span><small>${notes[i]}</small></div>`,
  )}</div>`;
}

function actions(page: Page): Markup {
  const { labels, wording, document } = page;
  const { columns } = labels;
  const shown = document.actions.slice(0, document.policy.report.actions);
  const heads: Head[] = [
    { text: columns.number, kind: 'c', width: 6 },
    { text: columns.device, width: 24 },
    { text: columns.verdict, width: 14 },
    { text: columns.advice, width: 32 },
    { text: columns.owner, width: 11 },
    { text: columns.due, kind: 'k', width: 13 },
  ];
  const rows = shown.map(
    ({ device, row, due }, i) => html`<tr class="has-says">
<td class="c">${i + 1}</td>
<td class="lead">${deviceName(page, device)}</td>
<td>${tag(page, row.decision.verdict)}</td>
<td>${wording.change(row)}</td>
<td>${device.owner}</td>
<td class="k">${due}</td></tr>
<tr class="says"><td></td><td colspan="5">${evidence(page, row)}</td></tr>
`,
  );
  const more =
    document.actions.length > shown.length
      ? html`<p class="note">${labels.more(shown.length, document.actions.length)}</p>`
      : null;
  return html`${more}${table(heads, rows)}`;
}
