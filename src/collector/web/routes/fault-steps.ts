/** The steps people take on a fault. */
import { z } from 'zod';
import type { Correction, FaultCommand, FaultRecord, Said } from '../../faults/faults.ts';
import { defineRoute, type Scene } from '../route.ts';
import { faultId, instant, ledgerSchema, note, person } from '../schemas.ts';
import { ledgerView } from '../views.ts';
import { writingOf } from './fault-writing.ts';

const params = z.strictObject({ id: faultId });
const text = z.string().max(4_000).optional();
const record = {
  cause_class: z.string().max(64).optional(),
  cause: text,
  measures: text,
  result: text,
};
const said = { by: person, note };
const when = { when: instant.optional().describe('When it happened; default: now') };
const reason = z.enum(['force_majeure', 'waiting_for_user', 'waiting_for_parts', 'agreed']);

type Body = z.infer<z.ZodObject<typeof said & typeof when & typeof record>>;

function commandOf(fault: string, kind: FaultCommand['kind'], body: Partial<Body>): FaultCommand {
  const { by = '', note: words = '', when: whenMs } = body;
  const told = recordOf(body);
  return {
    ...{ fault, kind, by, note: words },
    ...(whenMs === undefined ? {} : { whenMs }),
    ...(Object.keys(told).length === 0 ? {} : { record: told }),
  };
}

function recordOf({ cause_class, cause, measures, result }: Partial<Body>): Partial<FaultRecord> {
  return {
    ...(cause_class === undefined ? {} : { causeClass: cause_class }),
    ...(cause === undefined ? {} : { cause }),
    ...(measures === undefined ? {} : { measures }),
    ...(result === undefined ? {} : { result }),
  };
}

async function write({ doors, headers, actor }: Scene, command: FaultCommand): Promise<object> {
  return ledgerView(await doors.faults.command(command, writingOf(headers, actor)));
}

/** The verb in the address, the kind in the ledger. */
const WORK: readonly (readonly [string, FaultCommand['kind'], string])[] = [
  ['respond', 'responded', 'Somebody takes it on'],
  ['arrive', 'arrived', 'Somebody is on site'],
  ['repair', 'repaired', 'It is repaired'],
  ['verify', 'verified', 'Function, performance and data are as they should be (R17)'],
  ['close', 'closed', 'It is done with; levels 1 and 2 need cause class, cause, measures, result'],
  ['false-alarm', 'false_alarm', 'There was nothing wrong; the note says why it looked so'],
  ['comment', 'comment', 'Add a note, or what is known of cause and measures'],
  ['resume', 'resumed', 'The clocks run again'],
];

const WORK_ROUTES = WORK.map(([verb, kind, summary]) =>
  defineRoute({
    method: 'POST',
    path: `/api/v1/faults/:id/${verb}`,
    auth: 'admin',
    summary,
    params,
    body: z.strictObject({ ...said, ...when, ...record }),
    answer: ledgerSchema,
    handle: (input) => write(input, commandOf(input.params.id, kind, input.body)),
  }),
);

const correctionBody = z.strictObject({
  ...said,
  began: instant.optional(),
  start: instant.optional().describe('When we knew: where the clocks begin'),
  responded: instant.optional(),
  arrived: instant.optional(),
  repaired: instant.optional(),
  excluded: z.strictObject({ from: instant, to: instant, reason }).optional(),
});

function correctionOf(body: z.infer<typeof correctionBody>): Correction {
  const { began, start, responded, arrived, repaired, excluded } = body;
  return {
    ...(began === undefined ? {} : { beganMs: began }),
    ...(start === undefined ? {} : { startMs: start }),
    ...(responded === undefined ? {} : { respondedMs: responded }),
    ...(arrived === undefined ? {} : { arrivedMs: arrived }),
    ...(repaired === undefined ? {} : { repairedMs: repaired }),
    ...(excluded === undefined
      ? {}
      : { excluded: { fromMs: excluded.from, toMs: excluded.to, reason: excluded.reason } }),
  };
}

const TIME_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/api/v1/faults/:id/pause',
    auth: 'admin',
    summary: 'Stop the clocks, for a reason that the level policy allows',
    params,
    body: z.strictObject({ ...said, ...when, reason }),
    answer: ledgerSchema,
    handle: (input) => {
      const command = commandOf(input.params.id, 'paused', input.body);
      return write(input, { ...command, reason: input.body.reason });
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/faults/:id/level',
    auth: 'admin',
    summary: 'Another level, with the reason in the note; what was paused stays paused time',
    params,
    body: z.strictObject({ ...said, ...when, level: z.literal([1, 2, 3, 4]) }),
    answer: ledgerSchema,
    handle: (input) => {
      const command = commandOf(input.params.id, 'levelled', input.body);
      return write(input, { ...command, level: input.body.level });
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/faults/:id/correct',
    auth: 'admin',
    summary: 'What turned out to have been otherwise; deadlines are computed again',
    params,
    body: correctionBody,
    answer: ledgerSchema,
    handle: (input) => {
      const { by, note: words } = input.body;
      const command = commandOf(input.params.id, 'corrected', { by, note: words });
      return write(input, { ...command, correction: correctionOf(input.body) });
    },
  }),
];

const saidOf = ({ headers, actor }: Scene, body: { by: string; note: string }): Said => ({
  by: body.by,
  note: body.note,
  writing: writingOf(headers, actor),
});

const RELATION_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/api/v1/faults/:id/merge',
    auth: 'admin',
    summary: 'It is a part of another fault, and ends with it',
    params,
    body: z.strictObject({ ...said, into: faultId }),
    answer: ledgerSchema,
    handle: async (input) => {
      const { params: at, body, doors } = input;
      return ledgerView(await doors.faults.merge(at.id, body.into, saidOf(input, body)));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/faults/:id/split',
    auth: 'admin',
    summary: 'It is a fault of its own after all',
    params,
    body: z.strictObject(said),
    answer: ledgerSchema,
    handle: async (input) => {
      const { params: at, body, doors } = input;
      return ledgerView(await doors.faults.split(at.id, saidOf(input, body)));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/faults/:id/link',
    auth: 'admin',
    summary: 'It has to do with another fault',
    params,
    body: z.strictObject({ ...said, to: faultId }),
    answer: ledgerSchema,
    handle: async (input) => {
      const { params: at, body, doors } = input;
      return ledgerView(await doors.faults.link(at.id, body.to, saidOf(input, body)));
    },
  }),
];

export const FAULT_STEP_ROUTES = [...WORK_ROUTES, ...TIME_ROUTES, ...RELATION_ROUTES];
