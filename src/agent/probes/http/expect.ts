/** What an answer must be: status, headers, body, JSON; each a check of its own. */
import * as z from 'zod';
import { pattern } from '../kind.ts';
import type { Look } from '../look.ts';
import { matches } from '../pattern.ts';
import { ProbeFailure } from '../reasons.ts';
import type { HttpAnswer } from './exchange.ts';
import { keysOf, valueAt } from './json-at.ts';
import { textOf } from './text-of.ts';

const status = z.union([
  z.int().min(100).max(599),
  z.string().regex(/^[1-5]xx$/, 'write a number or a class as 2xx'),
]);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const jsonPath = z.string().transform((text, context) => {
  const keys = keysOf(text);
  if (keys !== null) return { text, keys };
  context.addIssue({
    code: 'custom',
    message: `"${text}" is no place in JSON: write /data/0/id or data[0].id`,
  });
  return z.NEVER;
});

const assertion = z.strictObject({
  at: jsonPath,
  equals: scalar.optional(),
  matches: pattern.optional(),
  at_least: z.number().optional(),
  at_most: z.number().optional(),
  exists: z.boolean().optional(),
});

export const expectation = z.strictObject({
  status: z
    .union([status, z.array(status).min(1)])
    .optional()
    .describe('Default: 2xx'),
  headers: z.record(z.string(), pattern).optional().describe('Header name → regular expression'),
  body: z.array(pattern).optional().describe('Each must match'),
  body_not: z.array(pattern).optional().describe('None may match'),
  json: z.array(assertion).optional(),
});

export type Expectation = z.infer<typeof expectation>;
type Assertion = z.infer<typeof assertion>;

export function judgeAnswer(answer: HttpAnswer, expected: Expectation, look: Look): void {
  const { trace } = look;
  const { headers, body } = answer;
  judgeStatus(answer, expected.status ?? '2xx', look);
  for (const [name, wanted] of Object.entries(expected.headers ?? {})) {
    const value = headers[name.toLowerCase()];
    trace.check('header', `header ${name} matches ${wanted}`, {
      ok: value !== undefined && matches(wanted, value),
      found: value === undefined ? 'there is none' : `it is ${JSON.stringify(value.slice(0, 80))}`,
    });
  }
  const text = textOf(body, headers['content-type'] ?? '');
  trace.figure('probe_failed_due_to_regex', 1);
  for (const wanted of expected.body ?? []) {
    trace.check('body', `the body matches ${wanted}`, {
      ok: matches(wanted, text),
      found: `it has ${body.length} bytes`,
    });
  }
  for (const unwanted of expected.body_not ?? []) {
    trace.check('body', `the body does not match ${unwanted}`, {
      ok: !matches(unwanted, text),
      found: '',
    });
  }
  trace.figure('probe_failed_due_to_regex', 0);
  if (expected.json === undefined) return;
  const document = parseJson(text);
  for (const each of expected.json) judgeJson(document, each, look);
}

function judgeStatus(
  { status: got }: HttpAnswer,
  wanted: NonNullable<Expectation['status']>,
  { trace }: Look,
): void {
  const all = Array.isArray(wanted) ? wanted : [wanted];
  trace.check('status', `the status is ${all.join(' or ')}`, {
    ok: all.some((each) => each === got || each === `${Math.floor(got / 100)}xx`),
    found: `it is ${got}`,
  });
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProbeFailure('json', 'the body is not JSON');
  }
}

function judgeJson(document: unknown, { at, ...wanted }: Assertion, { trace }: Look): void {
  const value = valueAt(document, at.keys);
  const found =
    value === undefined ? 'there is nothing' : `it is ${JSON.stringify(value).slice(0, 80)}`;
  const check = (what: string, ok: boolean): void =>
    trace.check('json', `${at.text || 'the document'} ${what}`, { ok, found });
  const { equals, matches: like, at_least: least, at_most: most, exists } = wanted;
  if (equals !== undefined) check(`is ${JSON.stringify(equals)}`, value === equals);
  if (like !== undefined) {
    const isText = typeof value === 'string' || typeof value === 'number';
    check(`matches ${like}`, isText && matches(like, String(value)));
  }
  if (least !== undefined)
    check(`is at least ${least}`, typeof value === 'number' && value >= least);
  if (most !== undefined) check(`is at most ${most}`, typeof value === 'number' && value <= most);
  const only = [equals, like, least, most].every((each) => each === undefined);
  if (exists === false) check('is not there', value === undefined);
  else if (exists === true || only) check('is there', value !== undefined);
}
