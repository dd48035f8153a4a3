/** Faults: looking, and the steps people take. */
import { z } from 'zod';
import type { FaultCommand } from '../../faults/faults.ts';
import { defineRoute } from '../route.ts';
import {
  deviceName,
  faultId,
  faultSchema,
  instant,
  ledgerSchema,
  note,
  person,
} from '../schemas.ts';
import { faultView, ledgerView } from '../views.ts';

const params = z.strictObject({ id: faultId });

/** The verb in the address → the kind in the ledger. */
const STEPS: readonly (readonly [string, FaultCommand['kind'], string])[] = [
  ['respond', 'responded', 'Somebody takes it on'],
  ['arrive', 'arrived', 'Somebody is on site'],
  ['repair', 'repaired', 'It is repaired'],
  ['close', 'closed', 'It is done with'],
  ['comment', 'comment', 'Add a note'],
];

export const FAULT_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/faults',
    auth: 'read',
    summary: 'Faults, newest first; default: those that are open',
    query: z.strictObject({
      state: z.enum(['open', 'closed', 'all']).default('open'),
      device: deviceName.optional(),
      from: instant.optional(),
      to: instant.optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
      after: faultId.optional().describe('Continue after this id'),
    }),
    answer: z.object({ faults: z.array(faultSchema) }),
    handle: async ({ doors, query }) => {
      const { state, limit, device, from, to, after } = query;
      const faults = await doors.faults.list({
        state,
        limit,
        ...(device === undefined ? {} : { device }),
        ...(from === undefined ? {} : { fromMs: from }),
        ...(to === undefined ? {} : { toMs: to }),
        ...(after === undefined ? {} : { after }),
      });
      return { faults: faults.map(faultView) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/faults/:id',
    auth: 'read',
    summary: 'One fault with everything that happened to it',
    params,
    answer: z.object({ fault: faultSchema, ledger: z.array(ledgerSchema) }),
    handle: async ({ doors, params: { id } }) => {
      const { fault, ledger } = await doors.faults.show(id);
      return { fault: faultView(fault), ledger: ledger.map(ledgerView) };
    },
  }),
  ...STEPS.map(([verb, kind, summary]) =>
    defineRoute({
      method: 'POST',
      path: `/api/v1/faults/:id/${verb}`,
      auth: 'admin',
      summary,
      params,
      body: z.strictObject({ by: person, note }),
      answer: ledgerSchema,
      handle: async ({ doors, params: { id }, body, actor }) => {
        const entry = await doors.faults.command({ fault: id, kind, ...body });
        await doors.desk.audit(actor, `fault ${verb}`, id, 'done', { by: body.by });
        return ledgerView(entry);
      },
    }),
  ),
];
