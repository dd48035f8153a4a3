/** The ledger after the mark → the outbox. What is planned and the mark are one transaction. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { Fault, LedgerEntry, Level } from '../faults/faults.ts';
import type { Address, People } from '../people/people.ts';
import type { NotifySettings } from './channel.ts';
import {
  type Addressee,
  type Decision,
  decide,
  decideWindowEnd,
  type Situation,
} from './decide.ts';
import type { FaultDoor, Step, WindowEnds } from './notify.ts';
import type { Outbox } from './outbox.ts';

/** Entries of one transaction. */
const BATCH = 200;
/** A call of these waits for others to join it in one message. */
const GATHERED: readonly Step[] = Object.freeze(['opened', 'reopened', 'released']);

export interface FollowDoors {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
  readonly faults: FaultDoor;
  readonly people: Pick<People, 'policy' | 'whom' | 'nextDigest'>;
  readonly settings: () => NotifySettings;
  readonly windowEnds: WindowEnds;
}

/** What a notice tells of: a ledger entry, or the end of a window. */
type Source = Pick<LedgerEntry, 'number' | 'by' | 'note' | 'detail'>;

/** Reads the ledger to its end. Calls wait for each other, so the end is that of the last call. */
export function makeFollower(doors: FollowDoors): () => Promise<void> {
  let tail: Promise<void> = Promise.resolve();
  return () => {
    const next = tail.then(() => follow(doors)).then(() => followWindows(doors));
    tail = next.catch(() => {});
    return next;
  };
}

async function follow(doors: FollowDoors): Promise<void> {
  for (;;) {
    const mark = doors.outbox.mark();
    const entries = await doors.faults.ledgerAfter(mark, BATCH);
    const last = entries.at(-1);
    if (last === undefined) return;
    const faults = await faultsOf(entries, doors.faults);
    doors.outbox.write(() => {
      for (const entry of entries) {
        const fault = faults.get(entry.fault);
        if (fault !== undefined) planEntry(entry, fault, doors);
      }
      doors.outbox.setMark(last.number);
    });
    // A flood must not hold the tick and the API.
    await setImmediate();
  }
}

/** Faults by id, as they are now; those that go on are in memory. */
export async function faultsOf(
  wanted: readonly { readonly fault: string }[],
  faults: Pick<FaultDoor, 'open' | 'show'>,
): Promise<ReadonlyMap<string, Fault>> {
  const ids = new Set(wanted.map(({ fault }) => fault));
  const found = new Map<string, Fault>();
  // One fault is looked up; a crowd of them is looked for among all that go on.
  if (ids.size > 1) for (const one of faults.open()) if (ids.has(one.id)) found.set(one.id, one);
  for (const id of ids) {
    if (!found.has(id)) found.set(id, (await faults.show(id)).fault);
  }
  return found;
}

/** What recovered inside a window is told at its end; what still fails is in the ledger. */
async function followWindows(doors: FollowDoors): Promise<void> {
  const { outbox, windowEnds, faults } = doors;
  for (;;) {
    const ends = windowEnds(outbox.outcomeMark(), BATCH);
    const last = ends.at(-1);
    if (last === undefined) return;
    const recovered = ends.filter(({ result }) => result === 'recovered');
    const found = await faultsOf(recovered, faults);
    outbox.write(() => {
      for (const { fault: id, window } of recovered) {
        const fault = found.get(id);
        if (fault === undefined) continue;
        const source = { number: fault.last, by: 'system', note: window, detail: { window } };
        plan(decideWindowEnd(situationOf(fault, doors)), source, { fault, doors });
      }
      outbox.setOutcomeMark(last.number);
    });
  }
}

function planEntry(entry: LedgerEntry, fault: Fault, doors: FollowDoors): void {
  plan(decide(entry, situationOf(fault, doors)), entry, { fault, doors });
}

function situationOf(fault: Fault, doors: FollowDoors): Situation {
  const { outbox, clock, people } = doors;
  const nowMs = clock.now();
  return {
    fault,
    // Asked only where it matters: most entries of a flood are decided without them.
    get told() {
      const told = outbox.told(fault.id);
      return told.map(({ recipient, ...rest }) => ({ id: recipient, why: 'told before', ...rest }));
    },
    get recoveryTold() {
      return outbox.recoveryTold(fault.id);
    },
    whom: (level, moment) => people.whom(level, moment, nowMs),
    followers: (level) => followersOf(doors.settings(), level),
    progress: people.policy().progress,
  };
}

function plan(
  { step, reason, tell, drop }: Decision,
  source: Source,
  { fault, doors }: { readonly fault: Fault; readonly doors: FollowDoors },
): void {
  const { outbox, clock, log } = doors;
  const nowMs = clock.now();
  const { number: entry, by, note, detail } = source;
  log.debug('decided', { entry, fault: fault.id, step, reason, told: tell.length });
  if (drop.length > 0) outbox.drop(fault.id, drop, reason);
  for (const addressee of tell) {
    const [address, ...others] = addressee.channels;
    if (address === undefined) continue;
    outbox.plan({
      ...{ fault: fault.id, entry, step, level: fault.level, others, address },
      recipient: addressee.id,
      locale: addressee.locale,
      digest: addressee.digest,
      reason: `${reason}; ${addressee.why}`,
      facts: { step, by, note, detail },
      plannedMs: nowMs,
      dueMs: dueOf(step, { addressee, level: fault.level, nowMs }, doors),
    });
  }
}

function dueOf(
  step: Step,
  about: { readonly addressee: Addressee; readonly level: Level; readonly nowMs: number },
  { people, settings }: FollowDoors,
): number {
  const { addressee, level, nowMs } = about;
  if (addressee.digest) return people.nextDigest(nowMs);
  return GATHERED.includes(step) ? nowMs + settings().groupWaitMs[level] : nowMs;
}

function followersOf({ channels }: NotifySettings, level: Level): readonly Addressee[] {
  return [...channels.values()].flatMap(({ name, follow }) => {
    if (follow === null || !follow.levels.includes(level)) return [];
    const address: Address = { channel: name, to: '' };
    const id = `channel:${name}`;
    return [{ id, locale: follow.locale, channels: [address], why: 'it follows', digest: false }];
  });
}
