/** Any other system: one alert or a list of them, in plain JSON. */
import { z } from 'zod';
import type { InboundAlert, InboundReader } from './inbound.ts';
import { ALERTS_MOST, nameText, phenomenonText, readBody, timeOf, urgencyOf } from './reading.ts';

const alert = z.strictObject({
  device: z.string().max(256).default(''),
  rule: z.string().min(1).max(200),
  item: z.string().max(200).default(''),
  status: z.enum(['firing', 'resolved']),
  severity: z.string().max(64).optional(),
  summary: z.string().max(2_000).optional(),
  summary_zh: z.string().max(2_000).optional(),
  began: z.iso.datetime({ offset: true }).optional(),
  ended: z.iso.datetime({ offset: true }).optional(),
});

export const genericSchema = z.union([
  alert,
  z.strictObject({ alerts: z.array(alert).max(ALERTS_MOST) }),
]);

export const readGeneric: InboundReader = (body, { settings, nowMs }) => {
  const read = readBody(genericSchema, body, 'the generic form');
  const alerts = 'alerts' in read ? read.alerts : [read];
  return alerts.map((one): InboundAlert => {
    const rule = nameText(one.rule);
    const en = phenomenonText(one.summary ?? '') || rule;
    return {
      ...{ device: nameText(one.device), rule, item: nameText(one.item) || rule },
      firing: one.status === 'firing',
      urgency: urgencyOf(one.severity, settings),
      phenomenon: { en, zh: phenomenonText(one.summary_zh ?? '') || en },
      beganMs: timeOf(one.began, nowMs),
      endedMs: timeOf(one.ended, nowMs),
      ignored: null,
    };
  });
};
