/** Events: agents bring them with their token, people search them. */
import { z } from 'zod';
import {
  type DeviceEvent,
  EVENT_LIMITS,
  EVENTS_PATH,
  plainText,
} from '../../../shared/device-event.ts';
import { Failure } from '../../../shared/errors.ts';
import { HEADER_RECEIPT } from '../../../shared/protocol.ts';
import type { StoredEvent } from '../../desk/desk.ts';
import { senderOf } from '../access.ts';
import { firstOf, nextNumber, numberedQuery } from '../page.ts';
import { defineRoute, ReplyBody } from '../route.ts';
import { deviceName, instant, time } from '../schemas.ts';
import { iso } from '../views.ts';

const { idLength, nameLength, textLength, fields: fieldsMax } = EVENT_LIMITS;
/** Everything in it comes from strangers: it stays one plain line (S23). */
const line = (length: number) =>
  z
    .string()
    .max(length)
    .transform((text) => plainText(text, length));
const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, 'a name here has a-z, 0-9 and _, for example link_down');

const fault = z.strictObject({
  action: z.enum(['open', 'confirm', 'clear', 'retract']),
  rule: name,
  severity: z.enum(['warning', 'critical']),
  urgency: z.enum(['high', 'medium', 'low']),
});

const eventSchema = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(idLength)
    .regex(/^[A-Za-z0-9._-]+$/),
  device: line(nameLength),
  kind: name,
  atMs: z.int().min(0).max(8.64e15),
  source: line(nameLength),
  verified: z.boolean(),
  oid: z
    .string()
    .max(1_400)
    .regex(/^[0-9.]*$/),
  item: line(nameLength),
  text: z.strictObject({ en: line(textLength), zh: line(textLength) }),
  fields: z
    .record(line(nameLength), line(textLength))
    .refine((record) => Object.keys(record).length <= fieldsMax, 'too many fields'),
  repeats: z.int().min(0),
  fault: fault.nullable(),
});
const postSchema = z.strictObject({ events: z.array(eventSchema).max(EVENT_LIMITS.events) });

const refusal = z.object({ id: z.string(), reason: z.string() });

/** Throws `too_large`, `bad_request`. */
function eventsOf(body: unknown): readonly DeviceEvent[] {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  if (bytes.length > EVENT_LIMITS.requestBytes) {
    throw new Failure('too_large', `the body is ${bytes.length} bytes`, {
      hint: `send at most ${EVENT_LIMITS.requestBytes} bytes of events at once`,
    });
  }
  let written: unknown;
  try {
    written = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Failure('bad_request', 'the body is not JSON', { cause });
  }
  const result = postSchema.safeParse(written);
  if (result.success) return result.data.events;
  const [issue] = result.error.issues;
  throw new Failure('bad_request', `${issue?.path.join('.')}: ${issue?.message}`);
}

function eventView(event: StoredEvent): object {
  const { atMs, receivedMs, ...rest } = event;
  return { ...rest, at: iso(atMs), received: iso(receivedMs) };
}

const viewSchema = eventSchema
  .omit({ atMs: true })
  .extend({ number: z.int(), agent: z.string(), at: time, received: time });

export const EVENT_ROUTES = [
  defineRoute({
    method: 'POST',
    path: EVENTS_PATH,
    auth: 'ingest',
    summary:
      'Events of an agent, at most 500; acknowledged after commit, sending again is harmless',
    raw: true,
    bodyType: 'application/json',
    answer: z.object({
      stored: z.int(),
      duplicates: z.int(),
      refused: z.array(refusal),
      later: z.array(refusal).describe('Of devices that are not known yet: send them again'),
    }),
    handle: async ({ doors, headers, body }) => {
      const { name: agent } = senderOf({ doors, headers }, { kind: 'agent', mend: '' });
      const receipt = await doors.events.add(agent, eventsOf(body));
      return new ReplyBody({
        type: 'application/json',
        body: JSON.stringify(receipt),
        headers: { [HEADER_RECEIPT]: 'events' },
      });
    },
  }),
  defineRoute({
    method: 'GET',
    path: EVENTS_PATH,
    auth: 'read',
    summary: 'Events, newest first',
    query: z.strictObject({
      device: deviceName.optional(),
      kind: name.optional(),
      from: instant.optional(),
      to: instant.optional(),
      q: z.string().min(1).max(200).optional().describe('Words, all of which are in the event'),
      ...numberedQuery,
    }),
    answer: z.object({ events: z.array(viewSchema), next: nextNumber }),
    handle: async ({ doors, query }) => {
      const { device, kind, from, to, q, after, limit } = query;
      const found = await doors.events.list({
        limit: limit + 1,
        ...(device === undefined ? {} : { device }),
        ...(kind === undefined ? {} : { kind }),
        ...(from === undefined ? {} : { fromMs: from }),
        ...(to === undefined ? {} : { toMs: to }),
        ...(q === undefined ? {} : { words: q }),
        ...(after === undefined ? {} : { below: after }),
      });
      const { shown, next } = firstOf(found, limit, ({ number }) => number);
      return { events: shown.map(eventView), next };
    },
  }),
];
