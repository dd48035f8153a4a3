/** A request as configuration writes it, and as it is sent once its values are known. */
import * as z from 'zod';
import { urlComplaint } from '../../../shared/address-policy.ts';
import type { Complaint, Destination } from '../kind.ts';
import { ProbeFailure } from '../reasons.ts';
import type { HttpRequest } from './exchange.ts';
import { expectation } from './expect.ts';
import { fill, namesIn, namesInside, VARIABLE_NAME, type Values } from './template.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const HEADER = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;

export const requestFields = {
  url: z.string().min(1).max(2_000).describe('https://host/path; in later steps /path alone'),
  method: z.enum(METHODS).optional().describe('Default: GET, with a body POST'),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional().describe('Sent as it is'),
  form: z.record(z.string(), z.string()).optional().describe('Sent as a form'),
  json: z.unknown().optional().describe('Sent as JSON'),
  expect: expectation.optional(),
};

export interface RequestSpec {
  readonly url: string;
  readonly method?: (typeof METHODS)[number] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly form?: Readonly<Record<string, string>> | undefined;
  readonly json?: unknown;
}

/** A URL that is a variable alone is taken as it was captured. */
const isVariable = (url: string): boolean => /^\$\{[^}]*\}$/.test(url);

/** `known`: names that have a value by then. `isFirst`: there is no page to be relative to. */
export function requestComplaints(
  spec: RequestSpec,
  known: ReadonlySet<string>,
  isFirst: boolean,
): Complaint[] {
  const complaints: Complaint[] = [];
  const bodies = (['body', 'form', 'json'] as const).filter((key) => spec[key] !== undefined);
  if (bodies.length > 1) {
    complaints.push({ path: [bodies[1] ?? ''], reason: `there is ${bodies[0]} already` });
  }
  const { url, headers, body, form, json } = spec;
  for (const name of Object.keys(headers ?? {})) {
    if (!HEADER.test(name))
      complaints.push({ path: ['headers', name], reason: 'is no header name' });
  }
  for (const [key, value] of Object.entries({ url, headers, body, form, json })) {
    for (const name of namesInside(value)) {
      if (known.has(name)) continue;
      const reason = `nothing is called \${${name}}: name it under "secrets", or capture it before`;
      complaints.push({ path: [key], reason });
    }
  }
  const reason = isVariable(url) && !isFirst ? null : writtenUrlComplaint(url, isFirst);
  if (reason !== null) complaints.push({ path: ['url'], reason });
  return complaints;
}

/** Names that places of the form `${name}` cannot have. */
export function valueNameComplaints(key: string, group: object | undefined): Complaint[] {
  const wrong = Object.keys(group ?? {}).filter((name) => !VARIABLE_NAME.test(name));
  const reason = 'is no name for a value: letters, digits and _';
  return wrong.map((name) => ({ path: [key, name], reason }));
}

/** Any page; only its absence matters. */
const SOMEWHERE = 'http://somewhere.example/';

function writtenUrlComplaint(url: string, isFirst: boolean): string | null {
  const example = url.replace(/\$\{[^}]*\}/g, 'x');
  if (isFirst || /^[a-z][a-z0-9+.-]*:/i.test(example)) return urlComplaint(example);
  return URL.canParse(example, SOMEWHERE) ? null : 'is not a URL: write it as /path';
}

/** Where it certainly goes: a host that is written out. */
export function requestDestination({ url }: RequestSpec): Destination[] {
  const example = url.replace(/\$\{[^}]*\}/g, 'x');
  if (urlComplaint(example) !== null) return [];
  const { hostname, port, protocol } = new URL(example);
  if (namesIn(url.replace(/^([^/]*\/\/[^/?#]*).*/s, '$1')).length > 0) return [];
  const usual = protocol === 'https:' ? 443 : 80;
  const host = hostname.replace(/^\[|\]$/g, '');
  return [{ path: ['url'], host, port: port === '' ? usual : Number(port) }];
}

/** `base`: where the step before ended. */
export function makeRequest(spec: RequestSpec, values: Values, base: URL | null): HttpRequest {
  const { headers = {} } = spec;
  const { type, body } = makeBody(spec, values);
  const named = Object.entries(headers).map(([name, value]) => {
    return [name.toLowerCase(), fill(value, values)] as const;
  });
  return {
    method: spec.method ?? (type === null ? 'GET' : 'POST'),
    url: makeUrl(spec.url, values, base),
    headers: { ...(type ? { 'content-type': type } : {}), ...Object.fromEntries(named) },
    body,
  };
}

function makeUrl(written: string, values: Values, base: URL | null): URL {
  const text = fill(written, values, isVariable(written) ? undefined : encodeURIComponent);
  const from = base?.href;
  if (!URL.canParse(text, from)) throw new ProbeFailure('capture', `${written} is not a URL`);
  const url = new URL(text, from);
  const complaint = urlComplaint(url.href);
  if (complaint !== null) throw new ProbeFailure('capture', `${written} ${complaint}`);
  return url;
}

/** `type` is null without a body, '' where the configuration names it itself. */
function makeBody({ body, form, json }: RequestSpec, values: Values) {
  if (form !== undefined) {
    const fields = Object.entries(form).map(([name, value]) => [name, fill(value, values)]);
    return {
      type: 'application/x-www-form-urlencoded',
      body: new URLSearchParams(fields).toString(),
    };
  }
  if (json !== undefined)
    return { type: 'application/json', body: JSON.stringify(fillInside(json, values)) };
  return body === undefined ? { type: null, body: '' } : { type: '', body: fill(body, values) };
}

function fillInside(value: unknown, values: Values): unknown {
  if (typeof value === 'string') return fill(value, values);
  if (Array.isArray(value)) return value.map((each) => fillInside(each, values));
  if (value === null || typeof value !== 'object') return value;
  const filled = Object.entries(value).map(([key, each]) => [key, fillInside(each, values)]);
  return Object.fromEntries(filled);
}
