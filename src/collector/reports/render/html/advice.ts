/** Chapters 5 and 6: what to increase and what to reduce, each with its evidence and its strip. */
import type { Action, ResourceRow, Strip } from '../../document.ts';
import { bytes, plain } from '../../wording/numbers.ts';
import { strip } from '../charts/strip.ts';
import { html, type Markup, markup } from '../markup.ts';
import {
  chapter,
  deviceName,
  emptyChapter,
  evidence,
  type Head,
  NOTHING,
  type Page,
  rowsOf,
  sentence,
  share,
  table,
  tag,
} from './page.ts';

const GIB = 1024 ** 3;

export async function addChapter(page: Page): Promise<Markup> {
  const { actions } = page.document;
  const advised = actions.filter(({ row }) =>
    ['urgent', 'add', 'plan'].includes(row.decision.verdict),
  );
  const watched = actions.filter(({ row }) => row.decision.verdict === 'watch');
  const watch =
    watched.length === 0
      ? null
      : html`<h3>${page.labels.texts.watch}</h3>${watched.map(
          ({ device, row }) => html`<p>${deviceName(page, device)}　${sentence(page, row)}</p>\n`,
        )}`;
  if (advised.length === 0 && watched.length === 0) {
    return emptyChapter(page, 'add', page.labels.texts.noAdd);
  }
  const body =
    advised.length === 0
      ? html`<p class="why">${page.labels.texts.noAdd}</p>`
      : adviceTable(page, advised);
  return chapter(page, 'add', html`${body}${await strips(page, 'more')}${watch}`);
}

export async function reduceChapter(page: Page): Promise<Markup> {
  const advised = page.document.actions.filter(({ row }) => row.decision.verdict === 'reduce');
  const idle = rowsOf(page, ({ decision }) => decision.verdict === 'idle');
  if (advised.length === 0 && idle.length === 0) {
    return emptyChapter(page, 'reduce', page.labels.texts.noReduce);
  }
  const freed = (unit: string): number =>
    advised
      .filter(({ row }) => row.unit === unit)
      .reduce((sum, { row: { decision } }) => sum + decision.current - decision.target, 0);
  const sum = page.labels.freed(plain(freed('cores')), bytes(freed('bytes')));
  const body = html`${advised.length > 0 ? html`<p>${sum}</p>${adviceTable(page, advised)}` : null}
${idle.map(({ device, row }) => html`<p>${deviceName(page, device)}　${sentence(page, row)}</p>\n`)}
${await strips(page, 'less')}`;
  return chapter(page, 'reduce', body);
}

function adviceTable(page: Page, advised: readonly Action[]): Markup {
  const { columns } = page.labels;
  const heads: Head[] = [
    { text: columns.number, kind: 'c', width: 6 },
    { text: columns.device, width: 22 },
    { text: columns.verdict, width: 13 },
    { text: columns.advice, width: 24 },
    { text: columns.expected, kind: 'n', width: 12 },
    { text: columns.confidence, kind: 'c', width: 11 },
    { text: columns.due, kind: 'k', width: 12 },
  ];
  return table(
    heads,
    advised.map((action, i) => adviceRows(page, action, i + 1)),
  );
}

function adviceRows(page: Page, { device, row, due }: Action, number: number): Markup {
  const { wording } = page;
  const { decision } = row;
  const greyed = row.restraint?.forbids ? ' greyed' : '';
  return html`<tr class="has-says${greyed}">
<td class="c">${number}</td>
<td class="lead">${deviceName(page, device)}</td>
<td>${tag(page, decision.verdict)}</td>
<td>${wording.change(row)}</td>
<td class="n">${expected(page, row)}</td>
<td class="c">${wording.confidences[decision.confidence]}</td>
<td class="k">${due}</td></tr>
<tr class="says${greyed}"><td></td><td colspan="6">${evidence(page, row)}</td></tr>
`;
}

/** The single most asked-for number: what it will look like afterwards. */
function expected({ labels }: Page, row: ResourceRow): string {
  const { evidence: e } = row.decision;
  if (row.resource === 'cpu' || row.resource === 'network')
    return `P95 ${share(e.expected_p95, 0)}`;
  if (row.resource === 'memory') return `${labels.columns.max} ${share(e.expected_max, 0)}`;
  return row.unit === 'bytes'
    ? `${labels.columns.used} ${share(e.expected_used_ratio, 0)}`
    : NOTHING;
}

async function strips(page: Page, way: 'more' | 'less'): Promise<Markup | null> {
  const { charts, labels, document } = page;
  const wanted = charts.strips.filter(({ row: { decision } }) =>
    way === 'less' ? decision.verdict === 'reduce' : decision.verdict !== 'reduce',
  );
  if (wanted.length === 0) return null;
  const figures: Markup[] = [];
  for (const drawn of wanted) {
    const svg = await strip(drawn, {
      id: `strip-${charts.strips.indexOf(drawn) + 1}`,
      timezone: document.timezone,
      words: {
        title: title(page, drawn),
        unit: drawn.row.unit === 'cores' ? '' : 'GB',
        ...labels.chart,
      },
    });
    figures.push(html`<figure><b>${title(page, drawn)}</b>${markup(svg)}</figure>\n`);
  }
  const total = document.actions.filter(
    ({ row }) =>
      (row.resource === 'cpu' || row.resource === 'memory') &&
      (row.decision.verdict === 'reduce') === (way === 'less'),
  ).length;
  const more =
    total > wanted.length ? html`<p class="note">${labels.more(wanted.length, total)}</p>` : null;
  return html`<div class="strips"><p class="note">${labels.chart.strip}</p>${figures}${more}</div>`;
}

function title({ wording }: Page, { device, row }: Strip): string {
  const { current, target } = row.decision;
  const change =
    target === current
      ? ''
      : ` · ${bytesOrCores(row.unit, current)} → ${bytesOrCores(row.unit, target)}`;
  return `${device.device} · ${wording.resources[row.resource]}${change} · ${wording.verdicts[row.decision.verdict]}`;
}

const bytesOrCores = (unit: string, value: number): string =>
  unit === 'cores' ? `${plain(value)} vCPU` : bytes(Math.round(value / GIB) * GIB);
