import { expect, test } from 'vitest';
import { z } from 'zod';
import type { OwnMetrics } from '../../../src/collector/web/metrics/own-metrics.ts';
import { openApi } from '../../../src/collector/web/openapi.ts';
import { defineRoute } from '../../../src/collector/web/route.ts';
import { routeTable } from '../../../src/collector/web/route-table.ts';
import { FAILURES } from '../../../src/shared/errors.ts';

const routes = [
  defineRoute({
    method: 'GET',
    path: '/things/:name/parts',
    auth: 'read',
    summary: 'Parts of a thing',
    params: z.strictObject({ name: z.string().min(1) }),
    query: z.strictObject({
      limit: z.coerce.number().int().max(10).default(5),
      kind: z.enum(['a', 'b']).describe('Which ones'),
    }),
    answer: z.object({ parts: z.array(z.string()) }),
    handle: () => ({ parts: [] }),
  }),
  defineRoute({
    method: 'POST',
    path: '/things/:name/parts',
    auth: 'admin',
    summary: 'Add a part',
    params: z.strictObject({ name: z.string() }),
    body: z.strictObject({ part: z.string() }),
    answer: z.object({}),
    handle: () => ({}),
  }),
  defineRoute({
    method: 'GET',
    path: '/text',
    auth: 'open',
    summary: 'Text',
    answer: 'text/plain',
    handle: () => '',
  }),
];

interface Documented {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Record<string, unknown>>>;
  readonly components: { readonly responses: { readonly Failure: unknown } };
}

const document = openApi(routes, '1.2.3') as Documented;

test('methods of one address share its entry', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toEqual(['/things/{name}/parts', '/text']);
  expect(Object.keys(document.paths['/things/{name}/parts'] ?? {})).toEqual(['get', 'post']);
});

test('parameters come from the schemas that check them', () => {
  expect(document.paths['/things/{name}/parts']?.get?.parameters).toEqual([
    { name: 'name', in: 'path', required: true, schema: { type: 'string', minLength: 1 } },
    {
      name: 'limit',
      in: 'query',
      required: false,
      schema: expect.objectContaining({ default: 5, maximum: 10 }),
    },
    {
      name: 'kind',
      in: 'query',
      required: true,
      description: 'Which ones',
      schema: { type: 'string', enum: ['a', 'b'] },
    },
  ]);
});

test('bodies are closed objects, answers have their shape', () => {
  const post = document.paths['/things/{name}/parts']?.post;
  expect(post?.requestBody).toMatchObject({
    content: {
      'application/json': {
        schema: { additionalProperties: false, required: ['part'] },
      },
    },
  });
  expect(document.paths['/text']?.get?.requestBody).toBeUndefined();
  expect(document.paths['/things/{name}/parts']?.get?.responses).toMatchObject({
    200: { content: { 'application/json': { schema: { required: ['parts'] } } } },
  });
  expect(document.paths['/text']?.get?.responses).toMatchObject({
    200: { description: 'text/plain' },
  });
});

test('access is told by class', () => {
  expect(document.paths['/text']?.get?.security).toEqual([]);
  expect(document.paths['/things/{name}/parts']?.post?.security).toEqual([{ token: [] }]);
});

test('every failure code is documented', () => {
  const text = JSON.stringify(document.components.responses.Failure);
  for (const code of Object.keys(FAILURES)) expect(text).toContain(`"${code}"`);
});

test('a route refuses what its schemas do not know, and names all of it', async () => {
  const [route] = routes;
  const run = route?.run(
    { params: { name: '' }, query: { limit: '99', kind: 'c', more: '1' }, body: undefined },
    {} as never,
  );
  // The first place that is wrong ends it: there are no half-checked requests.
  await expect(run).rejects.toMatchObject({ code: 'bad_request' });
  const query = route?.run(
    { params: { name: 'x' }, query: { limit: '99', kind: 'c', more: '1' }, body: undefined },
    {} as never,
  );
  await expect(query).rejects.toMatchObject({
    message: expect.stringMatching(/limit[\s\S]*kind[\s\S]*more/),
  });
});

test.each([
  ['alertmanager', { required: ['alerts'], properties: { alerts: { type: 'array' } } }],
  ['zabbix', { required: ['host', 'trigger_id', 'event_value', 'event_name'] }],
  ['generic', { anyOf: [{ required: ['rule', 'status'] }, { required: ['alerts'] }] }],
])('what %s sends is published', (form, schema) => {
  const all = openApi(routeTable({} as OwnMetrics), '1.2.3') as Documented;
  const { post } = all.paths[`/api/v1/inbound/${form}`] ?? {};
  expect(post?.requestBody).toMatchObject({ content: { 'application/json': { schema } } });
});

test('every list is continued the same way', () => {
  const all = openApi(routeTable({} as OwnMetrics), '1.2.3') as Documented;
  const lists = Object.entries(all.paths).flatMap(([path, { get }]) => {
    const names = ((get?.parameters ?? []) as { name: string }[]).map(({ name }) => name);
    if (!path.startsWith('/api/v1/')) return [];
    return names.some((name) => ['after', 'cursor', 'page', 'offset'].includes(name))
      ? [{ path, names, answer: JSON.stringify(get?.responses) }]
      : [];
  });
  expect(lists.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['events', 'faults', 'notices', 'audit'].map((one) => `/api/v1/${one}`)),
  );
  for (const { path, names, answer } of lists) {
    expect(names, path).toEqual(expect.arrayContaining(['limit', 'after']));
    // What windows ended with is followed by its own numbers.
    if (path !== '/api/v1/windows/outcomes') expect(answer, path).toContain('"next"');
  }
});
