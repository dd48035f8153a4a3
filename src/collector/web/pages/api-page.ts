/** `/api/docs`: the route table as a page one can read. */
import type { Route } from '../route.ts';
import { type Html, html, htmlPage } from './html.ts';

function row(route: Route): Html {
  return html`<tr><td><code>${route.method}</code></td><td><code>${route.path}</code></td>
<td>${route.summary}</td><td>${route.auth}</td></tr>
`;
}

export function apiPage(routes: readonly Route[], version: string): string {
  return htmlPage({
    language: 'en',
    title: 'API · Watchkeeper',
    body: html`<header><h1>API</h1><p>Watchkeeper ${version} ·
<a href="/api/docs/openapi.json">OpenAPI 3.1</a> · <a href="/">overview</a></p></header>
<main><section><table>
<thead><tr><th>Method</th><th>Address</th><th>What for</th><th>Access</th></tr></thead>
<tbody>
${routes.map(row)}</tbody></table></section>
<section><h2>Access</h2><dl>
<dt>open</dt><dd>anybody who reaches the port</dd>
<dt>ingest</dt><dd>the token of a sender (collector agent add)</dd>
<dt>metrics</dt><dd>the metrics token or the main token</dd>
<dt>read</dt><dd>the main token; without one configured, requests from this host</dd>
<dt>admin</dt><dd>the main token, or the control socket in the data directory</dd>
</dl></section></main>`,
  });
}
