/** Maintenance windows, and what is quiet now. */
import { z } from 'zod';
import { duration } from '../../../shared/config.ts';
import { selectorSchema } from '../../../shared/selector.ts';
import type { Window, WindowOutcome, WindowRequest, Windows } from '../../quiet/quiet.ts';
import { guardOf, numberIn, pageOf, tagged } from '../preconditions.ts';
import { defineRoute } from '../route.ts';
import { instant, note, nullableTime, person, time } from '../schemas.ts';
import { iso, isoOrNull } from '../views.ts';

const windowId = z.string().regex(/^W-\d{1,12}$/, 'a window id looks like W-000012');
const params = z.strictObject({ id: windowId });
const limit = z.coerce.number().int().min(1).max(999).default(100);

const until = instant.optional().describe('No occurrence begins at or after this');
const schedule = z.union([
  z.strictObject({ from: instant, to: instant }),
  z.strictObject({
    cron: z.string().max(100).describe('Five fields: "30 2 * * 6" is Saturday 02:30'),
    timezone: z.string().max(100).optional().describe("Default: the collector's"),
    duration: duration.describe('2h, 90m …'),
    until,
  }),
  z.strictObject({ calendar: z.string().max(100).describe('Whenever it is open'), until }),
]);
const request = z.strictObject({
  covers: selectorSchema,
  schedule,
  reason: z.string().max(2_000),
  approver: z.string().max(100),
  by: person,
});

const span = z.object({ from: time, to: time });
const windowSchema = z.object({
  id: z.string(),
  state: z.enum(['active', 'upcoming', 'past']),
  covers: z.record(z.string(), z.unknown()),
  schedule: z.record(z.string(), z.unknown()),
  next: span.nullable().describe('The occurrence that is open now or begins next'),
  reason: z.string(),
  by: z.string(),
  approver: z.string(),
  origin: z.string().describe('The change it belongs to'),
  registered: time,
  planned: z.boolean().describe('Registered before it began (R22)'),
  ended: nullableTime.describe('Ended by a person before its time'),
  ended_by: z.string(),
  ended_note: z.string(),
  version: z.int(),
});

const spanView = (one: { fromMs: number; toMs: number }): object => ({
  from: iso(one.fromMs),
  to: iso(one.toMs),
});

function scheduleView(of: Window['schedule']): object {
  if (of.kind === 'once') return spanView(of);
  const end = { until: isoOrNull(of.untilMs) };
  if (of.kind === 'calendar') return { calendar: of.calendar, ...end };
  const { cron, timezone, durationMs } = of;
  return { cron, timezone, duration_seconds: durationMs / 1_000, ...end };
}

function windowView(windows: Windows, window: Window): object {
  const { id, covers, reason, by, approver, origin, planned, version } = window;
  const next = windows.nextOf(window);
  return {
    ...{ id, state: windows.stateOf(window), covers, schedule: scheduleView(window.schedule) },
    next: next === null ? null : spanView(next),
    ...{ reason, by, approver, origin, registered: iso(window.registeredMs), planned },
    ended: isoOrNull(window.endedMs),
    ended_by: window.endedBy,
    ended_note: window.endedNote,
    version,
  };
}

function requestOf(body: z.infer<typeof request>, timezone: string): WindowRequest {
  const { covers, reason, approver, by } = body;
  const said = { covers, reason, approver, by };
  const when = body.schedule;
  if ('from' in when) {
    return { ...said, schedule: { kind: 'once', fromMs: when.from, toMs: when.to } };
  }
  const untilMs = when.until ?? null;
  if ('calendar' in when) {
    return { ...said, schedule: { kind: 'calendar', calendar: when.calendar, untilMs } };
  }
  const { cron, duration: durationMs } = when;
  const zone = when.timezone ?? timezone;
  return { ...said, schedule: { kind: 'cron', cron, timezone: zone, durationMs, untilMs } };
}

const outcomeView = ({ atMs, ...outcome }: WindowOutcome): object => ({
  ...outcome,
  at: iso(atMs),
});

const LOOKING = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/windows',
    auth: 'read',
    summary: 'Maintenance windows, newest first',
    query: z.strictObject({
      state: z.enum(['active', 'upcoming', 'past', 'all']).default('all'),
      limit,
      after: windowId.optional().describe('Continue after this id: `next` of the page before'),
    }),
    answer: z.object({ windows: z.array(windowSchema), next: z.string().nullable() }),
    handle: ({ doors: { quiet }, query: { state, after, limit: most } }) => {
      const from = after === undefined ? {} : { after: numberIn(after) };
      const page = pageOf(most, (many) => quiet.windows.list({ state, limit: many, ...from }));
      const windows = page.shown.map((window) => windowView(quiet.windows, window));
      return { windows, next: page.next };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/windows/outcomes',
    auth: 'read',
    summary: 'What became of the faults that windows kept quiet, told at their end',
    query: z.strictObject({ after: z.coerce.number().int().min(0).default(0), limit }),
    answer: z.object({
      outcomes: z.array(
        z.object({
          number: z.int(),
          window: z.string(),
          fault: z.string(),
          device: z.string(),
          result: z.enum(['still_failing', 'recovered']),
          at: time,
        }),
      ),
    }),
    handle: ({ doors, query }) => ({
      outcomes: doors.quiet.windows.outcomesAfter(query.after, query.limit).map(outcomeView),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/windows/:id',
    auth: 'read',
    summary: 'One maintenance window; its ETag guards changes',
    params,
    answer: windowSchema,
    handle: ({ doors: { quiet }, params: { id } }) => {
      const window = quiet.windows.show(id);
      return tagged(window.version, windowView(quiet.windows, window));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/quiet',
    auth: 'read',
    summary: 'What is quiet now: active windows, a storm, dependencies left out',
    answer: z.object({
      active_windows: z.array(windowSchema),
      storm: z.object({ id: z.string(), began: time, faults: z.int() }).nullable(),
      ignored_dependencies: z.array(z.string()).describe('They would go in a circle'),
      dependents: z.int().describe('Devices with parents'),
    }),
    handle: ({ doors: { quiet } }) => {
      const { activeWindows, storm, ignored, dependents } = quiet.state();
      return {
        active_windows: activeWindows.map((window) => windowView(quiet.windows, window)),
        storm: storm && { id: storm.id, began: iso(storm.beganMs), faults: storm.faults },
        ignored_dependencies: ignored,
        dependents,
      };
    },
  }),
];

export const WINDOW_ROUTES = [
  ...LOOKING,
  defineRoute({
    method: 'POST',
    path: '/api/v1/windows/preview',
    auth: 'admin',
    summary: 'What a window would cover and when; registers nothing',
    body: request,
    answer: z.object({
      devices: z.array(z.string()),
      occurrences: z.array(span),
      planned: z.boolean(),
      warnings: z.array(z.string()),
    }),
    handle: ({ doors, settings, body }) => {
      const preview = doors.quiet.windows.preview(requestOf(body, settings.timezone));
      return { ...preview, occurrences: preview.occurrences.map(spanView) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/windows',
    auth: 'admin',
    summary: 'Register a window; it counts as planned only if it has not begun',
    body: request,
    answer: windowSchema,
    handle: async (input) => {
      const { doors, settings, body } = input;
      const asked = requestOf(body, settings.timezone);
      const { actor, repeat } = guardOf(input, body);
      const window = await doors.quiet.windows.register(asked, actor, repeat);
      return tagged(window.version, windowView(doors.quiet.windows, window));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/windows/:id/end',
    auth: 'admin',
    summary: 'End it now, or withdraw it before it begins',
    params,
    body: z.strictObject({ by: person, note }),
    answer: windowSchema,
    handle: async (input) => {
      const { doors, params: at, body } = input;
      const { actor, version, repeat } = guardOf(input, [at.id, 'end', body]);
      const window = await doors.quiet.windows.end(at.id, { ...body, version }, actor, repeat);
      return tagged(window.version, windowView(doors.quiet.windows, window));
    },
  }),
];
