/** Appendix: the rules with the limits in force, and the words. */
import { html, type Markup } from '../markup.ts';
import { definitionsOf } from './definitions.ts';
import { chapter, type Page, table } from './page.ts';

export function appendix(page: Page): Markup {
  const { labels, document, locale } = page;
  const { rules, glossary } = definitionsOf(document.policy, locale);
  const { columns: c, texts } = labels;
  const heads = [
    { text: c.rule, width: 18 },
    { text: c.value, width: 44 },
    { text: c.source, width: 38 },
  ];
  const rows = rules.map(
    ([rule, value, source]) =>
      html`<tr><td class="lead">${rule}</td><td>${value}</td><td>${source}</td></tr>\n`,
  );
  const terms = glossary.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`);
  const body = html`<h3>${texts.method}</h3>
${table(heads, rows)}
<h3>${texts.glossary}</h3>
<dl class="terms">${terms}</dl>
<p class="note">${document.generatedFrom}</p>`;
  return chapter(page, 'appendix', body);
}
