/**
 * Alertmanager's webhook
 * (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config), version 4.
 */
import { z } from 'zod';
import type { InboundAlert, InboundReader } from './inbound.ts';
import {
  ALERTS_MOST,
  deviceOf,
  nameText,
  phenomenonText,
  readBody,
  timeOf,
  urgencyOf,
} from './reading.ts';

const texts = z.record(z.string(), z.string());

export const alertmanagerSchema = z.object({
  version: z.string().optional(),
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels: texts,
        annotations: texts.default({}),
        startsAt: z.string().optional(),
        endsAt: z.string().optional(),
        fingerprint: z.string().min(1).max(128),
      }),
    )
    .max(ALERTS_MOST),
});

type Alert = z.infer<typeof alertmanagerSchema>['alerts'][number];

export const readAlertmanager: InboundReader = (body, { settings, nowMs }) =>
  readBody(alertmanagerSchema, body, 'Alertmanager').alerts.map((alert): InboundAlert => {
    const { labels, status, startsAt, endsAt, fingerprint } = alert;
    const device = deviceOf(labels, settings);
    const rule = nameText(labels.alertname ?? '');
    return {
      ...{ device, rule, item: nameText(fingerprint) },
      firing: status === 'firing',
      urgency: urgencyOf(labels.severity, settings),
      phenomenon: phenomenonOf(alert, rule),
      beganMs: timeOf(startsAt, nowMs),
      endedMs: timeOf(endsAt, nowMs),
      ignored: whyIgnored(alert, rule),
    };
  });

function phenomenonOf({ annotations }: Alert, rule: string): InboundAlert['phenomenon'] {
  const { summary, description, message } = annotations;
  const en = phenomenonText(summary ?? message ?? description ?? rule) || rule;
  return { en, zh: phenomenonText(annotations.summary_zh ?? '') || en };
}

/** What we pushed ourselves must not come back as a second fault. */
function whyIgnored({ labels }: Alert, rule: string): string | null {
  if (/^F-\d+$/.test(labels.fault ?? '')) return 'it is our own fault';
  return rule === '' ? 'it has no alertname' : null;
}
