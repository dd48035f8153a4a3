/** Chapters 7 and 8: every store with its growth, its dates and its probabilities. */
import type { DeviceFinding, ResourceRow } from '../../document.ts';
import { bytes, percent, plain, wholeDays } from '../../wording/numbers.ts';
import { storageChart } from '../charts/storage.ts';
import { html, type Markup, markup } from '../markup.ts';
import {
  chapter,
  deviceName,
  emptyChapter,
  type Head,
  NOTHING,
  numbers,
  type Page,
  rowsOf,
  share,
  table,
  tag,
} from './page.ts';

interface Store {
  readonly device: DeviceFinding;
  readonly row: ResourceRow;
}

export function storageChapter(page: Page): Promise<Markup> {
  return stores(page, 'storage', ['filesystem', 'inodes'], page.labels.texts.noStorage);
}

export function databaseChapter(page: Page): Promise<Markup> {
  return stores(page, 'database', ['database'], page.labels.texts.noDatabase);
}

async function stores(
  page: Page,
  key: 'storage' | 'database',
  resources: readonly ResourceRow['resource'][],
  why: string,
): Promise<Markup> {
  const { labels, document } = page;
  const all = rowsOf(page, ({ resource }) => resources.includes(resource));
  if (all.length === 0) return emptyChapter(page, key, why);
  const shown = [...all].sort(byPressure).slice(0, document.policy.report.storage_rows);
  const more =
    all.length > shown.length
      ? html`<p class="note">${labels.more(shown.length, all.length)}</p>`
      : null;
  const { columns: c } = labels;
  const heads: Head[] = [
    { text: c.device, width: 17 },
    { text: c.size, kind: 'n', width: 9 },
    { text: c.used, kind: 'n', width: 7 },
    { text: c.monthChange, kind: 'n', width: 9 },
    { text: c.perDay, kind: 'n', width: 12 },
    { text: c.toWarning, kind: 'n', width: 9 },
    { text: c.toFull, kind: 'n', width: 11 },
    { text: c.probability, kind: 'n', width: 11 },
    { text: c.advised, kind: 'n', width: 8 },
    { text: c.verdict, width: 12 },
  ];
  const body = html`${table(
    heads,
    shown.map((store) => line(page, store)),
  )}${more}${await charts(page, resources)}`;
  return chapter(page, key, body);
}

/** Soonest full first; those without a date by how full they are. */
function byPressure(a: Store, b: Store): number {
  const days = ({ row }: Store): number => row.decision.evidence.days_to_full ?? Infinity;
  const used = ({ row }: Store): number => row.decision.evidence.used_ratio ?? 0;
  const finite = (value: number): number => (Number.isFinite(value) ? value : 1e9);
  return (
    finite(days(a)) - finite(days(b)) ||
    used(b) - used(a) ||
    (a.device.device < b.device.device ? -1 : 1)
  );
}

function line(page: Page, { device, row }: Store): Markup {
  const { evidence: e, current, target, verdict } = row.decision;
  const amount = (value: number | undefined): string => {
    if (value === undefined || Number.isNaN(value)) return NOTHING;
    return row.unit === 'bytes'
      ? bytes(Math.abs(value) < 1024 ** 2 ? 0 : value)
      : `${plain(value * 100, 2)}%`;
  };
  const kind = row.resource === 'inodes' ? ' (inode)' : '';
  const aliases =
    row.aliases.length > 0 ? html`<span class="address">= ${row.aliases.join(', ')}</span>` : null;
  const cells = [
    [amount(current)],
    [share(e.used_ratio)],
    [amount(e.month_change)],
    [...new Set([amount(e.per_day_long), amount(e.per_day_short)])],
    [toWarning(page, e)],
    toFull(page, e),
    [probabilities(e)],
    [target > current ? `+${amount(target - current)}` : NOTHING],
  ];
  return html`<tr>
<td>${deviceName(page, device)}<span class="address">${row.item}${kind}</span>${aliases}</td>
${cells.map((lines) => numbers(...lines))}
<td>${tag(page, verdict)}</td></tr>
`;
}

function probabilities(e: Evidence): string {
  const known = [e.p30, e.p60, e.p90].map((p) => p ?? NaN);
  if (known.some((p) => Number.isNaN(p))) return NOTHING;
  return `${known.map((p) => percent(p, 0)).join(' / ')}%`;
}

type Evidence = ResourceRow['decision']['evidence'];

function toWarning({ labels, document }: Page, e: Evidence): string {
  const days = e.days_to_warning ?? NaN;
  if (days === 0)
    return `${labels.texts.reached} ${share(document.policy.storage.warning_ratio, 0)}`;
  return Number.isFinite(days) ? labels.days(wholeDays(days)) : NOTHING;
}

/** A date only where there is one; a range where windows disagree; else that it does not grow. */
function toFull({ labels }: Page, e: Evidence): readonly string[] {
  const days = e.days_to_full ?? NaN;
  if (Number.isNaN(days)) return [NOTHING];
  if (!Number.isFinite(days)) return [labels.texts.static];
  const date = e.noisy === 1 ? labels.texts.uncertain : labels.days(wholeDays(days));
  if (!Number.isFinite(e.earliest)) return [date];
  const late = Number.isFinite(e.latest) ? wholeDays(e.latest ?? NaN) : '…';
  return [date, `(${wholeDays(e.earliest ?? NaN)}–${late})`];
}

async function charts(page: Page, resources: readonly string[]): Promise<Markup | null> {
  const { labels, wording } = page;
  const drawn = page.charts.storage.filter(({ row }) => resources.includes(row.resource));
  if (drawn.length === 0) return null;
  const figures: Markup[] = [];
  for (const chart of drawn) {
    const { device, row } = chart;
    const title = `${device.device} · ${row.item} · ${wording.verdicts[row.decision.verdict]}`;
    const svg = await storageChart(chart, {
      id: `store-${page.charts.storage.indexOf(chart) + 1}`,
      words: { title, unit: row.unit === 'ratio' ? '%' : 'GB', ...labels.chart },
    });
    figures.push(html`<figure><b>${title}</b>${markup(svg)}</figure>\n`);
  }
  return html`<div class="strips"><p class="note">${labels.chart.storage}</p>${figures}</div>`;
}
