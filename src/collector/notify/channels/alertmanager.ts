/**
 * An existing Alertmanager (API v2, https://prometheus.io/docs/alerting/latest/alerts_api): our
 * faults are its alerts. It forgets what is not repeated, so all that go on are told again every
 * `refresh`, with an end four refreshes ahead; what is over is told with its end.
 */
import { z } from 'zod';
import type { SendResult } from '../channel.ts';
import { type AlertFacts, type ChannelDoors, common, defineKind, wait } from '../channel.ts';
import { postJson } from '../http-post.ts';
import { readSecretFile, secretFile, secretProblems } from '../secret-file.ts';

const schema = z.strictObject({
  kind: z.literal('alertmanager'),
  url: z.url({ protocol: /^https?$/ }).describe('http://alertmanager:9093'),
  token_file: secretFile.optional(),
  plain_http: z.boolean().default(false),
  refresh: wait.default(60_000),
  ...common,
});

/** Refreshes that may be lost before it takes an alert for resolved. */
const LIVES = 4;
/**
 * An end that lies in its future does not resolve an alert there: the end it was told before wins.
 * Its clock may be this much behind ours.
 */
const SKEW_MS = 60_000;
/** Alerts of one request. */
const BATCH = 500;

export const alertmanager = defineKind({
  kind: 'alertmanager',
  schema,
  to: 'none',
  perMinute: 600,
  check: ({ token_file }, base) => secretProblems(base, { token_file }),
  open: (settings, doors, base) => {
    const url = `${settings.url.replace(/\/+$/, '')}/api/v2/alerts`;
    const token =
      settings.token_file === undefined ? null : readSecretFile(base, settings.token_file);
    const headers: Record<string, string> =
      token === null ? {} : { authorization: `Bearer ${token}` };
    const push = async (alerts: readonly AlertFacts[]): Promise<SendResult> => {
      for (let from = 0; from < alerts.length; from += BATCH) {
        const json = alerts
          .slice(from, from + BATCH)
          .map((one) => alertOf(one, endOf(one, doors, settings.refresh)));
        const outgoing = { url, plainHttp: settings.plain_http, headers, json };
        const result = await postJson(outgoing, doors);
        if (result.outcome !== 'accepted') return result;
      }
      return { outcome: 'accepted', reason: '' };
    };
    return {
      refreshMs: settings.refresh,
      refresh: push,
      send: ({ notices }) => push(newestOfEach(notices.map(({ alert }) => alert))),
    };
  },
});

function newestOfEach(alerts: readonly AlertFacts[]): readonly AlertFacts[] {
  return [...new Map(alerts.map((alert) => [alert.fault, alert])).values()];
}

function endOf({ endedMs }: AlertFacts, { clock }: ChannelDoors, refreshMs: number): number {
  const nowMs = clock.now();
  if (endedMs === null) return nowMs + LIVES * refreshMs;
  return Math.min(endedMs, nowMs - SKEW_MS);
}

/** The labels are what makes it the same alert: nothing in them may change while it goes on. */
export function alertOf(alert: AlertFacts, endsMs: number): object {
  const { fault, device, rule, item, level, severity, phenomenon, beganMs } = alert;
  return {
    labels: {
      alertname: rule,
      instance: device,
      fault,
      severity,
      ...(item === '' ? {} : { item }),
    },
    annotations: { summary: phenomenon.en, description: phenomenon.zh, level: String(level) },
    startsAt: iso(Math.min(beganMs, endsMs)),
    endsAt: iso(endsMs),
  };
}

const iso = (ms: number): string => Temporal.Instant.fromEpochMilliseconds(ms).toString();
