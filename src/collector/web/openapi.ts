/** OpenAPI 3.1 from the route table: what is documented is what is served. */
import type { z } from 'zod';
import { jsonSchema } from '../../shared/config.ts';
import { FAILURES } from '../../shared/errors.ts';
import type { AuthClass, Route } from './route.ts';

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>;
  readonly required?: readonly string[];
}

function withoutDialect(schema: z.ZodType): object {
  const { $schema: _, ...rest } = jsonSchema(schema) as Record<string, unknown>;
  return rest;
}

function parameters(schema: z.ZodType, place: 'path' | 'query'): object[] {
  const { properties = {}, required = [] } = withoutDialect(schema) as ObjectSchema;
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: property,
  }));
}

const SECURITY: Readonly<Record<AuthClass, object[]>> = Object.freeze({
  open: [],
  ingest: [{ agentToken: [] }],
  metrics: [{ metricsToken: [] }, { token: [] }],
  read: [{ token: [] }],
  admin: [{ token: [] }],
});

function answers(route: Route): object {
  const failure = { $ref: '#/components/responses/Failure' };
  if (typeof route.answer !== 'string') {
    const content = { 'application/json': { schema: withoutDialect(route.answer) } };
    return { 200: { description: 'Done', content }, default: failure };
  }
  if (route.answer === 'empty') return { 204: { description: 'Stored' }, default: failure };
  return { 200: { description: route.answer }, default: failure };
}

function requestBody(route: Route): object {
  if (route.raw) {
    const schema = { type: 'string', format: 'binary' };
    return { required: true, content: { [route.bodyType]: { schema } } };
  }
  if (route.body === null) return {};
  return {
    required: true,
    content: { 'application/json': { schema: withoutDialect(route.body) } },
  };
}

function operation(route: Route): object {
  const body = requestBody(route);
  return {
    summary: route.summary,
    security: SECURITY[route.auth],
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...(Object.keys(body).length === 0 ? {} : { requestBody: body }),
    responses: answers(route),
  };
}

const FAILURE_SCHEMA = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'hint'],
      properties: {
        code: { enum: Object.keys(FAILURES) },
        message: { type: 'string' },
        hint: { type: 'string', description: 'How to mend it' },
        detail: { type: 'object' },
      },
    },
  },
};

const bearer = (description: string): object => ({ type: 'http', scheme: 'bearer', description });

export function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Watchkeeper collector', version, license: { name: 'Apache-2.0' } },
    paths,
    components: {
      securitySchemes: {
        token: bearer('web.token_file; not needed on the control socket'),
        metricsToken: bearer('web.metrics_token_file'),
        agentToken: bearer('From collector agent add'),
      },
      responses: {
        Failure: {
          description: 'Refused or failed; `code` never changes its meaning',
          content: { 'application/json': { schema: FAILURE_SCHEMA } },
        },
      },
    },
  };
}
