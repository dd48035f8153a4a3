/** `/`: the state of the watch at a glance. Works without scripts, prints on paper. */
import type { IndicatorValue } from '../../../shared/indicator.ts';
import type { Device } from '../../desk/desk.ts';
import type { Fault } from '../../faults/faults.ts';
import type { Health } from '../web.ts';
import { type Bar, figuresOf } from './figures.ts';
import { type Html, html, htmlPage } from './html.ts';
import type { Words } from './words.ts';

export interface OverviewDevice {
  readonly device: Device;
  readonly newestMs: number;
  readonly values: readonly IndicatorValue[];
}

export interface Overview {
  readonly words: Words;
  readonly version: string;
  readonly nowMs: number;
  readonly timezone: string;
  readonly health: Health;
  readonly stats: { readonly series: number; readonly storedSamples: number };
  readonly faults: readonly Fault[];
  /** From the ledger; undefined for a device that was removed. */
  readonly deviceOf: (name: string) => Device | undefined;
  /** Those of this page, in the order shown. */
  readonly devices: readonly OverviewDevice[];
  readonly deviceCount: number;
  readonly page: number;
  readonly pages: number;
}

function formatTime(ms: number, { words, timezone }: Overview): string {
  return new Intl.DateTimeFormat(words.language === 'en' ? 'en-GB' : 'zh-CN', {
    timeZone: timezone,
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(ms);
}

function formatCount(count: number): string {
  return new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(
    count,
  );
}

function formatGib(bytes: number, { words }: Overview): string {
  return Number.isFinite(bytes) ? `${(bytes / 1024 ** 3).toFixed(1)} GiB` : words.nothing;
}

function bar({ share, item, severity }: Bar, words: Words): Html {
  if (share === null) return html`<td class="bar none">${words.nothing}</td>`;
  const width = (share * 100).toFixed(1);
  return html`<td class="bar ${severity ?? ''}"><svg viewBox="0 0 100 8" preserveAspectRatio="none"
aria-hidden="true"><rect class="track" width="100" height="8"/><rect class="fill" width="${width}"
height="8"/></svg><span>${Math.round(share * 100)}%${item === '' ? '' : html` <i>${item}</i>`}</span></td>`;
}

function tiles(overview: Overview): Html {
  const { words, health, stats, faults, deviceCount } = overview;
  const worst = faults.reduce((least, { level }) => Math.min(least, level), 5);
  const tile = (label: string, value: string | number, mark = ''): Html =>
    html`<div class="tile ${mark}"><b>${value}</b><span>${label}</span></div>\n`;
  return html`<section class="tiles">
${tile(words.openFaults, faults.length, worst <= 2 ? 'critical' : worst <= 4 ? 'warning' : 'good')}
${tile(words.devices, deviceCount)}${tile(words.series, formatCount(stats.series))}
${tile(words.stored, formatCount(stats.storedSamples))}
${tile(words.freeDisk, formatGib(health.diskFreeBytes, overview))}</section>`;
}

/** More than these are counted by the tile; the API lists them all. */
const FAULTS_SHOWN = 200;

function faultTable(overview: Overview): Html {
  const { words, faults } = overview;
  if (faults.length === 0) return html`<p class="calm">${words.noFaults}</p>`;
  const sorted = faults.toSorted((a, b) => a.level - b.level || b.openedMs - a.openedMs);
  const rows = sorted.slice(0, FAULTS_SHOWN).map(
    (fault) => html`<tr><td><span class="level l${fault.level}">${fault.level}</span></td>
<td class="short"><a href="/api/v1/faults/${fault.id}">${fault.id}</a></td>
<td>${fault.device}${statusMark(overview.deviceOf(fault.device), words)}</td>
<td>${words.language === 'en' ? fault.phenomenon.en : fault.phenomenon.zh}</td>
<td class="short">${formatTime(fault.beganMs, overview)}</td>
<td class="short">${words.states[fault.state] ?? fault.state}</td></tr>\n`,
  );
  return html`<table><thead><tr><th>${words.level}</th><th>${words.id}</th><th>${words.device}</th>
<th>${words.phenomenon}</th><th>${words.since}</th><th>${words.state}</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

/** Demo and imported devices are marked wherever they are named. */
function statusMark(device: Device | undefined, words: Words): Html {
  if (device === undefined || device.status === 'live') return html``;
  return html` <span class="mark">${words[device.status]}</span>`;
}

function deviceRow(entry: OverviewDevice, overview: Overview): Html {
  const { words, nowMs } = overview;
  const { device, newestMs } = entry;
  const faults = overview.faults.filter((fault) => fault.device === device.name);
  const { cpu, memory, disk } = figuresOf(entry.values, faults);
  const age = newestMs === 0 ? words.nothing : words.ago((nowMs - newestMs) / 1_000);
  return html`<tr><td><a href="/api/v1/devices/${encodeURIComponent(device.name)}">${device.name}</a>
${statusMark(device, words)}</td>
${bar(cpu, words)}${bar(memory, words)}${bar(disk, words)}<td class="age">${age}</td></tr>\n`;
}

function turnPage({ words, page, pages }: Overview): Html {
  if (pages <= 1) return html``;
  const link = (to: number, text: string): Html =>
    to < 1 || to > pages
      ? html``
      : html` <a href="/?page=${to}&amp;lang=${words.language}">${text}</a>`;
  return html`<p class="pages">${link(page - 1, words.previous)} ${page}/${pages}
${link(page + 1, words.next)}</p>`;
}

function deviceTable(overview: Overview): Html {
  const { words, devices } = overview;
  if (devices.length === 0) return html`<p class="calm">${words.noDevices}</p>`;
  return html`<table class="devices"><thead><tr><th>${words.device}</th><th>${words.cpu}</th>
<th>${words.memory}</th><th>${words.disk}</th><th>${words.newest}</th></tr></thead>
<tbody>${devices.map((entry) => deviceRow(entry, overview))}</tbody></table>${turnPage(overview)}`;
}

function reportLinks({ words, nowMs, timezone }: Overview): Html {
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timezone);
  const thisMonth = now.toPlainDate().toPlainYearMonth();
  const line = (month: string, label: string): Html => {
    const address = `/api/v1/reports/capacity?month=${month}&locale=${words.language}&format=`;
    return html`<li>${label} ${month}: <a href="${address}html">HTML</a> ·
<a href="${address}csv">CSV</a> · <a href="${address}json">JSON</a></li>\n`;
  };
  return html`<h2>${words.reports}</h2><h3>${words.capacityReport}</h3><ul>
${line(thisMonth.toString(), words.thisMonth)}
${line(thisMonth.subtract({ months: 1 }).toString(), words.lastMonth)}</ul>`;
}

export function overviewPage(overview: Overview): string {
  const { words, health, version, nowMs, timezone } = overview;
  const other = words.language === 'en' ? 'zh-CN' : 'en';
  return htmlPage({
    language: words.language,
    title: words.title,
    body: html`<header><h1>${words.title}</h1>
<p><span class="state ${health.ready ? 'good' : 'warning'}">${health.ready ? words.ready : words.notReady}</span>
${health.ready ? '' : health.reason} ${formatTime(nowMs, overview)} ${timezone}</p>
<nav><a href="/?lang=${other}">${words.otherLanguage}</a> <a href="/api/docs">API</a>
<a href="/metrics">/metrics</a></nav></header>
<main>
${tiles(overview)}
<section><h2>${words.openFaults}</h2>${faultTable(overview)}</section>
<section><h2>${words.devices}</h2>${deviceTable(overview)}</section>
<section>${reportLinks(overview)}</section>
</main><footer>Watchkeeper ${version}</footer>`,
  });
}
