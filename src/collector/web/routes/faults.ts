/** Faults: looking, opening one, and its report. */
import { z } from 'zod';
import { firstOf } from '../page.ts';
import { tagged } from '../preconditions.ts';
import { defineRoute, ReplyBody } from '../route.ts';
import {
  attachmentSchema,
  deviceName,
  faultId,
  faultSchema,
  instant,
  ledgerSchema,
  note,
  person,
} from '../schemas.ts';
import { faultView, ledgerView } from '../views.ts';
import { FAULT_FILE_ROUTES } from './fault-files.ts';
import { FAULT_STEP_ROUTES } from './fault-steps.ts';
import { writingOf } from './fault-writing.ts';

const params = z.strictObject({ id: faultId });
const STATES = [
  ...['open', 'announced', 'closed', 'all', 'suppressed', 'responded'],
  ...['arrived', 'repaired', 'recovered', 'verified'],
] as const;

const MEDIA = {
  html: 'text/html; charset=utf-8',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
} as const;

const LOOKING_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/faults',
    auth: 'read',
    summary: 'Faults, newest first; default: those that are open',
    query: z.strictObject({
      state: z
        .enum(STATES)
        .default('open')
        .describe('announced: open and not suppressed; closed: recovered and verified ones too'),
      device: deviceName.optional(),
      level: z.coerce
        .number()
        .pipe(z.literal([1, 2, 3, 4]))
        .optional(),
      cause: faultId.optional().describe('Symptoms of this fault'),
      from: instant.optional(),
      to: instant.optional(),
      // One more is asked for, and the ledger gives 1,000 at most.
      limit: z.coerce.number().int().min(1).max(999).default(100),
      after: faultId.optional().describe('Continue after this id: `next` of the page before'),
    }),
    answer: z.object({ faults: z.array(faultSchema), next: z.string().nullable() }),
    handle: async ({ doors, query }) => {
      const { from, to, limit, state, device, level, cause, after } = query;
      const found = await doors.faults.list({
        state,
        limit: limit + 1,
        ...(device === undefined ? {} : { device }),
        ...(level === undefined ? {} : { level }),
        ...(cause === undefined ? {} : { cause }),
        ...(from === undefined ? {} : { fromMs: from }),
        ...(to === undefined ? {} : { toMs: to }),
        ...(after === undefined ? {} : { after }),
      });
      const { shown, next } = firstOf(found, limit, ({ id }) => id);
      return { faults: shown.map(faultView), next };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/faults/:id',
    auth: 'read',
    summary: 'One fault with everything that happened to it; its ETag guards changes',
    params,
    answer: z.object({
      fault: faultSchema,
      ledger: z.array(ledgerSchema),
      attachments: z.array(attachmentSchema),
      symptoms: z.int().describe('Faults that are suppressed because of this one'),
      devices: z.array(z.string()).describe('Devices concerned, at most 200 of them'),
    }),
    handle: async ({ doors, params: { id } }) => {
      const { fault, ledger, attachments, symptoms, devices } = await doors.faults.show(id);
      const view = { fault: faultView(fault), ledger: ledger.map(ledgerView) };
      return tagged(fault.last, { ...view, attachments, symptoms, devices });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/faults/:id/report',
    auth: 'read',
    summary: 'The fault report: a page that prints, or a Word document',
    params,
    query: z.strictObject({
      format: z.enum(['html', 'docx']).default('html'),
      locale: z.enum(['zh-CN', 'en']).optional(),
      timezone: z.string().max(64).optional(),
    }),
    answer: 'text/html',
    handle: async ({ doors, settings, params: { id }, query }) => {
      const { format, locale = settings.locale, timezone = settings.timezone } = query;
      const { organisation } = settings;
      const body = await doors.faults.report(id, { format, locale, timezone, organisation });
      const headers = { 'content-disposition': `attachment; filename="${id}.${format}"` };
      return new ReplyBody({ type: MEDIA[format], body, headers });
    },
  }),
];

const OPENING_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/api/v1/faults',
    auth: 'admin',
    summary: 'A fault that a person reports (R20); the same clocks run as for any other',
    body: z.strictObject({
      device: deviceName.describe('In the ledger or not: "the report system" will do'),
      phenomenon: z.string().trim().min(1).max(2_000).describe('What is wrong'),
      urgency: z.enum(['high', 'medium', 'low']).default('medium'),
      item: z.string().max(256).default('').describe("'' : a fault of its own"),
      began: instant.optional().describe('Default: now'),
      reporter: z.string().max(200).default('').describe('Who noticed, and how to reach them'),
      by: person,
      note,
    }),
    answer: faultSchema,
    handle: async ({ doors, body, headers, actor }) => {
      const { device, phenomenon, urgency, item, began, reporter, by, note: said } = body;
      const fault = await doors.actions.raiseFault(
        {
          origin: 'person',
          rule: 'reported',
          ...{ device, item, urgency, by },
          severity: urgency === 'high' ? 'critical' : 'warning',
          phenomenon: { en: phenomenon, zh: phenomenon },
          beganMs: began ?? doors.clock.now(),
          detail: { reporter, note: said },
        },
        // A beginning that was left out is now, each time it is sent.
        { ...writingOf(headers, actor), sent: ['fault open', body] },
      );
      return tagged(fault.last, faultView(fault));
    },
  }),
];

export const FAULT_ROUTES = [
  ...LOOKING_ROUTES,
  ...OPENING_ROUTES,
  ...FAULT_STEP_ROUTES,
  ...FAULT_FILE_ROUTES,
];
