/** Chapter 4: every server on one line of a landscape table. */

import { VERDICTS } from '../../decide/decision.ts';
import type { DeviceFinding, ResourceRow } from '../../document.ts';
import { bitRate, bytes, plain } from '../../wording/numbers.ts';
import { sparkline } from '../charts/sparkline.ts';
import { html, type Markup, markup } from '../markup.ts';
import {
  chapter,
  columns,
  deviceName,
  NOTHING,
  numbers,
  type Page,
  points,
  share,
  tag,
} from './page.ts';

/** Percent of a landscape page; 21 columns fit when each knows its place. */
const WIDTHS = [
  2.4, 9.2, 7, 4.4, 8.6, 3.4, 3.4, 3.4, 3.4, 3.4, 4.8, 3.4, 3.4, 3.4, 4, 5.4, 5.4, 4, 7, 4.8, 7.8,
];

export function usage(page: Page): Markup {
  const { labels, document } = page;
  const grouped = new Map<string, DeviceFinding[]>();
  for (const device of document.devices.filter(isServer)) {
    grouped.set(device.business, [...(grouped.get(device.business) ?? []), device]);
  }
  // Named businesses first; those without one last.
  const names = [...grouped.keys()].sort(
    (a, b) => Number(a === '') - Number(b === '') || (a < b ? -1 : 1),
  );
  let number = 0;
  const rows = names.flatMap((name) => {
    const devices = byVerdict(grouped.get(name) ?? []);
    const head =
      names.length > 1
        ? [
            html`<tr class="group">
<td colspan="21">${name || labels.noBusiness}（${devices.length}）</td></tr>\n`,
          ]
        : [];
    return [...head, ...devices.map((device) => line(page, device, ++number))];
  });
  const body = html`<p class="note">${labels.texts.deviceRow}</p>
<table>${columns(WIDTHS)}${head(page)}<tbody>
${rows}</tbody></table>`;
  return chapter(page, 'usage', body, 'wide');
}

/** Switches and lines have a chapter of their own. */
function isServer({ kind, rows }: DeviceFinding): boolean {
  return kind !== 'network' && kind !== 'link'
    ? true
    : rows.some(({ resource }) => resource === 'cpu');
}

function byVerdict(devices: readonly DeviceFinding[]): readonly DeviceFinding[] {
  const rank = ({ verdict }: DeviceFinding): number => VERDICTS.indexOf(verdict);
  return [...devices].sort((a, b) => rank(a) - rank(b) || (a.device < b.device ? -1 : 1));
}

function head({ labels: { columns: c } }: Page): Markup {
  const tall = (text: string, kind = '') => html`<th rowspan="2" class="${kind}">${text}</th>`;
  const number = (text: string) => html`<th class="n">${text}</th>`;
  const first = [c.device, c.business, c.type, c.configuration].map((text) => tall(text));
  const disks = [c.fullest, c.diskGrowth, c.networkP95].map((text) => tall(text));
  const last = [c.change, c.year, c.coverage, c.verdict].map((text) => tall(text));
  return html`<thead><tr>${tall(c.number, 'c')}${first}
<th colspan="5" class="c">${c.cpu}</th>${tall(c.busy)}
<th colspan="3" class="c">${c.memory}</th>${disks}${last}</tr>
<tr>${[c.mean, 'P50', 'P95', 'P99.5', c.max].map(number)}
${[c.mean, 'P95', c.max].map(number)}</tr></thead>`;
}

function line(page: Page, device: DeviceFinding, number: number): Markup {
  const { labels, document, charts } = page;
  const of = (resource: ResourceRow['resource']): readonly ResourceRow[] =>
    device.rows.filter((row) => row.resource === resource);
  const [cpu] = of('cpu');
  const [memory] = of('memory');
  const disks = of('filesystem');
  const spark = sparkline(
    charts.sparklines.get(device.device) ?? new Float64Array(0),
    document.policy.cpu.add_p95,
  );
  const worst = device.rows.find(({ decision }) => decision.verdict === device.verdict) ?? cpu;
  const about = [device.business, device.importance].filter((text) => text !== '').join(' / ');
  const load = cpu?.statistics;
  const used = memory?.statistics;
  const figures = [
    ...[load?.mean, load?.p50, load?.p95, load?.p99_5, load?.max].map((value) => points(value)),
    cpu ? `${cpu.busy.hours} (${cpu.busy.days})` : NOTHING,
    ...[used?.mean, used?.p95, used?.max].map((value) => points(value)),
    fullest(disks),
    growth(disks),
    network(of('network')),
    change(cpu),
  ];
  return html`<tr><td class="c">${number}</td>
<td>${deviceName(page, device)}</td>
<td>${about || NOTHING}</td>
<td>${labels.machines[device.machine]}</td>
<td>${configuration(cpu, memory, disks)}</td>
${figures.map((text) => numbers(text))}
<td>${markup(spark)}</td>
${numbers(share((cpu ?? memory ?? device.rows[0])?.coverage))}
<td>${tag(page, device.verdict)}${worst ? confidence(page, worst) : null}</td></tr>
`;
}

function confidence({ labels, wording }: Page, { decision }: ResourceRow): Markup {
  const grade = wording.confidences[decision.confidence];
  return html`<span class="address">${labels.columns.confidence} ${grade}</span>`;
}

function configuration(
  cpu: ResourceRow | undefined,
  memory: ResourceRow | undefined,
  disks: readonly ResourceRow[],
): string {
  const total = disks.reduce(
    (sum, { capacity }) => sum + (Number.isNaN(capacity) ? 0 : capacity),
    0,
  );
  const parts = [
    cpu && cpu.capacity > 0 ? plain(cpu.capacity) : NOTHING,
    memory && memory.capacity > 0 ? bytes(memory.decision.current) : NOTHING,
    total > 0 ? bytes(total) : NOTHING,
  ];
  return parts.join(' / ');
}

function fullest(disks: readonly ResourceRow[]): string {
  const used = disks.map(({ decision }) => decision.evidence.used_ratio ?? NaN);
  const known = used.filter((ratio) => !Number.isNaN(ratio));
  return known.length === 0 ? NOTHING : points(Math.max(...known));
}

function growth(disks: readonly ResourceRow[]): string {
  const changes = disks.map(({ decision }) => decision.evidence.month_change ?? NaN);
  const known = changes.filter((change) => !Number.isNaN(change));
  return known.length === 0 ? NOTHING : bytes(known.reduce((sum, change) => sum + change, 0));
}

/** The busiest interface: as share of its speed where that is known, else as a rate. */
function network(links: readonly ResourceRow[]): string {
  const shares = links.map(({ statistics }) => statistics.p95).filter((p95) => !Number.isNaN(p95));
  if (shares.length > 0) return share(Math.max(...shares));
  const rates = links
    .map(({ decision: { evidence: e } }) => Math.max(e.receive_p95 ?? NaN, e.transmit_p95 ?? NaN))
    .filter((rate) => !Number.isNaN(rate));
  return rates.length === 0 ? NOTHING : bitRate(Math.max(...rates));
}

function change(cpu: ResourceRow | undefined): string {
  const difference = cpu ? (cpu.statistics.p95 - cpu.previousP95) * 100 : NaN;
  if (Number.isNaN(difference)) return NOTHING;
  const sign = difference >= 0.05 ? '+' : difference <= -0.05 ? '−' : '';
  return `${sign}${Math.abs(difference).toFixed(1)}`;
}
