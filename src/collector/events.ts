/**
 * What events ask of the faults, told after they were stored and in their order. Telling twice
 * does no harm, so a crash in between costs nothing.
 */
import { portItem } from '../shared/device-event.ts';
import { Failure, messageOf } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import type { Events, StoredEvent } from './desk/desk.ts';
import type { Fault, FaultClearing, FaultReport } from './faults/faults.ts';

/** In one tick. */
const TOLD_MAX = 200;

export interface FaultTeller {
  raise(report: FaultReport): Promise<unknown>;
  clear(clearing: FaultClearing): Promise<unknown>;
  /** Faults that go on. */
  open(): readonly Going[];
}

type Going = Pick<Fault, 'device' | 'rule' | 'item' | 'origin' | 'beganMs'>;

interface Rooms {
  readonly events: Events;
  readonly faults: FaultTeller;
}

/** Call it on every tick. Rejects with nothing; what could not be told is told by a later call. */
export async function tellEvents(events: Events, faults: FaultTeller, log: Log): Promise<void> {
  for (const event of events.waiting(TOLD_MAX)) {
    try {
      await tell(event, { events, faults });
    } catch (error) {
      log.error('an event could not be told to the faults', {
        event: event.number,
        reason: messageOf(error),
      });
      // One that will never be taken must not stand in the way of the others.
      if (!(error instanceof Failure) || error.retry) return;
    }
    events.told(event.number);
  }
}

async function tell(event: StoredEvent, { events, faults }: Rooms): Promise<void> {
  const { device, fault, atMs } = event;
  if (fault === null) return;
  const by = `trap from ${event.source}`;
  const going = goingOn(event, fault.rule, { events, faults });
  const about = { device, rule: fault.rule, item: going?.item ?? event.item };
  if (fault.action === 'retract' && !isHearsay(going, event, events)) return;
  if (fault.action === 'clear' || fault.action === 'retract') {
    await faults.clear({ origin: 'trap', ...about, atMs, by, note: event.text.en });
    return;
  }
  if (fault.action === 'confirm' && going === undefined) return;
  await faults.raise({
    ...about,
    origin: 'trap',
    severity: fault.severity,
    urgency: fault.urgency,
    phenomenon: event.text,
    beganMs: atMs,
    by,
    detail: { event: event.number, oid: event.oid, verified: event.verified },
  });
}

/** The fault of the same part; a port whose name was not read yet is the same port (ifIndex). */
function goingOn(event: StoredEvent, rule: string, { events, faults }: Rooms): Going | undefined {
  const { device, item, fields, number } = event;
  const open = faults.open().filter((one) => one.device === device && one.rule === rule);
  const exact = open.find((one) => one.item === item);
  const { ifIndex = '' } = fields;
  if (exact !== undefined || ifIndex === '') return exact;
  const nameless = portItem(ifIndex);
  if (item !== nameless) return open.find((one) => one.item === nameless);
  return open.find(({ item: name, beganMs: sinceMs }) =>
    events
      .claims({ device, rule, sinceMs, before: number })
      .some((claim) => claim.item === name && claim.ifIndex === ifIndex),
  );
}

/** Whether unverified traps, and nobody else, said what the fault says (S22). */
function isHearsay(going: Going | undefined, event: StoredEvent, events: Events): boolean {
  if (going?.origin !== 'trap') return false;
  const { device, rule, item, beganMs: sinceMs } = going;
  const { ifIndex = '' } = event.fields;
  const claims = events
    .claims({ device, rule, sinceMs, before: event.number })
    .filter((claim) => claim.item === item || (ifIndex !== '' && claim.ifIndex === ifIndex));
  return claims.length > 0 && claims.every(({ verified }) => !verified);
}
