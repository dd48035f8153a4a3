/** The duty roster: who is on duty, swaps, hand-overs, iCalendar. */
import { z } from 'zod';
import { DAY_MS } from '../../../shared/units.ts';
import type { Duty, HandOver, Slot, Swap } from '../../people/people.ts';
import { firstOf, nextNumber, numberedQuery } from '../page.ts';
import { guardOf, tagged } from '../preconditions.ts';
import { defineRoute, ReplyBody } from '../route.ts';
import { instant, note, nullableTime, person, time } from '../schemas.ts';

const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'an id has lower-case letters, digits, hyphens');
const date = z.iso.date('a day is written YYYY-MM-DD');
const slot = { role: id, shift: id, date };
const number = z.coerce.number().int().min(1);
const period = {
  role: id.default('duty'),
  from: instant.optional(),
  to: instant.optional(),
};

const slotSchema = { role: z.string(), shift: z.string(), date: z.string() };
const dutySchema = z.object({
  ...slotSchema,
  person: z.string(),
  name: z.string(),
  from: time,
  until: time,
  changed: z.boolean().describe('By a swap or an import'),
});
const swapSchema = z.object({
  ...slotSchema,
  number: z.int(),
  from: z.string(),
  to: z.string(),
  note: z.string(),
  state: z.enum(['asked', 'approved', 'refused']),
  asked_by: z.string(),
  asked: time,
  decided_by: z.string(),
  decided: nullableTime,
  version: z.int(),
});
const handOverSchema = z.object({
  ...slotSchema,
  number: z.int(),
  from: z.string(),
  to: z.string(),
  note: z.string(),
  at: time,
});

const iso = (ms: number): string =>
  Temporal.Instant.fromEpochMilliseconds(ms).toString({ smallestUnit: 'millisecond' });
const slotOf = ({ role, shift, date: day }: Slot): Slot => ({ role, shift, date: day });

function dutyView(duty: Duty, names: ReadonlyMap<string, { readonly name: string }>): object {
  const { person: holder, fromMs, untilMs, changed } = duty;
  const name = names.get(holder)?.name ?? holder;
  return { ...slotOf(duty), person: holder, name, from: iso(fromMs), until: iso(untilMs), changed };
}

function swapView(swap: Swap): object {
  const { number: id_, from, to, note: text, state, askedBy, askedMs, decidedBy, decidedMs } = swap;
  return {
    ...slotOf(swap),
    ...{ number: id_, from, to, note: text, state, asked_by: askedBy, decided_by: decidedBy },
    asked: iso(askedMs),
    decided: decidedMs === null ? null : iso(decidedMs),
    version: swap.version,
  };
}

function handOverView(one: HandOver): object {
  const { number: id_, from, to, note: text, atMs } = one;
  return { ...slotOf(one), number: id_, from, to, note: text, at: iso(atMs) };
}

/** Default: from a day ago for a week. */
function bounds(query: { from?: number | undefined; to?: number | undefined }, nowMs: number) {
  const from = query.from ?? nowMs - DAY_MS;
  return [from, query.to ?? from + 8 * DAY_MS] as const;
}

const LOOKING = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/duty',
    auth: 'read',
    summary: 'Who is on duty, for every role',
    query: z.strictObject({ at: instant.optional().describe('Default: now') }),
    answer: z.object({ duty: z.array(dutySchema) }),
    handle: ({ doors: { people, clock }, query: { at } }) => {
      const { roles, people: names } = people.policy();
      const duties = [...roles.keys()].flatMap((role) => people.onDuty(role, at ?? clock.now()));
      return { duty: duties.map((duty) => dutyView(duty, names)) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/duty/roster',
    auth: 'read',
    summary: 'The roster of a role, at most 92 days',
    query: z.strictObject(period),
    answer: z.object({ duty: z.array(dutySchema) }),
    handle: ({ doors: { people, clock }, query }) => {
      const duties = people.roster(query.role, ...bounds(query, clock.now()));
      return { duty: duties.map((duty) => dutyView(duty, people.policy().people)) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/duty/calendar',
    auth: 'read',
    summary: 'The roster of a role as iCalendar; its ETag guards the import of an edited one',
    query: z.strictObject(period),
    answer: 'text/calendar',
    handle: ({ doors: { people, clock }, query }) =>
      new ReplyBody({
        type: 'text/calendar; charset=utf-8',
        body: people.exportCalendar(query.role, ...bounds(query, clock.now())),
        headers: {
          'content-disposition': `attachment; filename="${query.role}.ics"`,
          etag: `"${people.rosterVersion()}"`,
        },
      }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/duty/swaps',
    auth: 'read',
    summary: 'Swaps, newest first',
    query: z.strictObject(numberedQuery),
    answer: z.object({ swaps: z.array(swapSchema), next: nextNumber }),
    handle: async ({ doors, query: { limit, after } }) => {
      const found = await doors.people.swaps(limit + 1, after);
      const { shown, next } = firstOf(found, limit, (one) => one.number);
      return { swaps: shown.map(swapView), next };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/duty/swaps/:number',
    auth: 'read',
    summary: 'One swap; its ETag guards the decision',
    params: z.strictObject({ number }),
    answer: swapSchema,
    handle: ({ doors, params: at }) => {
      const swap = doors.people.swap(at.number);
      return tagged(swap.version, swapView(swap));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/duty/handovers',
    auth: 'read',
    summary: 'Notes from shift to shift, newest first',
    query: z.strictObject(numberedQuery),
    answer: z.object({ handovers: z.array(handOverSchema), next: nextNumber }),
    handle: async ({ doors, query: { limit, after } }) => {
      const found = await doors.people.handOvers(limit + 1, after);
      const { shown, next } = firstOf(found, limit, (one) => one.number);
      return { handovers: shown.map(handOverView), next };
    },
  }),
];

const decide = (state: 'approved' | 'refused', verb: string, summary: string) =>
  defineRoute({
    method: 'POST',
    path: `/api/v1/duty/swaps/:number/${verb}`,
    auth: 'admin',
    summary,
    params: z.strictObject({ number }),
    body: z.strictObject({ by: id.describe('A person of the approving group') }),
    answer: swapSchema,
    handle: async (input) => {
      const { doors, params: at, body } = input;
      const guard = guardOf(input, [at.number, verb, body]);
      const decision = { number: at.number, state, by: body.by };
      const swap = await doors.people.decideSwap(decision, guard);
      return tagged(swap.version, swapView(swap));
    },
  });

const DOING = [
  defineRoute({
    method: 'POST',
    path: '/api/v1/duty/swaps',
    auth: 'admin',
    summary: 'Ask that somebody takes over a shift; it counts once it is approved',
    body: z.strictObject({ ...slot, to: id, note, by: person }),
    answer: swapSchema,
    handle: async (input) => {
      const { by, ...request } = input.body;
      const guard = guardOf(input, ['swap', input.body]);
      const swap = await input.doors.people.askSwap(request, by, guard);
      return tagged(swap.version, swapView(swap));
    },
  }),
  decide('approved', 'approve', 'Approve a swap'),
  decide('refused', 'refuse', 'Refuse a swap'),
  defineRoute({
    method: 'POST',
    path: '/api/v1/duty/handovers',
    auth: 'admin',
    summary: 'Leave the note of a shift to the next one',
    body: z.strictObject({ ...slot, by: person, note: z.string().min(1).max(4_000) }),
    answer: handOverSchema,
    handle: async (input) => {
      const guard = guardOf(input, ['hand-over', input.body]);
      return handOverView(await input.doors.people.handOver(input.body, guard));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/duty/calendar',
    auth: 'admin',
    summary: 'Take who holds which shift from an exported and edited calendar',
    body: z.strictObject({ calendar: z.string().min(1).max(200_000) }),
    answer: z.object({ assigned: z.int() }),
    handle: async (input) => {
      const { people } = input.doors;
      const guard = guardOf(input, ['import', input.body]);
      const answer = await people.importCalendar(input.body.calendar, guard);
      return tagged(people.rosterVersion(), answer);
    },
  }),
];

export const DUTY_ROUTES = [...LOOKING, ...DOING];
