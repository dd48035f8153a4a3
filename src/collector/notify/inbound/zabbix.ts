/**
 * Zabbix, by a webhook media type whose script sends its parameters as JSON. The parameters and the
 * macros they hold: host {HOST.HOST}, trigger_id {TRIGGER.ID}, event_id {EVENT.ID},
 * event_value {EVENT.VALUE} (1 problem, 0 recovery), event_name {EVENT.NAME},
 * event_severity {EVENT.SEVERITY}, event_time {EVENT.TIMESTAMP}, update {EVENT.UPDATE.STATUS}.
 */
import { z } from 'zod';
import type { InboundAlert, InboundReader } from './inbound.ts';
import { nameText, phenomenonText, readBody, urgencyOf } from './reading.ts';

const idText = z.union([z.string().min(1).max(64), z.int().transform(String)]);
const bit = z.union([z.literal(['0', '1']), z.literal([0, 1]).transform(String)]);

export const zabbixSchema = z.object({
  host: z.string().min(1).max(256),
  trigger_id: idText,
  event_id: idText.optional(),
  event_value: bit,
  event_name: z.string().min(1).max(2_000),
  event_severity: z.string().max(64).optional(),
  event_time: z.union([z.string(), z.number()]).optional(),
  update: bit.optional(),
});

export const readZabbix: InboundReader = (body, { settings, nowMs }) => {
  const event = readBody(zabbixSchema, body, 'the Zabbix media type');
  const text = phenomenonText(event.event_name);
  const seconds = Number(event.event_time);
  const atMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : nowMs;
  const alert: InboundAlert = {
    device: nameText(event.host),
    rule: 'zabbix',
    // A trigger is one thing that can be wrong; its events come and go.
    item: `trigger ${nameText(event.trigger_id)}`,
    firing: event.event_value === '1',
    urgency: urgencyOf(event.event_severity, settings),
    phenomenon: { en: text, zh: text },
    ...{ beganMs: atMs, endedMs: atMs },
    ignored: event.update === '1' ? 'an update of a problem, not a problem' : null,
  };
  return [alert];
};
