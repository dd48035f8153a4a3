/**
 * What events ask of the faults, told after they were stored and in their order. Telling twice
 * does no harm, so a crash in between costs nothing.
 */
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
  open(): readonly Pick<Fault, 'device' | 'rule' | 'item'>[];
}

/** Call it on every tick. Rejects with nothing; what could not be told is told by a later call. */
export async function tellEvents(events: Events, faults: FaultTeller, log: Log): Promise<void> {
  for (const event of events.waiting(TOLD_MAX)) {
    try {
      await tell(event, faults);
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

async function tell(event: StoredEvent, faults: FaultTeller): Promise<void> {
  const { device, item, fault, atMs } = event;
  if (fault === null) return;
  const by = `trap from ${event.source}`;
  const about = { device, rule: fault.rule, item };
  if (fault.action === 'clear') {
    await faults.clear({ ...about, atMs, by, note: event.text.en });
    return;
  }
  const goesOn = (one: typeof about): boolean =>
    one.device === device && one.rule === fault.rule && one.item === item;
  if (fault.action === 'confirm' && !faults.open().some(goesOn)) return;
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
