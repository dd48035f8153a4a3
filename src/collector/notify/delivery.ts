/**
 * The outbox → channels. One worker per channel, so that a slow one delays nobody else. The order
 * is: read the ledger to its end, take what is due, drop what has become pointless, send, write
 * down how it went. A crash between the last two repeats a message and loses none.
 */
import type { Clock } from '../../shared/clock.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { Fault } from '../faults/faults.ts';
import type { Address, People } from '../people/people.ts';
import { mayTry, retryPauseMs } from './breaker.ts';
import type { Message, NotifySettings, SendResult } from './channel.ts';
import type { ChannelDesk } from './channel-desk.ts';
import { pointless, stale } from './decide.ts';
import { faultsOf } from './follow.ts';
import { makeMessage, type Told } from './message.ts';
import type { FaultDoor, NotifyPolicy } from './notify.ts';
import type { Bundle, Outbox } from './outbox.ts';
import type { Waiting } from './outbox-rows.ts';
import type { Place, Refusals } from './refusals.ts';

/** Notices of one message; the templates list some and count the rest. */
const NOTICES_MOST = 1_000;

export interface DeliveryDoors {
  readonly outbox: Outbox;
  readonly refusals: Pick<Refusals, 'refused' | 'accepted'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly faults: FaultDoor;
  readonly people: Pick<People, 'policy'>;
  readonly channels: ChannelDesk;
  readonly policy: () => NotifyPolicy;
  readonly organisation: string;
  /** Reads the ledger to its end. */
  readonly follow: () => Promise<void>;
}

const keyOf = ({ recipient, to, digest }: Bundle): string =>
  JSON.stringify([recipient, to, digest]);

export class Delivery {
  readonly #doors: DeliveryDoors;
  readonly #workers = new Map<string, Promise<void>>();

  constructor(doors: DeliveryDoors) {
    this.#doors = doors;
  }

  /** Resolves when the workers of all channels rest. */
  async run(): Promise<void> {
    const { outbox, clock, log } = this.#doors;
    for (const channel of outbox.dueChannels(clock.now())) {
      if (this.#workers.has(channel)) continue;
      const worker = this.#serve(channel)
        .catch((error: unknown) =>
          log.error('delivery stopped', { channel, error: messageOf(error) }),
        )
        .finally(() => this.#workers.delete(channel));
      this.#workers.set(channel, worker);
    }
    await Promise.all(this.#workers.values());
  }

  async #serve(channel: string): Promise<void> {
    const { outbox, clock, follow } = this.#doors;
    const held = new Set<string>();
    for (;;) {
      await follow();
      const nowMs = clock.now();
      const bundle = outbox.bundles(channel, nowMs).find((one) => !held.has(keyOf(one)));
      if (bundle === undefined) return;
      const waiting = outbox.waiting(channel, bundle, { nowMs, most: NOTICES_MOST });
      // Whatever is still there afterwards waits for the next tick.
      const done = await this.#deliver(channel, bundle, waiting);
      if (!done) held.add(keyOf(bundle));
    }
  }

  /** False when the bundle has to wait. */
  async #deliver(channel: string, bundle: Bundle, waiting: readonly Waiting[]): Promise<boolean> {
    const { outbox, clock, channels, policy } = this.#doors;
    const { settings } = policy();
    const nowMs = clock.now();
    if (!settings.channels.has(channel)) return this.#readdress(waiting, channel);
    const breaker = channels.breaker(channel);
    if (!mayTry(breaker, nowMs)) {
      const others = waiting.filter((one) => one.others.length > 0);
      this.#move(others, `${channel} does not deliver`);
      return others.length === waiting.length;
    }
    if (this.#stormy(channel, bundle, settings) || !channels.mayPace(channel)) return false;
    const told = await this.#stillToTell(waiting);
    if (told.length === 0) return true;
    const message = makeMessage(told, {
      templates: policy().templates,
      organisation: this.#doors.organisation,
      people: this.#doors.people.policy(),
      nowMs,
    });
    outbox.claim(told.map(({ notice }) => notice.number));
    const result = await channels.send(channel, message);
    this.#record({ channel, told, message, result });
    return true;
  }

  /** The last look before it goes out: what has become pointless is dropped. */
  async #stillToTell(waiting: readonly Waiting[]): Promise<readonly Told[]> {
    const { faults, outbox } = this.#doors;
    const found = await faultsOf(waiting, faults);
    const told: Told[] = [];
    const dropped: (readonly [number, string])[] = [];
    for (const notice of waiting) {
      const fault = found.get(notice.fault);
      if (fault === undefined) continue;
      const why = this.#whyNot(notice, fault);
      if (why === null) told.push({ notice, fault });
      else dropped.push([notice.number, why]);
    }
    if (dropped.length > 0) {
      outbox.write(() => {
        for (const [number, reason] of dropped) outbox.settle(number, 'dropped', { reason });
      });
    }
    return told;
  }

  /** A digest keeps what is over; what nobody takes for long is dropped from it too. */
  #whyNot({ step, facts, digest, attempts, plannedMs }: Waiting, fault: Fault): string | null {
    const { clock, policy } = this.#doors;
    const old = digest && attempts === 0;
    const late = old ? null : stale(step, clock.now() - plannedMs, policy().settings.newsMs);
    return late ?? (digest ? null : pointless(step, fault, facts.detail));
  }

  #record(sent: {
    readonly channel: string;
    readonly told: readonly Told[];
    readonly message: Message;
    readonly result: SendResult;
  }): void {
    const { outbox, refusals, clock, log, policy } = this.#doors;
    const { channel, told, message, result } = sent;
    const atMs = clock.now();
    const places = told.slice(0, 1).map(({ notice: { recipient, address } }): Place => {
      return { recipient, channel, address: address.to };
    });
    if (result.outcome === 'accepted') {
      outbox.write(() => {
        for (const place of places) refusals.accepted(place);
        for (const { notice } of told) {
          outbox.settle(notice.number, 'sent', { atMs, message: message.id });
        }
      });
      return;
    }
    const { tries, channels } = policy().settings;
    // A channel without addresses that refuses is dead itself, which is a fault of its own.
    const addressed = channels.get(channel)?.kind.to === 'required';
    const reason = `${channel}: ${result.reason}`;
    log.warn('a message was not delivered', { channel, outcome: result.outcome, reason });
    const given = ({ attempts, others }: Waiting): boolean =>
      others.length > 0 && (result.outcome === 'refused' || attempts + 1 >= tries);
    const notices = told.map(({ notice }) => notice);
    this.#move(notices.filter(given), reason);
    const pauseMs = retryPauseMs(Math.max(...notices.map((one) => one.attempts)), clock.random());
    outbox.write(() => {
      if (addressed && result.outcome === 'refused') {
        for (const place of places) refusals.refused(place, result.reason);
      }
      for (const one of notices) {
        if (!given(one)) outbox.putOff(one.number, atMs + pauseMs, reason);
      }
    });
  }

  /** The next channel of the person takes over. */
  #move(notices: readonly Waiting[], reason: string): void {
    const { outbox, clock } = this.#doors;
    if (notices.length === 0) return;
    const nowMs = clock.now();
    outbox.write(() => {
      for (const notice of notices) {
        const [address, ...others] = notice.others;
        if (address === undefined) continue;
        outbox.move(notice, { address, others, reason, dueMs: nowMs });
      }
    });
  }

  /** The channel left the configuration while notices waited for it. */
  #readdress(waiting: readonly Waiting[], channel: string): boolean {
    const { outbox, people, policy, clock } = this.#doors;
    const known = policy().settings.channels;
    const nowMs = clock.now();
    outbox.write(() => {
      for (const notice of waiting) {
        const person = people.policy().people.get(notice.recipient);
        const usable = (person?.channels ?? []).filter((one: Address) => known.has(one.channel));
        const [address, ...others] = usable;
        const reason = `the channel ${channel} was removed`;
        if (address === undefined) {
          outbox.settle(notice.number, 'dropped', { reason: `${reason}, and nobody is left` });
          continue;
        }
        outbox.move(notice, { address, others, reason, dueMs: nowMs });
      }
    });
    return true;
  }

  #stormy(
    channel: string,
    { recipient, level, digest }: Bundle,
    settings: NotifySettings,
  ): boolean {
    if (digest) return false;
    const { perMs, messages } = settings.storm;
    const since = this.#doors.clock.now() - perMs;
    return this.#doors.outbox.messagesSince(recipient, channel, since) >= messages[level];
  }
}
