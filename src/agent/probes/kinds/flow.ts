/**
 * `flow`: several requests in a row, as a person would make them: log in, open a page, find a text
 * (R8). Cookies last for one run; what a step captures the next ones may use.
 */
import * as z from 'zod';
import type { HttpAnswer } from '../http/exchange.ts';
import { jsonPath, parseJson } from '../http/expect.ts';
import { valueAt } from '../http/json-at.ts';
import {
  requestComplaints,
  requestDestination,
  requestFields,
  valueNameComplaints,
} from '../http/request.ts';
import { Session, sessionFields } from '../http/session.ts';
import { textOf } from '../http/text-of.ts';
import { type Complaint, commonFields, defineKind, pattern } from '../kind.ts';
import type { Look } from '../look.ts';
import { matchOf } from '../pattern.ts';
import { ProbeFailure } from '../reasons.ts';

const MOST_STEPS = 20;
const STEPS = `between 1 and ${MOST_STEPS} steps`;
/** Of a captured value: tokens are long, pages are not values. */
const CAPTURE_CHARACTERS = 8_192;

const capture = z
  .strictObject({
    body: pattern.optional().describe('Regular expression; its first group is the value'),
    json: jsonPath.optional(),
    header: z.string().min(1).optional(),
    cookie: z.string().min(1).optional(),
  })
  .refine((each) => Object.values(each).filter((value) => value !== undefined).length === 1, {
    error: 'names one of body, json, header, cookie',
  });

type Capture = z.infer<typeof capture>;

const step = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(64)
    .regex(/^\P{Cc}*$/u),
  ...requestFields,
  capture: z.record(z.string(), capture).optional().describe('Values for the steps after this one'),
});

type Step = z.infer<typeof step>;

export const flow = defineKind({
  schema: (directory) =>
    z.strictObject({
      kind: z.literal('flow'),
      ...commonFields,
      ...sessionFields(directory),
      steps: z.array(step).min(1, STEPS).max(MOST_STEPS, STEPS),
    }),
  complaints: (spec) => [
    ...valueNameComplaints('secrets', spec.secrets),
    ...stepComplaints(spec.steps, Object.keys(spec.secrets ?? {})),
  ],
  destinations: ({ steps }) =>
    steps.flatMap((each, i) =>
      requestDestination(each).map((to) => ({ ...to, path: ['steps', i, ...to.path] })),
    ),
  run: async (spec, look) => {
    const session = new Session(spec, look);
    try {
      for (const each of spec.steps) await runStep(each, session, look);
    } catch (error) {
      throw session.plain(error);
    } finally {
      session.noteTimes();
      look.trace.redact(session.values);
    }
  },
});

function stepComplaints(steps: readonly Step[], secrets: readonly string[]): Complaint[] {
  const known = new Set(secrets);
  const names = new Set<string>();
  return steps.flatMap((each, i) => {
    const complaints = requestComplaints(each, known, i === 0);
    if (names.has(each.name)) {
      complaints.push({ path: ['name'], reason: `another step is called "${each.name}"` });
    }
    names.add(each.name);
    complaints.push(...valueNameComplaints('capture', each.capture));
    for (const name of Object.keys(each.capture ?? {})) known.add(name);
    return complaints.map(({ path, reason }) => ({ path: ['steps', i, ...path], reason }));
  });
}

async function runStep(each: Step, session: Session, look: Look): Promise<void> {
  const { trace, clock } = look;
  const startMs = clock.monotonic();
  trace.step = each.name;
  let ok = 0;
  try {
    const answer = await session.ask(each);
    for (const [name, from] of Object.entries(each.capture ?? {})) {
      const value = captured(from, answer, session);
      const isUsable = value !== '' && value.length <= CAPTURE_CHARACTERS;
      trace.check('capture', `${name} is found`, { ok: isUsable, found: '' });
      session.values.set(name, value);
    }
    ok = 1;
  } finally {
    trace.figure('probe_step_success', ok, 'step', each.name);
    const seconds = (clock.monotonic() - startMs) / 1_000;
    trace.figure('probe_step_duration_seconds', seconds, 'step', each.name);
  }
}

/** The value, '' when it is not there. */
function captured(from: Capture, { headers, body, url }: HttpAnswer, { jar }: Session): string {
  const text = (): string => textOf(body, headers['content-type'] ?? '');
  if (from.header !== undefined) return headers[from.header.toLowerCase()] ?? '';
  if (from.cookie !== undefined) return jar.value(from.cookie, url) ?? '';
  if (from.body !== undefined) {
    const match = matchOf(from.body, text());
    return match?.[1] ?? match?.[0] ?? '';
  }
  const value = valueAt(parseJson(text()), from.json?.keys ?? []);
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') throw new ProbeFailure('capture', 'a captured value is a group');
  return String(value);
}
