/** Problems (R18): looking, opening, and the steps to their end. */
import { z } from 'zod';
import type { Problem, ProblemState, ProblemStep, Shown, Step } from '../../process/process.ts';
import { guardOf, numberIn, pageOf, tagged } from '../preconditions.ts';
import { defineRoute } from '../route.ts';
import { faultId, note, nullableTime, person, time } from '../schemas.ts';
import { iso, isoOrNull } from '../views.ts';

const problemId = z.string().regex(/^P-\d{1,12}$/, 'a problem id looks like P-000003');
const params = z.strictObject({ id: problemId });
const text = z.string().max(20_000);

const STATES = [
  'proposed',
  'investigating',
  'cause_known',
  'solution_known',
  'verifying',
  'closed',
  'rejected',
] as const satisfies readonly ProblemState[];
const problemState = z.enum(STATES);

const problemSchema = z.object({
  id: z.string(),
  state: problemState,
  title: z.string(),
  rule: z.string(),
  device: z.string().describe("'' : one rule on several devices"),
  phenomenon: z.string(),
  root_cause: z.string(),
  solution: z.string(),
  origin: z.enum(['recurrence', 'person']),
  by: z.string(),
  opened: time,
  quiet_until: nullableTime.describe('Until then it must not recur'),
  closed: nullableTime,
  recurred: z.int(),
  version: z.int(),
});

export const stepSchema = z.object({
  number: z.int(),
  kind: z.string(),
  state: z.string(),
  by: z.string(),
  at: time,
  note: z.string(),
  detail: z.record(z.string(), z.unknown()),
});

function problemView(problem: Problem): object {
  const { id, state, title, rule, device, phenomenon, rootCause, solution } = problem;
  const { origin, by, openedMs, quietUntilMs, closedMs, recurred, version } = problem;
  return {
    ...{ id, state, title, rule, device, phenomenon, root_cause: rootCause, solution, origin, by },
    opened: iso(openedMs),
    quiet_until: isoOrNull(quietUntilMs),
    closed: isoOrNull(closedMs),
    ...{ recurred, version },
  };
}

export function historyView({ steps, faults, possible }: Omit<Shown<unknown>, 'item'>): object {
  const stepView = ({ number, kind, state, by, atMs, note: words, detail }: Step): object => ({
    ...{ number, kind, state, by, at: iso(atMs), note: words, detail },
  });
  return { steps: steps.map(stepView), faults, possible };
}

/** What list queries of problems and changes share. */
export const listQuery = {
  fault: faultId.optional().describe('Those linked to this fault'),
  limit: z.coerce.number().int().min(1).max(999).default(100),
};

export const history = {
  steps: z.array(stepSchema),
  faults: z.array(z.string()),
  possible: z.array(z.string()).describe('Steps that can be taken now'),
};

type Brings = Readonly<Record<string, z.ZodType>>;

/** The verb in the address, the step, what it says besides a note. */
const STEPS: readonly (readonly [string, ProblemStep['kind'], string, Brings])[] = [
  ['investigate', 'investigate', 'Somebody looks into it', {}],
  ['root-cause', 'root_cause', 'Why it happens', { text }],
  ['solve', 'solve', 'What is done against it', { text }],
  ['verify', 'verify', 'The solution is in place: it must not recur from now on', {}],
  ['close', 'close', 'It did not recur for the set time', {}],
  ['reject', 'reject', 'It is no problem; the note says why', {}],
  ['comment', 'comment', 'Add a note', {}],
];

const STEP_ROUTES = STEPS.map(([verb, kind, summary, brings]) =>
  defineRoute({
    method: 'POST',
    path: `/api/v1/problems/:id/${verb}`,
    auth: 'admin',
    summary,
    params,
    body: z.strictObject({ by: person, note, ...brings }),
    answer: problemSchema,
    handle: async (input) => {
      const { doors, params: at, body } = input;
      const guard = guardOf(input, [at.id, verb, body]);
      const problem = await doors.process.problems.step(at.id, { kind, ...body }, guard);
      return tagged(problem.version, problemView(problem));
    },
  }),
);

export const PROBLEM_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/problems',
    auth: 'read',
    summary: 'Problems, newest first',
    query: z.strictObject({
      ...listQuery,
      state: problemState.optional(),
      after: problemId.optional(),
    }),
    answer: z.object({ problems: z.array(problemSchema), next: z.string().nullable() }),
    handle: ({ doors, query: { limit, after, state, fault } }) => {
      const filter = {
        ...(state === undefined ? {} : { state }),
        ...(fault === undefined ? {} : { fault }),
        ...(after === undefined ? {} : { after: numberIn(after) }),
      };
      const { problems } = doors.process;
      const { shown, next } = pageOf(limit, (many) => problems.list({ ...filter, limit: many }));
      return { problems: shown.map(problemView), next };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/problems',
    auth: 'admin',
    summary: 'Open a problem: a hidden danger, or what faults have in common',
    body: z.strictObject({
      title: z.string().max(200),
      rule: z.string().max(200).default(''),
      device: z.string().max(256).default(''),
      phenomenon: text.default(''),
      faults: z.array(faultId).max(1_000).default([]),
      by: person,
    }),
    answer: problemSchema,
    handle: async (input) => {
      const guard = guardOf(input, input.body);
      const problem = await input.doors.process.problems.open(input.body, guard);
      return tagged(problem.version, problemView(problem));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/problems/:id',
    auth: 'read',
    summary: 'One problem with its steps and faults; its ETag guards changes',
    params,
    answer: z.object({ problem: problemSchema, ...history }),
    handle: ({ doors, params: { id } }) => {
      const { item, ...rest } = doors.process.problems.show(id);
      return tagged(item.version, { problem: problemView(item), ...historyView(rest) });
    },
  }),
  ...STEP_ROUTES,
];
