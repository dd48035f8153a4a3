import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  escapeHtml,
  html,
  markup,
  visible,
} from '../../../../src/collector/reports/render/markup.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';

test('values of a template are escaped', () => {
  const name = '<b>"x" & \'y\'</b>';
  expect(html`<td title="${name}">${name}</td>`.text).toBe(
    '<td title="&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;">&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;</td>',
  );
});

test('markup inside markup stays, lists are joined, nothing is nothing', () => {
  const cells = ['a', '<', 3].map((value) => html`<td>${value}</td>`);
  expect(html`<tr>${cells}${null}${undefined}</tr>`.text).toBe(
    '<tr><td>a</td><td>&lt;</td><td>3</td></tr>',
  );
  expect(html`${markup('<hr>')}${['x', ['<', null]]}`.text).toBe('<hr>x&lt;');
});

test('no value leaves the place it was put in', () => {
  const plain = (text: string): boolean => !/[<>"'`]/.test(text);
  for (const name of HOSTILE_NAMES) expect(plain(escapeHtml(name)), name).toBe(true);
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => plain(escapeHtml(text))));
});

test('what hides or reorders text becomes visible', () => {
  expect(visible('a\u202egpj.exe')).toBe('a\uFFFDgpj.exe');
  expect(visible('a\0b\u001bc\u2028d')).toBe('a\uFFFDb\uFFFDc\uFFFDd');
  expect(visible('正常 text\n\tstays')).toBe('正常 text\n\tstays');
});
