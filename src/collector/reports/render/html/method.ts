/** Chapter 3: how the figures came about and how complete they are. */
import { html, type Markup } from '../markup.ts';
import { definitionsOf } from './definitions.ts';
import { chapter, type Page } from './page.ts';

/** Lower ends of the coverage classes. */
const CLASSES = [0.99, 0.95, 0.8, 0.7, 0] as const;

export function method(page: Page): Markup {
  const { labels, document, locale } = page;
  const { scope } = definitionsOf(document.policy, locale);
  const kinds = new Map<string, number>();
  for (const { kind } of document.devices) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const counted = [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, n]) => `${labels.kinds[kind] ?? kind} ${n}`);
  const body = html`<p>${labels.columns.devices}: ${counted.join(' · ')}</p>
<h3>${labels.texts.definitions}</h3>
${scope.map((text) => html`<p>${text}</p>`)}
<h3>${labels.texts.coverage}</h3>
${coverage(page)}`;
  return chapter(page, 'method', body);
}

/** Coverage of each device's CPU (else its first resource) by class, as bars. */
function coverage({ document }: Page): Markup {
  const figures = document.devices.map(({ rows }) => rows[0]?.coverage ?? 0);
  const total = Math.max(1, figures.length);
  return html`<div class="bars">${CLASSES.map((least, i) => {
    const below = CLASSES[i - 1] ?? 1.01;
    const count = figures.filter((figure) => figure >= least && figure < below).length;
    const name =
      least === 0
        ? `< ${CLASSES[i - 1] ? (CLASSES[i - 1] ?? 0) * 100 : 0}%`
        : `≥ ${Math.round(least * 100)}%`;
    return html`<span>${name}</span><i style="width:${((count / total) * 100).toFixed(1)}%"></i><span>${count}</span>`;
  })}</div>`;
}
