import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Credentials, refuseAccess } from '../../../src/collector/web/access.ts';
import type { AuthClass, Method } from '../../../src/collector/web/route.ts';

const TOKEN = 'main-token-0123456789';
const METRICS = 'metrics-token-0123456789';

type Tokens = Parameters<typeof refuseAccess>[2];
const none: Tokens = { token: null, metricsToken: null };
const main: Tokens = { token: TOKEN, metricsToken: null };
const both: Tokens = { token: TOKEN, metricsToken: METRICS };

const request = (over: Partial<Credentials> = {}): Credentials => ({
  local: false,
  method: 'GET',
  authorization: undefined,
  host: '127.0.0.1:8420',
  fetchSite: undefined,
  ...over,
});
const bearer = (token: string) => request({ authorization: `Bearer ${token}` });
const basic = (token: string, method: Method = 'GET') =>
  request({ method, authorization: `Basic ${Buffer.from(`anybody:${token}`).toString('base64')}` });

const codeOf = (auth: AuthClass, credentials: Credentials, settings: Tokens = none): string =>
  refuseAccess(auth, credentials, settings)?.code ?? 'allowed';

test.each([
  // class, who, tokens configured → answer
  ['open', request(), main, 'allowed'],
  ['ingest', request(), main, 'allowed'],
  ['read', request(), none, 'allowed'],
  ['metrics', request(), none, 'allowed'],
  ['admin', request(), none, 'forbidden'],
  ['read', request(), main, 'unauthorised'],
  ['metrics', request(), main, 'unauthorised'],
  ['admin', request(), main, 'unauthorised'],
  ['read', bearer(TOKEN), main, 'allowed'],
  ['metrics', bearer(TOKEN), main, 'allowed'],
  ['admin', bearer(TOKEN), main, 'allowed'],
  ['read', bearer(`${TOKEN}x`), main, 'unauthorised'],
  ['metrics', bearer(METRICS), both, 'allowed'],
  ['metrics', bearer(TOKEN), both, 'allowed'],
  ['read', bearer(METRICS), both, 'unauthorised'],
  ['admin', bearer(METRICS), both, 'unauthorised'],
  ['metrics', request(), { token: null, metricsToken: METRICS }, 'unauthorised'],
  ['admin', request({ local: true }), both, 'allowed'],
  ['read', request({ local: true, host: 'evil.example' }), both, 'allowed'],
  ['read', basic(TOKEN), main, 'allowed'],
  ['read', basic('wrong'), main, 'unauthorised'],
  ['admin', basic(TOKEN, 'POST'), main, 'unauthorised'],
] as const)('%s asked with %o under %o: %s', (auth, credentials, settings, answer) => {
  expect(codeOf(auth, credentials, settings)).toBe(answer);
});

test.each(['localhost', '127.0.0.1:8420', '[::1]:8420', '127.9.9.9'])(
  'without a token the loopback name %s may read',
  (host) => {
    expect(codeOf('read', request({ host }))).toBe('allowed');
  },
);

test.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '', undefined])(
  'without a token the foreign name %s may not, wherever it resolves to',
  (host) => {
    expect(codeOf('read', request({ host }))).toBe('forbidden');
  },
);

test.each([
  ['cross-site', 'forbidden'],
  ['same-site', 'forbidden'],
  ['same-origin', 'allowed'],
  ['none', 'allowed'],
])('a command from a page that is %s: %s, even with the token', (fetchSite, answer) => {
  const credentials = { ...bearer(TOKEN), method: 'POST' as const, fetchSite };
  expect(codeOf('admin', credentials, main)).toBe(answer);
});

test('reading is not a command: a link from another site may be followed', () => {
  expect(codeOf('read', { ...bearer(TOKEN), fetchSite: 'cross-site' }, main)).toBe('allowed');
});

test('nothing that is not the token opens', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('Bearer ', 'bearer  ', 'Basic ', ''), (text, how) => {
      fc.pre(text.trim() !== TOKEN);
      const authorization = `${how}${text}`;
      expect(codeOf('admin', request({ authorization }), both)).toBe('unauthorised');
    }),
  );
});

test('a refusal never repeats what was presented', () => {
  const refusal = refuseAccess('read', bearer('a-secret-of-somebody'), main);
  expect(JSON.stringify([refusal?.message, refusal?.hint, refusal?.detail])).not.toContain(
    'secret-of',
  );
});
