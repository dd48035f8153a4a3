/** Changes and releases (R21, R22): requesting, looking, and the steps to their end. */
import { z } from 'zod';
import { selectorSchema } from '../../../shared/selector.ts';
import type { Change, ChangeState, ChangeStep } from '../../process/process.ts';
import { guardOf, numberIn, pageOf, tagged } from '../preconditions.ts';
import { defineRoute } from '../route.ts';
import { instant, note, nullableTime, person, time } from '../schemas.ts';
import { iso, isoOrNull } from '../views.ts';
import { history, historyView, listQuery } from './problems.ts';

const changeId = z.string().regex(/^C-\d{1,12}$/, 'a change id looks like C-000012');
const params = z.strictObject({ id: changeId });
const text = z.string().max(20_000);
const risk = z.enum(['low', 'medium', 'high']);
const kinds = z.enum(['change', 'release', 'emergency']);

const STATES = [
  'requested',
  'assessed',
  'approved',
  'announced',
  'implementing',
  'implemented',
  'verified',
  'rolled_back',
  'closed',
  'rejected',
  'withdrawn',
] as const satisfies readonly ChangeState[];
const changeState = z.enum(STATES);

const changeSchema = z.object({
  id: z.string(),
  state: changeState,
  kind: kinds,
  title: z.string(),
  content: z.string(),
  purpose: z.string(),
  scope: z.record(z.string(), z.unknown()),
  risk,
  risk_text: z.string(),
  rollback: z.string(),
  verification: z.string(),
  planned_from: time,
  planned_to: time,
  by: z.string(),
  requested: time,
  approvers: z.array(z.string()),
  announcement: z.string(),
  announced: nullableTime,
  window: z.string().describe('Its maintenance window'),
  started: nullableTime,
  finished: nullableTime,
  result: z.string(),
  closed: nullableTime,
  version: z.int(),
});

function changeView(change: Change): object {
  const { id, state, kind, title, content, purpose, scope, rollback, verification } = change;
  const { by, approvers, announcement, window, result, version } = change;
  return {
    ...{ id, state, kind, title, content, purpose, scope, risk: change.risk },
    ...{ risk_text: change.riskText, rollback, verification },
    planned_from: iso(change.plannedFromMs),
    planned_to: iso(change.plannedToMs),
    ...{ by, requested: iso(change.requestedMs), approvers, announcement },
    announced: isoOrNull(change.announcedMs),
    window,
    started: isoOrNull(change.startedMs),
    finished: isoOrNull(change.finishedMs),
    ...{ result, closed: isoOrNull(change.closedMs), version },
  };
}

type Brings = Readonly<Record<string, z.ZodType>>;

/** The verb in the address, the step, what it says besides a note. */
const STEPS: readonly (readonly [string, ChangeStep['kind'], string, Brings])[] = [
  [
    'assess',
    'assess',
    'What could happen; approvals of before are void',
    { risk: risk.optional(), rollback: text.optional() },
  ],
  ['approve', 'approve', 'As many people as its risk asks for, the requester not among them', {}],
  ['reject', 'reject', 'It is not done; the note says why', {}],
  [
    'announce',
    'announce',
    'Time, scope and measures; registers its window. Releases: 2 working days before (R22)',
    { announcement: text },
  ],
  ['start', 'start', 'The work begins, inside the planned time', {}],
  ['finish', 'finish', 'The work is done; its window ends', {}],
  ['roll-back', 'roll_back', 'It was undone; the note says why', {}],
  ['verify', 'verify', 'It works as it should', {}],
  [
    'close',
    'close',
    'The report: what came of it',
    { result: z.enum(['success', 'partial', 'failed']) },
  ],
  ['withdraw', 'withdraw', 'It is given up before it begins', {}],
  ['comment', 'comment', 'Add a note', {}],
];

const STEP_ROUTES = STEPS.map(([verb, kind, summary, brings]) =>
  defineRoute({
    method: 'POST',
    path: `/api/v1/changes/:id/${verb}`,
    auth: 'admin',
    summary,
    params,
    body: z.strictObject({ by: person, note, ...brings }),
    answer: changeSchema,
    handle: async (input) => {
      const { doors, params: at, body } = input;
      const guard = guardOf(input, [at.id, verb, body]);
      const change = await doors.process.changes.step(at.id, { kind, ...body }, guard);
      return tagged(change.version, changeView(change));
    },
  }),
);

const requestBody = z.strictObject({
  kind: kinds.default('change'),
  title: z.string().max(200),
  content: text,
  purpose: text,
  scope: selectorSchema,
  risk,
  risk_text: text,
  rollback: text.default(''),
  verification: text.default(''),
  planned_from: instant,
  planned_to: instant,
  by: person,
});

export const CHANGE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/changes',
    auth: 'read',
    summary: 'Changes and releases, newest first',
    query: z.strictObject({
      ...listQuery,
      state: changeState.optional(),
      after: changeId.optional(),
    }),
    answer: z.object({ changes: z.array(changeSchema), next: z.string().nullable() }),
    handle: ({ doors, query: { limit, after, state, fault } }) => {
      const filter = {
        ...(state === undefined ? {} : { state }),
        ...(fault === undefined ? {} : { fault }),
        ...(after === undefined ? {} : { after: numberIn(after) }),
      };
      const { changes } = doors.process;
      const { shown, next } = pageOf(limit, (many) => changes.list({ ...filter, limit: many }));
      return { changes: shown.map(changeView), next };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/changes',
    auth: 'admin',
    summary: 'Request a change: content, purpose, scope, time, risk (R21)',
    body: requestBody,
    answer: changeSchema,
    handle: async (input) => {
      const { risk_text, planned_from, planned_to, ...rest } = input.body;
      const times = { plannedFromMs: planned_from, plannedToMs: planned_to };
      const asked = { ...rest, ...times, riskText: risk_text };
      const guard = guardOf(input, input.body);
      const change = await input.doors.process.changes.request(asked, guard);
      return tagged(change.version, changeView(change));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/changes/:id',
    auth: 'read',
    summary: 'One change with its steps and the faults linked to it; its ETag guards changes',
    params,
    answer: z.object({ change: changeSchema, ...history }),
    handle: ({ doors, params: { id } }) => {
      const { item, ...rest } = doors.process.changes.show(id);
      return tagged(item.version, { change: changeView(item), ...historyView(rest) });
    },
  }),
  ...STEP_ROUTES,
];
