/** Raises and clears the collector's own faults. What is raised is read from the faults themselves. */
import type { Clock } from '../../shared/clock.ts';
import type { People } from '../people/people.ts';
import type { NotifySettings } from './channel.ts';
import type { FaultDoor, OwnHealth } from './notify.ts';
import type { Outbox } from './outbox.ts';
import { keyOfTrouble, OWN_DEVICE, OWN_RULES, troublesOf } from './own-health.ts';
import type { Refusals } from './refusals.ts';

const LOOK_EVERY_MS = 5_000;
/** Notices that fell due just now are a burst, not a backlog. */
const BURST_MS = 60_000;

export interface OwnWatchDoors {
  readonly clock: Clock;
  readonly faults: FaultDoor;
  readonly outbox: Outbox;
  readonly refusals: Pick<Refusals, 'atLeast'>;
  readonly people: Pick<People, 'policy'>;
  readonly health: () => OwnHealth;
  readonly dead: () => ReadonlyMap<string, string>;
}

export class OwnWatch {
  readonly #doors: OwnWatchDoors;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(doors: OwnWatchDoors) {
    this.#doors = doors;
  }

  async look({ own }: NotifySettings): Promise<void> {
    const { clock, faults, outbox, health, dead } = this.#doors;
    if (clock.monotonic() - this.#lookedMs < LOOK_EVERY_MS) return;
    this.#lookedMs = clock.monotonic();
    const nowMs = clock.now();
    const backlog = outbox.backlog(nowMs - BURST_MS, nowMs - own.backlogMs);
    const unreachable = this.#unreachable(own.refusals);
    const troubles = troublesOf({ health: health(), backlog, dead: dead(), unreachable }, own);
    const wrong = new Map(troubles.map((trouble) => [keyOfTrouble(trouble), trouble]));
    const raised = ownFaults(faults);
    for (const [key, trouble] of wrong) {
      if (raised.has(key)) continue;
      await faults.raise({
        ...trouble,
        ...{ origin: 'self', device: OWN_DEVICE, beganMs: nowMs, by: 'system' },
      });
    }
    for (const [key, { rule, item }] of raised) {
      if (wrong.has(key)) continue;
      const place = { origin: 'self', device: OWN_DEVICE, rule, item } as const;
      await faults.clear({ ...place, atMs: nowMs, by: 'system', note: 'it is well again' });
    }
  }

  /** An address that the person no longer has is nobody's trouble. */
  #unreachable(times: number): ReadonlyMap<string, string> {
    const { refusals, people } = this.#doors;
    const known = people.policy().people;
    const wrong = refusals.atLeast(times).filter(({ recipient, channel, address }) => {
      const channels = known.get(recipient)?.channels ?? [];
      return channels.some((one) => one.channel === channel && one.to === address);
    });
    return new Map(wrong.map((one) => [`${one.recipient}/${one.channel}`, one.reason]));
  }
}

type OwnFault = { readonly rule: string; readonly item: string };

function ownFaults(faults: Pick<FaultDoor, 'open'>): ReadonlyMap<string, OwnFault> {
  const own = faults.open().filter(({ origin, device, rule }) => {
    return origin === 'self' && device === OWN_DEVICE && OWN_RULES.includes(rule);
  });
  return new Map(own.map((fault) => [keyOfTrouble(fault), fault]));
}

/** Channels whose fault goes on. */
export function knownDead(faults: Pick<FaultDoor, 'open'>): readonly string[] {
  return [...ownFaults(faults).values()]
    .filter(({ rule }) => rule === 'channel_dead')
    .map(({ item }) => item);
}
