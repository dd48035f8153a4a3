/** Chapter 12: what could not be judged, and what must not be cut, with the reasons. */
import { html, type Markup } from '../markup.ts';
import { chapter, deviceName, evidence, type Head, type Page, rowsOf, table } from './page.ts';

export function insufficientChapter(page: Page): Markup {
  const { labels } = page;
  const body = html`${gaps(page)}
<h3>${labels.texts.exclusions}</h3>
${exclusions(page)}`;
  return chapter(page, 'insufficient', body);
}

function gaps(page: Page): Markup {
  const { labels, wording, document } = page;
  const { columns: c } = labels;
  // A port without a speed is told in its own chapter.
  const lacking = rowsOf(
    page,
    (row) => row.decision.verdict === 'insufficient' && row.resource !== 'network',
  );
  const silent = document.devices.filter(({ rows }) => rows.length === 0);
  if (lacking.length === 0 && silent.length === 0) {
    return html`<p class="why">${labels.texts.noInsufficient}</p>`;
  }
  const rows = [
    ...silent.map(
      (device) =>
        html`<tr>
<td>${deviceName(page, device)}</td>
<td>—</td>
<td>${wording.gaps.no_data}</td></tr>\n`,
    ),
    ...lacking.map(
      ({ device, row }) =>
        html`<tr>
<td>${deviceName(page, device)}</td>
<td>${wording.resources[row.resource]} ${row.item}</td>
<td>${evidence(page, row)}</td></tr>\n`,
    ),
  ];
  return table(
    [
      { text: c.device, width: 22 },
      { text: c.resource, width: 14 },
      { text: c.reason, width: 64 },
    ],
    rows,
  );
}

function exclusions(page: Page): Markup {
  const { labels, wording } = page;
  const { columns: c } = labels;
  const rows = rowsOf(page, ({ restraint }) => restraint !== null).map(
    ({ device, row }) =>
      html`<tr class="greyed">
<td>${deviceName(page, device)}</td>
<td>${wording.resources[row.resource]}</td>
<td>${row.restraint?.reason}</td>
<td class="k">${row.restraint?.until}</td>
<td>${row.restraint?.decidedBy}</td></tr>\n`,
  );
  if (rows.length === 0) return html`<p class="why">${labels.texts.noExclusions}</p>`;
  const heads: Head[] = [
    { text: c.device, width: 22 },
    { text: c.resource, width: 12 },
    { text: c.reason, width: 36 },
    { text: c.until, kind: 'k', width: 14 },
    { text: c.decidedBy, width: 16 },
  ];
  return table(heads, rows);
}
