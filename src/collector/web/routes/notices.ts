/** Notices: what was told to whom, and how the channels fare. */
import { z } from 'zod';
import type { ChannelState, NoticeRecord } from '../../notify/notify.ts';
import { firstOf, nextNumber, numberedQuery } from '../page.ts';
import { defineRoute } from '../route.ts';
import { faultId, nullableTime, time } from '../schemas.ts';

const noticeSchema = z.object({
  number: z.int(),
  fault: z.string(),
  entry: z.int().describe('The ledger entry it tells of'),
  step: z.string(),
  recipient: z.string(),
  channel: z.string(),
  level: z.int(),
  digest: z.boolean(),
  state: z.enum(['pending', 'sent', 'moved', 'dropped']),
  reason: z.string(),
  attempts: z.int(),
  planned: time,
  due: time,
  sent: nullableTime,
  message: z.string().describe('Several notices may share one'),
});

const channelSchema = z.object({
  name: z.string(),
  kind: z.string(),
  breaker: z.enum(['closed', 'open']),
  retry: nullableTime,
  last_sent: nullableTime,
  last_error: z.string(),
  pending: z.int(),
});

const iso = (ms: number): string =>
  Temporal.Instant.fromEpochMilliseconds(ms).toString({ smallestUnit: 'millisecond' });
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

/** Without the address: a telephone number is nobody's business here. */
function noticeView({ to: _, plannedMs, dueMs, sentMs, ...rest }: NoticeRecord): object {
  return { ...rest, planned: iso(plannedMs), due: iso(dueMs), sent: isoOrNull(sentMs) };
}

function channelView({ retryMs, lastSentMs, lastError, ...rest }: ChannelState): object {
  return {
    ...rest,
    retry: isoOrNull(retryMs),
    last_sent: isoOrNull(lastSentMs),
    last_error: lastError,
  };
}

export const NOTICE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/notices',
    auth: 'read',
    summary: 'Notices, newest first: who was told what, when, by which channel, and why',
    query: z.strictObject({
      fault: faultId.optional(),
      state: z.enum(['pending', 'sent', 'moved', 'dropped']).optional(),
      ...numberedQuery,
    }),
    answer: z.object({ notices: z.array(noticeSchema), next: nextNumber }),
    handle: async ({ doors, query: { fault, state, limit, after } }) => {
      const found = await doors.notify.notices({
        limit: limit + 1,
        ...(fault === undefined ? {} : { fault }),
        ...(state === undefined ? {} : { state }),
        ...(after === undefined ? {} : { after }),
      });
      const { shown, next } = firstOf(found, limit, ({ number }) => number);
      return { notices: shown.map(noticeView), next };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/channels',
    auth: 'read',
    summary: 'Channels: whether they deliver, what waits',
    answer: z.object({ channels: z.array(channelSchema) }),
    handle: ({ doors }) => ({ channels: doors.notify.channels().map(channelView) }),
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/channels/:name/test',
    auth: 'admin',
    summary: 'Send a test message; one per channel and ten seconds',
    params: z.strictObject({ name: z.string().min(1).max(64) }),
    body: z.strictObject({
      to: z.string().max(200).default(''),
      locale: z.enum(['zh-CN', 'en']).default('zh-CN'),
    }),
    answer: z.object({
      outcome: z.enum(['accepted', 'retry', 'refused']),
      reason: z.string(),
    }),
    handle: ({ doors, params: { name }, body: { to, locale }, actor }) =>
      doors.notify.sendTest({ channel: name, to, locale }, actor),
  }),
];
