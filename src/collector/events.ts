/**
 * What events ask of the faults, told after they were stored: those of a tick together, in their
 * order. The ledger knows which it has, so a crash in between costs nothing.
 */
import { portItem } from '../shared/device-event.ts';
import { messageOf } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import type { Events, StoredEvent } from './desk/desk.ts';
import { EventClaims } from './event-claims.ts';
import type { Asked, Going, Telling } from './faults/faults.ts';

/** In one tick, which must be over within its second. */
const TOLD_MAX = 2_000;

export interface FaultTeller {
  /** Gives those that were taken. */
  tell(tellings: readonly Telling[]): Promise<ReadonlySet<Telling>>;
}

/** Call it on every tick. Rejects with nothing; what could not be told is told by a later call. */
export async function tellEvents(events: Events, faults: FaultTeller, log: Log): Promise<void> {
  const waiting = events.waiting(TOLD_MAX);
  if (waiting.length === 0) return;
  try {
    const claims = new EventClaims(events, waiting);
    const tellings = waiting.map((event) => tellingOf(event, claims));
    const taken = await faults.tell(tellings);
    // One that will never be taken must not stand in the way of the others.
    const aside = waiting.filter((_, index) => !taken.has(tellings[index] as Telling));
    const numbers = (some: readonly StoredEvent[]): readonly number[] =>
      some.map(({ number }) => number);
    events.told(numbers(waiting), numbers(aside));
    if (aside.length === 0) return;
    log.error('events cannot be told to the faults and are set aside', {
      events: numbers(aside).slice(0, 20),
      now: aside.length,
      ever: events.setAside(),
    });
  } catch (error) {
    log.error('events could not be told to the faults, the next tick tries again', {
      waiting: waiting.length,
      reason: messageOf(error),
    });
  }
}

function tellingOf(event: StoredEvent, claims: EventClaims): Telling {
  const { device, fault, number } = event;
  return {
    number,
    about: `event ${number} of ${device}`,
    device,
    rule: fault?.rule ?? '',
    decide: (going) => (fault === null ? null : askedOf(event, fault, { going, claims })),
  };
}

interface Around {
  /** Of the device and the rule. */
  readonly going: readonly Going[];
  readonly claims: EventClaims;
}

function askedOf(
  event: StoredEvent,
  fault: NonNullable<StoredEvent['fault']>,
  { going, claims }: Around,
): Asked | null {
  const { device, atMs, source, text } = event;
  const by = `trap from ${source}`;
  const known = goingOn(event, fault.rule, { going, claims });
  const about = { device, rule: fault.rule, item: known?.item ?? event.item };
  if (fault.action === 'retract' && !isHearsay(known, event, claims)) return null;
  if (fault.action === 'clear' || fault.action === 'retract') {
    return { kind: 'clear', clearing: { origin: 'trap', ...about, atMs, by, note: text.en } };
  }
  if (fault.action === 'confirm' && known === undefined) return null;
  const { severity, urgency } = fault;
  const detail = { event: event.number, oid: event.oid, verified: event.verified };
  const seen = { severity, urgency, phenomenon: text, beganMs: atMs, by, detail };
  return { kind: 'raise', report: { ...about, origin: 'trap', ...seen } };
}

/** The fault of the same part; a port whose name was not read yet is the same port (ifIndex). */
function goingOn(event: StoredEvent, rule: string, { going, claims }: Around): Going | undefined {
  const { device, item, fields, number } = event;
  const exact = going.find((one) => one.item === item);
  const { ifIndex = '' } = fields;
  if (exact !== undefined || ifIndex === '') return exact;
  const nameless = portItem(ifIndex);
  if (item !== nameless) return going.find((one) => one.item === nameless);
  if (going.length === 0) return undefined;
  const sinceMs = Math.min(...going.map(({ beganMs }) => beganMs));
  const saidMs = new Map<string, number>();
  for (const claim of claims.of({ device, rule, sinceMs, before: number })) {
    if (claim.ifIndex !== ifIndex) continue;
    saidMs.set(claim.item, Math.max(claim.atMs, saidMs.get(claim.item) ?? 0));
  }
  return going.find(({ item: name, beganMs }) => (saidMs.get(name) ?? -1) >= beganMs);
}

/** Whether unverified traps, and nobody else, said what the fault says (S22). */
function isHearsay(going: Going | undefined, event: StoredEvent, claims: EventClaims): boolean {
  if (going?.origin !== 'trap') return false;
  const { device, rule, item, beganMs: sinceMs } = going;
  const { ifIndex = '' } = event.fields;
  const said = claims
    .of({ device, rule, sinceMs, before: event.number })
    .filter((claim) => claim.item === item || (ifIndex !== '' && claim.ifIndex === ifIndex));
  return said.length > 0 && said.every(({ verified }) => !verified);
}
