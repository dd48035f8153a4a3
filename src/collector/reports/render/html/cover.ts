/** The cover with its sign-off boxes: this page is signed and handed in. */
import { formatInstant } from '../../calendar.ts';
import { html, type Markup } from '../markup.ts';
import type { Page } from './page.ts';

export function cover({ document, labels, locale }: Page): Markup {
  const { cover: words } = labels;
  const [year = '', month = ''] = document.month.split('-');
  const at = (ms: number): string => formatInstant(ms, document.timezone);
  const separator = locale === 'en' ? ', ' : '、';
  const cutOff = Number.isNaN(document.lastMs) ? words.noFigures : at(document.lastMs);
  const box = (title: string): Markup =>
    html`<div><b>${title}</b><span>${words.signature}</span><span>${words.date}</span></div>`;
  const warning = document.demo ? html`<p class="warning">${labels.demoNote}</p>` : null;
  return html`<header class="cover">
<div class="org">${document.organisation}</div>
<div class="rule"></div>
<h1>${labels.title}</h1>
<p class="month">${labels.monthTitle(year, String(Number(month)))}</p>
${warning}
<dl>
<dt>${words.period}</dt><dd>${at(document.period.fromMs)} – ${at(document.period.toMs)} (${document.timezone})</dd>
<dt>${words.cutOff}</dt><dd>${cutOff}</dd>
<dt>${words.basis}</dt><dd>${document.months.join(separator)}</dd>
<dt>${words.digest}</dt><dd class="digest">sha256 ${document.digest}</dd>
</dl>
<div class="signs">${[words.prepared, words.reviewed, words.approved].map(box)}</div>
</header>
`;
}
