/** Shapes of the API's answers and of the fields that several routes share. */
import { z } from 'zod';
import { DAY_MS } from '../../shared/units.ts';

/** `2026-01-05T08:00:00.000Z` */
export const time = z.iso.datetime().describe('UTC, ISO 8601');
export const nullableTime = time.nullable();

/** A time in a query: ISO 8601 with its zone, or Unix seconds as Prometheus writes them. */
export const instant = z
  .string()
  .max(40)
  .transform((text, context) => {
    const ms = /^\d{1,12}(\.\d{1,9})?$/.test(text) ? Number(text) * 1_000 : parseIso(text);
    if (Number.isFinite(ms)) return ms;
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(text)} is not a time: write 2026-01-05T08:00:00Z or Unix seconds`,
    });
    return z.NEVER;
  });

function parseIso(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
}

/** Longest window of one history answer: 92 days of 5-minute slots. */
export const HISTORY_LIMIT_MS = 92 * DAY_MS;

export const deviceName = z.string().min(1).max(256);
export const faultId = z.string().regex(/^F-\d{1,12}$/, 'a fault id looks like F-000123');
export const note = z.string().max(2_000).default('');
export const person = z.string().min(1).max(100).default('administrator');

const value = z.number().nullable().describe('null: unknown');

export const indicatorSchema = z.object({
  indicator: z.string(),
  item: z.string().describe("'' where a device has one"),
  unit: z.string(),
  value,
  time,
});

export const deviceSchema = z.object({
  name: z.string(),
  kind: z.string(),
  status: z.enum(['live', 'imported', 'demo', 'retired']),
  first_seen: time,
  newest: nullableTime.describe('Time of the newest sample'),
  agents: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
  facts: z.record(z.string(), z.string()),
  indicators: z.array(indicatorSchema),
  open_faults: z.array(z.string()),
});

const moment = nullableTime;

export const faultClockSchema = z.object({
  clock: z.enum(['respond', 'arrive', 'repair']),
  state: z.enum(['none', 'waiting', 'running', 'paused', 'met', 'missed']),
  limit_seconds: z.number().nullable().describe('Working time; null: the rule names no limit'),
  start: moment,
  deadline: moment.describe('null: no limit, not begun, or paused'),
  stopped: moment,
  told: z.number().describe('Highest share of the limit that was told: 0, 0.5, 0.8 or 1'),
});

export const faultRecordSchema = z.object({
  cause_class: z.string(),
  cause: z.string(),
  measures: z.string(),
  result: z.string(),
});

export const faultSchema = z.object({
  id: z.string(),
  origin: z.enum(['threshold', 'person', 'trap', 'inbound', 'self']),
  device: z.string(),
  rule: z.string(),
  indicator: z.string(),
  item: z.string(),
  state: z.string(),
  level: z.int(),
  severity: z.string(),
  urgency: z.string(),
  impact: z.string(),
  policy: z.string(),
  systems: z.array(z.string()),
  phenomenon: z.object({ en: z.string(), zh: z.string() }),
  value,
  limit: value,
  began: time.describe('Event time of the first bad sample'),
  opened: time,
  responded: moment,
  arrived: moment,
  repaired: moment,
  recovered: moment,
  verified: moment,
  closed: moment,
  owner: z.string(),
  quiet: z.object({ why: z.string(), by: z.string(), note: z.string() }).nullable(),
  flapping: z.boolean(),
  reopened: z.int(),
  late: z.boolean(),
  false_alarm: z.boolean(),
  paused: z.object({ from: time, reason: z.string(), by: z.string() }).nullable(),
  clocks: z.array(faultClockSchema),
  record: faultRecordSchema,
  links: z.array(z.object({ fault: z.string(), how: z.string() })),
  version: z.int().describe('For If-Match'),
});

export const attachmentSchema = z.object({
  sha256: z.string(),
  name: z.string(),
  type: z.string(),
  bytes: z.int(),
});

export const ledgerSchema = z.object({
  number: z.int(),
  fault: z.string(),
  kind: z.string(),
  at: time,
  by: z.string(),
  note: z.string(),
  detail: z.record(z.string(), z.unknown()),
});

export const agentSchema = z.object({
  name: z.string(),
  kind: z.enum(['agent', 'remote-write', 'import']),
  created: time,
  revoked: nullableTime,
  heard: nullableTime.describe('Newest accepted request'),
  clock_offset_seconds: value,
});

export const seriesSchema = z.object({
  indicator: z.string(),
  item: z.string(),
  unit: z.string(),
  start: time,
  step_seconds: z.int(),
  mean: z.array(value),
  max: z.array(value),
  last: z.array(value),
});

export const gapSchema = z.object({
  agent: z.string(),
  reason: z.string(),
  from: time,
  to: time,
  samples: z.int(),
  received: time,
});

export const auditSchema = z.object({
  number: z.int(),
  at: time,
  who: z.string(),
  from: z.string(),
  action: z.string(),
  subject: z.string(),
  result: z.enum(['done', 'refused']),
  detail: z.record(z.string(), z.unknown()),
});
