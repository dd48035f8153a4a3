/** Chapter 9: links and interfaces. */
import type { DeviceFinding, ResourceRow } from '../../document.ts';
import { bitRate } from '../../wording/numbers.ts';
import { html, type Markup } from '../markup.ts';
import {
  chapter,
  deviceName,
  emptyChapter,
  type Head,
  NOTHING,
  numbers,
  type Page,
  points,
  rowsOf,
  share,
  table,
  tag,
} from './page.ts';

export function networkChapter(page: Page): Markup {
  const { labels, document } = page;
  const all = rowsOf(page, ({ resource }) => resource === 'network');
  if (all.length === 0) return emptyChapter(page, 'network', labels.texts.noNetwork);
  const shown = [...all].sort(byLoad).slice(0, document.policy.report.network_rows);
  const more =
    all.length > shown.length
      ? html`<p class="note">${labels.more(shown.length, all.length)}</p>`
      : null;
  const { columns: c } = labels;
  const heads: Head[] = [
    { text: c.device, width: 19 },
    { text: c.speed, kind: 'n', width: 11 },
    { text: 'P50 %', kind: 'n', width: 7 },
    { text: 'P95 %', kind: 'n', width: 7 },
    { text: `${c.max} %`, kind: 'n', width: 7 },
    { text: c.inP95, kind: 'n', width: 14 },
    { text: c.outP95, kind: 'n', width: 14 },
    { text: c.busy, kind: 'n', width: 9 },
    { text: c.errors, kind: 'n', width: 7 },
    { text: c.verdict, width: 11 },
  ];
  return chapter(
    page,
    'network',
    html`${table(
      heads,
      shown.map((link) => line(page, link)),
    )}${more}`,
  );
}

interface Link {
  readonly device: DeviceFinding;
  readonly row: ResourceRow;
}

/** Busiest share first; without a speed by absolute traffic. */
function byLoad(a: Link, b: Link): number {
  const load = ({ row }: Link): number =>
    Number.isNaN(row.statistics.p95) ? -1 : row.statistics.p95;
  const rate = ({ row: { decision } }: Link): number =>
    Math.max(decision.evidence.receive_p95 ?? 0, decision.evidence.transmit_p95 ?? 0) || 0;
  return load(b) - load(a) || rate(b) - rate(a) || (a.device.device < b.device.device ? -1 : 1);
}

function line(page: Page, { device, row }: Link): Markup {
  const { evidence: e, current, verdict } = row.decision;
  const rate = (value: number | undefined): string =>
    value === undefined || Number.isNaN(value) ? NOTHING : bitRate(value);
  const cells = [
    [rate(current)],
    [points(e.p50)],
    [points(e.p95)],
    [points(e.max)],
    [rate(e.receive_p95), rate(e.receive_max)],
    [rate(e.transmit_p95), rate(e.transmit_max)],
    [`${e.busy_hours} (${e.busy_days})`],
    [share(e.errors_ratio, 2)],
  ];
  return html`<tr>
<td>${deviceName(page, device)}<span class="address">${row.item}</span></td>
${cells.map((lines) => numbers(...lines))}
<td>${tag(page, verdict)}</td></tr>
`;
}
