import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeHtml, Html, html, htmlPage } from '../../../../src/collector/web/pages/html.ts';

test('values are escaped, markup made by us is not', () => {
  const inner = html`<b>${'<i>'}</b>`;
  expect(html`<p title="${'a"b'}">${inner}${['<', inner, 3]}</p>`.text).toBe(
    '<p title="a&quot;b"><b>&lt;i&gt;</b>&lt;<b>&lt;i&gt;</b>3</p>',
  );
});

test('no text can leave its place', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { text: written } = html`<p title='${text}' class="${text}">${text}</p>`;
      expect(written).toBe(
        `<p title='${escapeHtml(text)}' class="${escapeHtml(text)}">${escapeHtml(text)}</p>`,
      );
      expect(escapeHtml(text)).not.toMatch(/[<>"']/);
    }),
  );
});

test('a page says its language and loads our style sheet only', () => {
  const page = htmlPage({ language: 'zh-CN', title: '<值守>', body: new Html('<main></main>') });
  expect(page).toContain('<html lang="zh-CN">');
  expect(page).toContain('<title>&lt;值守&gt;</title>');
  expect(page.match(/(href|src)="[^"]*"/g)).toEqual(['href="data:,"', 'href="/assets/page.css"']);
});
