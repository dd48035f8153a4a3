/**
 * What traps said before an event, read once for all events of a tick: a flood of one switch would
 * otherwise read its history once for each event and port.
 */
import type { Claim, ClaimQuestion, Events, StoredEvent } from './desk/desk.ts';

interface Told {
  /** From then on it is known. */
  readonly sinceMs: number;
  readonly claims: readonly Claim[];
}

interface Numbered extends Claim {
  readonly number: number;
}

export class EventClaims {
  readonly #events: Pick<Events, 'claims'>;
  readonly #first: number;
  /** Of events that are told in this tick, by device and rule, oldest first. */
  readonly #waiting = new Map<string, Numbered[]>();
  /** Of events before them. */
  readonly #told = new Map<string, Told>();

  /** `waiting`: oldest first, and all that there are from the first to the last. */
  constructor(events: Pick<Events, 'claims'>, waiting: readonly StoredEvent[]) {
    this.#events = events;
    this.#first = waiting[0]?.number ?? 0;
    for (const { number, device, fault, item, fields, verified, atMs } of waiting) {
      if (fault?.action !== 'open' && fault?.action !== 'confirm') continue;
      const claim = { number, item, ifIndex: fields.ifIndex ?? '', verified, atMs };
      const key = keyOf({ device, rule: fault.rule });
      const known = this.#waiting.get(key);
      if (known === undefined) this.#waiting.set(key, [claim]);
      else known.push(claim);
    }
  }

  /** As `Events.claims`; what was said in this tick is not merged. */
  of(about: ClaimQuestion): readonly Claim[] {
    const { sinceMs, before } = about;
    const isMeant = ({ atMs }: Claim): boolean => atMs >= sinceMs;
    const waiting = this.#waiting.get(keyOf(about)) ?? [];
    return [
      ...this.#toldOf(about).filter(isMeant),
      ...waiting.filter((claim) => claim.number < before && isMeant(claim)),
    ];
  }

  #toldOf(about: ClaimQuestion): readonly Claim[] {
    const known = this.#told.get(keyOf(about));
    if (known !== undefined && known.sinceMs <= about.sinceMs) return known.claims;
    const claims = this.#events.claims({ ...about, before: this.#first });
    this.#told.set(keyOf(about), { sinceMs: about.sinceMs, claims });
    return claims;
  }
}

const keyOf = ({ device, rule }: Pick<ClaimQuestion, 'device' | 'rule'>): string =>
  `${device}\0${rule}`;
