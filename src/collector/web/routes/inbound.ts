/** Alerts of other systems; the token is one of `collector agent add NAME --kind remote-write`. */
import { z } from 'zod';
import { inboundJsonSchema } from '../../notify/notify.ts';
import { senderOf } from '../access.ts';
import { defineRoute } from '../route.ts';

const FORMS = [
  ['alertmanager', "Alertmanager's webhook: alerts become faults with clocks"],
  ['zabbix', 'A Zabbix webhook media type: problems become faults with clocks'],
  ['generic', 'Plain JSON alerts of any system: one, or {alerts: […]}'],
] as const;

/** A group of Alertmanager is one request, however many alerts are in it. */
const INBOUND_BYTES = 4 * 1024 * 1024;

const answer = z.object({
  faults: z.array(z.string()),
  raised: z.int(),
  confirmed: z.int().describe('They went on already'),
  cleared: z.int(),
  ignored: z.array(z.string()).describe('Left out, with the reason'),
});

const SENDERS = { kind: 'remote-write', mend: '--kind remote-write' } as const;

export const INBOUND_ROUTES = FORMS.map(([form, summary]) =>
  defineRoute({
    method: 'POST',
    path: `/api/v1/inbound/${form}`,
    auth: 'ingest',
    summary,
    // Checked by the form itself, which names the form; what other systems add to it is theirs.
    body: z.unknown().meta({ ...(inboundJsonSchema(form) as object) }),
    bodyBytes: INBOUND_BYTES,
    answer,
    handle: ({ doors, headers, body }) => {
      const { name } = senderOf({ doors, headers }, SENDERS);
      return doors.notify.receive(form, body, name);
    },
  }),
);
