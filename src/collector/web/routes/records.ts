/** What was lost and declared, and who did what. */
import { z } from 'zod';
import { DAY_MS } from '../../../shared/units.ts';
import { firstOf, nextNumber } from '../page.ts';
import { defineRoute } from '../route.ts';
import { auditSchema, gapSchema, instant } from '../schemas.ts';
import { auditView, gapView } from '../views.ts';

export const RECORD_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/gaps',
    auth: 'read',
    summary: 'Losses that senders declared; default: the last 31 days',
    query: z.strictObject({ from: instant.optional(), to: instant.optional() }),
    answer: z.object({ gaps: z.array(gapSchema) }),
    handle: async ({ doors, query }) => {
      const to = query.to ?? doors.clock.now();
      const gaps = await doors.store.gaps(query.from ?? to - 31 * DAY_MS, to);
      return { gaps: gaps.map(gapView) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/audit',
    auth: 'read',
    summary: 'Audit trail',
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
      after: z.coerce.number().int().min(0).optional().describe('Entry number to continue after'),
    }),
    answer: z.object({ entries: z.array(auditSchema), next: nextNumber }),
    handle: async ({ doors, query }) => {
      const found = await doors.desk.auditEntries(query.limit + 1, query.after);
      const { shown, next } = firstOf(found, query.limit, ({ number }) => number);
      return { entries: shown.map(auditView), next };
    },
  }),
];
