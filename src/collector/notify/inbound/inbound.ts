/**
 * Alerts of other systems → faults with clocks. Each form is read into the same plain alerts; an
 * alert that fires raises the one fault of (device, rule, item) or confirms it, one that is
 * resolved clears it: the same message twice changes nothing.
 */
import { setImmediate } from 'node:timers/promises';
import type { z } from 'zod';
import type { Clock } from '../../../shared/clock.ts';
import type { FaultReport } from '../../faults/faults.ts';
import type { InboundSettings } from '../channel.ts';
import type { FaultDoor } from '../notify.ts';
import { alertmanagerSchema, readAlertmanager } from './alertmanager.ts';
import { genericSchema, readGeneric } from './generic.ts';
import { nameText } from './reading.ts';
import { readZabbix, zabbixSchema } from './zabbix.ts';

/** Alerts that are worked off before the tick and the API get their turn. */
const SLICE = 100;

export interface InboundAlert {
  /** '' when nothing names it. */
  readonly device: string;
  readonly rule: string;
  /** What makes it another alert of the same rule and device: its fingerprint there. */
  readonly item: string;
  readonly firing: boolean;
  readonly urgency: FaultReport['urgency'];
  readonly phenomenon: FaultReport['phenomenon'];
  readonly beganMs: number;
  readonly endedMs: number;
  /** Why it is left out; null for one that counts. */
  readonly ignored: string | null;
}

export interface InboundOutcome {
  /** Numbers of the faults that were raised or confirmed. */
  readonly faults: readonly string[];
  readonly raised: number;
  readonly confirmed: number;
  readonly cleared: number;
  /** Left out, with the reason. */
  readonly ignored: readonly string[];
}

export type InboundReader = (
  body: unknown,
  about: { readonly settings: InboundSettings; readonly nowMs: number },
) => readonly InboundAlert[];

/** Every form, one file each. */
export const INBOUND_FORMS = Object.freeze({
  alertmanager: readAlertmanager,
  zabbix: readZabbix,
  generic: readGeneric,
});

export type InboundForm = keyof typeof INBOUND_FORMS;

export const INBOUND_SCHEMAS = Object.freeze({
  alertmanager: alertmanagerSchema,
  zabbix: zabbixSchema,
  generic: genericSchema,
} satisfies Record<InboundForm, z.ZodType>);

export interface InboundDoors {
  readonly clock: Clock;
  readonly faults: Pick<FaultDoor, 'raise' | 'clear'>;
  readonly settings: InboundSettings;
}

/** Throws `bad_request` when the body is not of the form, and what the faults throw. */
export async function receive(
  { form, body, by }: { readonly form: InboundForm; readonly body: unknown; readonly by: string },
  { clock, faults, settings }: InboundDoors,
): Promise<InboundOutcome> {
  const nowMs = clock.now();
  // An alert that names no device is still somebody's trouble: that of the system that sent it.
  const sender = settings.unnamed === 'token' ? nameText(by) : '';
  const alerts = INBOUND_FORMS[form](body, { settings, nowMs });
  const outcome = { faults: [] as string[], raised: 0, confirmed: 0, cleared: 0 };
  const ignored: string[] = [];
  for (const [index, alert] of alerts.entries()) {
    if (index > 0 && index % SLICE === 0) await setImmediate();
    const device = alert.device || sender;
    const why = alert.ignored ?? (device === '' ? 'nothing names its device' : null);
    if (why !== null) {
      ignored.push(`${alert.rule} of ${device || 'no device'}: ${why}`);
      continue;
    }
    const { rule, item, urgency, phenomenon } = alert;
    if (alert.firing) {
      const { fault, entries } = await faults.raise({
        ...{ origin: 'inbound', device, rule, item, urgency, phenomenon, by },
        severity: urgency === 'high' ? 'critical' : 'warning',
        // Their clock may be wrong: nothing begins in our future.
        beganMs: Math.min(alert.beganMs, nowMs),
        detail: { form },
      });
      outcome.faults.push(fault.id);
      outcome[entries.length > 0 ? 'raised' : 'confirmed'] += 1;
    } else {
      const note = `resolved there (${form})`;
      const atMs = Math.min(alert.endedMs, nowMs);
      const place = { device, rule, item };
      const cleared = await faults.clear({ origin: 'inbound', ...place, atMs, by, note });
      if (cleared === null)
        ignored.push(`${rule} of ${device}: resolved, but no fault of it goes on`);
      else outcome.cleared += 1;
    }
  }
  return { ...outcome, ignored };
}
