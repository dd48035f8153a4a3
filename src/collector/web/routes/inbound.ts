/** Alerts of other systems; the token is one of `collector agent add NAME --kind remote-write`. */
import { z } from 'zod';
import { Failure } from '../../../shared/errors.ts';
import type { Principal } from '../../desk/desk.ts';
import { defineRoute, type Scene } from '../route.ts';

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

/** Throws `unauthorised`, `forbidden`. */
function senderOf({ doors, headers }: Pick<Scene, 'doors' | 'headers'>): Principal {
  const presented = String(headers.authorization ?? '');
  const token = /^bearer +([\x21-\x7e]+)$/i.exec(presented)?.[1] ?? '';
  const principal = doors.desk.authenticate(token);
  if (principal === null) {
    throw new Failure('unauthorised', 'the token is missing or not valid', {
      hint: 'make one with: collector agent add NAME --kind remote-write',
    });
  }
  if (principal.kind === 'remote-write') return principal;
  throw new Failure('forbidden', `the token of ${principal.name} is for samples of an agent`, {
    hint: 'alerts need a token of kind remote-write',
  });
}

export const INBOUND_ROUTES = FORMS.map(([form, summary]) =>
  defineRoute({
    method: 'POST',
    path: `/api/v1/inbound/${form}`,
    auth: 'ingest',
    summary,
    // Checked by the form itself: what other systems add to it is theirs.
    body: z.unknown(),
    bodyBytes: INBOUND_BYTES,
    answer,
    handle: ({ doors, headers, body }) => {
      const sender = senderOf({ doors, headers });
      return doors.notify.receive(form, body, sender.name);
    },
  }),
);
