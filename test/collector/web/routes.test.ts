/** Every route of the table, from the table: access, headers, unknown keys, documentation. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SECURITY_HEADERS } from '../../../src/collector/web/headers.ts';
import type { Route } from '../../../src/collector/web/route.ts';
import { routeTable } from '../../../src/collector/web/route-table.ts';
import { FAILURES } from '../../../src/shared/errors.ts';
import { openStage, type Stage } from '../stage.ts';

const TOKEN = 'main-token-0123456789';
const METRICS = 'metrics-token-0123456789';
const ROUTES = routeTable({ text: async () => '' });

let open: Stage;
let closed: Stage;
beforeAll(async () => {
  open = await openStage();
  closed = await openStage({ settings: { token: TOKEN, metricsToken: METRICS } });
});
afterAll(async () => {
  await open.close();
  await closed.close();
});

/** The letter of the ids below an address; faults where nothing else is said. */
const LETTERS: Record<string, string> = {
  windows: 'W',
  problems: 'P',
  changes: 'C',
  knowledge: 'K',
};

/** An address of the route; what it names does not exist. */
function addressOf({ path }: Route): string {
  const letter = LETTERS[path.split('/')[3] ?? ''] ?? 'F';
  const names: Record<string, string> = {
    agent: 'import:0123456789abcdef',
    id: `${letter}-000001`,
    sha256: 'a'.repeat(64),
    number: '1',
  };
  return path.replace(/:(\w+)/g, (_, name: string) => names[name] ?? 'nothing');
}

function ask(stage: Stage, route: Route, headers: Record<string, string> = {}) {
  return stage.collector.web.remote({
    method: route.method,
    url: addressOf(route),
    headers: { host: '127.0.0.1:8420', ...headers },
    ...(route.body === null ? {} : { payload: {} }),
  });
}

const REFUSED = [401, 403];

describe.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s',
  (_name, route) => {
    test('is refused to nobody or to everybody without its token, as its class says', async () => {
      const withoutTokens = await ask(open, route);
      expect(withoutTokens.statusCode === 403).toBe(route.auth === 'admin');
      if (route.auth === 'ingest') return;
      const answers = {
        nobody: (await ask(closed, route)).statusCode,
        metrics: (await ask(closed, route, { authorization: `Bearer ${METRICS}` })).statusCode,
        main: (await ask(closed, route, { authorization: `Bearer ${TOKEN}` })).statusCode,
      };
      const may = (status: number): boolean => !REFUSED.includes(status);
      expect({
        nobody: may(answers.nobody),
        metrics: may(answers.metrics),
        main: may(answers.main),
      }).toEqual({
        nobody: route.auth === 'open',
        metrics: route.auth === 'open' || route.auth === 'metrics',
        main: true,
      });
    });

    test('answers with our headers, whatever the answer is', async () => {
      for (const stage of [open, closed]) {
        const answer = await ask(stage, route);
        for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
          if (name === 'cache-control' && route.path === '/assets/page.css') continue;
          expect(answer.headers[name], name).toBe(value);
        }
      }
    });

    test('refuses keys it does not know', async () => {
      const answer = await open.collector.web.local({
        method: route.method,
        url: `${addressOf(route)}?nonsense=1`,
        ...(route.body === null ? {} : { payload: {} }),
      });
      if (route.auth === 'ingest') return;
      expect(answer.statusCode).toBe(400);
      expect(answer.json().error).toMatchObject({ code: 'bad_request' });
      expect(answer.json().error.message).toContain('nonsense');
    });

    test('is documented with its parameters and access', async () => {
      const { paths } = await open.ask<{ paths: Record<string, Record<string, Documented>> }>(
        'GET',
        '/api/docs/openapi.json',
      );
      const path = route.path.replace(/:(\w+)/g, '{$1}');
      const operation = paths[path]?.[route.method.toLowerCase()];
      expect(operation?.summary).toBe(route.summary);
      const inPath = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
      const documented = operation?.parameters.filter((parameter) => parameter.in === 'path');
      expect(documented?.map(({ name }) => name)).toEqual(inPath);
      expect(operation?.security.length === 0).toBe(route.auth === 'open');
      expect(operation?.responses.default).toBeDefined();
    });
  },
);

interface Documented {
  readonly summary: string;
  readonly parameters: readonly { readonly in: string; readonly name: string }[];
  readonly security: readonly object[];
  readonly responses: Readonly<Record<string, unknown>>;
}

test('no two routes share an address', () => {
  const addresses = ROUTES.map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':')}`);
  expect(new Set(addresses).size).toBe(addresses.length);
});

test('what changes something is never a GET, and always needs the socket or the token', () => {
  for (const { method, auth, path } of ROUTES) {
    if (method !== 'GET') expect(['admin', 'ingest'], path).toContain(auth);
  }
});

test.each(['/probe?target=http://10.0.0.1/', '/debug/pprof', '/api/v1/nothing', '/-/quit'])(
  '%s is nothing',
  async (url) => {
    const answer = await open.collector.web.local({ method: 'GET', url });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().error.code).toBe('not_found');
    expect(answer.headers['content-security-policy']).toBe(
      SECURITY_HEADERS['content-security-policy'],
    );
  },
);

test.each([
  ['text/plain', '{"name":"x"}', 415],
  ['application/jsonx', '{"name":"x"}', 415],
  ['application/x-www-form-urlencoded', 'name=x', 415],
  ['application/json', '{"name":', 400],
  ['application/json', '{"__proto__":{"x":1},"name":"x"}', 400],
  ['application/json', '{"constructor":{"prototype":{"x":1}},"name":"x"}', 400],
  ['application/json', '[1]', 400],
  ['application/json', '"x"', 400],
  ['application/json', `{"name":"${'x'.repeat(300_000)}"}`, 413],
])('a body of %j that is %.40s gets %i', async (type, payload, status) => {
  const answer = await open.collector.web.local({
    method: 'POST',
    url: '/api/v1/agents',
    headers: { 'content-type': type },
    payload,
  });
  expect(answer.statusCode).toBe(status);
  expect(Object.keys(FAILURES)).toContain(answer.json().error.code);
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
  expect(({} as { x?: number }).x).toBeUndefined();
});

test('a body that is deep costs a refusal, not the process', async () => {
  const answer = await open.collector.web.local({
    method: 'POST',
    url: '/api/v1/agents',
    headers: { 'content-type': 'application/json' },
    payload: `{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  });
  expect(answer.statusCode).toBe(400);
});

test('HEAD is GET without a body', async () => {
  const answer = await open.collector.web.remote({ method: 'HEAD', url: '/-/ready' });
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toBe('');
});

test('an address that cannot be decoded is refused in our form', async () => {
  const answer = await open.collector.web.local({ method: 'GET', url: '/api/v1/devices/%ff' });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error.code).toBe('malformed');
});
