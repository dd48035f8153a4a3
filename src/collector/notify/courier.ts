/** The notify room at work: follow, deliver, look after itself. */
import type { Clock } from '../../shared/clock.ts';
import { Failure, messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { type Actor, type DeskConnection, openDeskConnection, openTrail } from '../desk/desk.ts';
import { isDead } from './breaker.ts';
import type { SendResult } from './channel.ts';
import { ChannelDesk } from './channel-desk.ts';
import { addressComplaint } from './channels-file.ts';
import { Delivery } from './delivery.ts';
import { makeFollower } from './follow.ts';
import { Heartbeat } from './heartbeat.ts';
import { type InboundForm, type InboundOutcome, receive } from './inbound/inbound.ts';
import { testMessage } from './message.ts';
import type {
  ChannelState,
  FaultDoor,
  NoticeRecord,
  Notify,
  NotifyOptions,
  NotifyPolicy,
} from './notify.ts';
import { Outbox } from './outbox.ts';
import { knownDead, OwnWatch } from './own-watch.ts';
import { Refusals } from './refusals.ts';

/** Between two test messages by one channel (S40). */
const TEST_EVERY_MS = 10_000;
/** One more than the longest page, which says whether there is a next one. */
const LIST_MOST = 1_001;
/** Alerts that were left out are all counted in the log, and the first of them named. */
const IGNORED_LOGGED = 5;
/** Old notices are deleted a few at once, so that the desk's other writers never wait for it. */
const PRUNE_EVERY_MS = 60_000;
const PRUNE_MOST = 500;

export function openCourier(options: NotifyOptions): Notify {
  return new Courier(options);
}

class Courier implements Notify {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #faults: FaultDoor;
  readonly #connection: DeskConnection;
  readonly #outbox: Outbox;
  readonly #channels: ChannelDesk;
  readonly #delivery: Delivery;
  readonly #own: OwnWatch;
  readonly #heartbeat: Heartbeat;
  readonly #follow: () => Promise<void>;
  readonly #tested = new Map<string, number>();
  readonly #under = new Set<Promise<void>>();
  #policy: NotifyPolicy;
  #closed = false;
  #prunedMs = Number.NEGATIVE_INFINITY;

  constructor(options: NotifyOptions) {
    const { directory, clock, log, faults, people, health, organisation } = options;
    this.#policy = options.policy;
    this.#clock = clock;
    this.#log = log;
    this.#faults = faults;
    this.#connection = openDeskConnection(directory);
    const outbox = new Outbox(this.#connection);
    const refusals = new Refusals(this.#connection);
    const { settings } = options.policy;
    const channels = new ChannelDesk({ clock, log, settings, dead: knownDead(faults) });
    const policy = (): NotifyPolicy => this.#policy;
    const follow = makeFollower({
      ...{ outbox, clock, log, faults, people },
      settings: () => this.#policy.settings,
      windowEnds: options.windowEnds ?? (() => []),
    });
    this.#delivery = new Delivery({
      ...{ outbox, refusals, clock, log, faults, people, channels, policy, organisation, follow },
    });
    const dead = (): ReadonlyMap<string, string> => channels.dead();
    this.#own = new OwnWatch({ clock, faults, outbox, refusals, people, health, dead });
    this.#heartbeat = new Heartbeat({ clock, log, health });
    this.#outbox = outbox;
    this.#channels = channels;
    this.#follow = follow;
  }

  async advance(): Promise<void> {
    if (this.#closed) return;
    const pass = this.#pass().catch((error: unknown) => {
      this.#log.error('notices were not advanced, the next tick tries again', {
        error: messageOf(error),
      });
    });
    this.#under.add(pass);
    await pass;
    this.#under.delete(pass);
  }

  async notices(filter: Parameters<Notify['notices']>[0]): Promise<readonly NoticeRecord[]> {
    return this.#outbox.list({ ...filter, limit: Math.min(LIST_MOST, filter.limit) });
  }

  channels(): readonly ChannelState[] {
    return this.#channels.names().map((name) => {
      const { breaker, lastError, lastSentMs } = this.#channels.state(name);
      return {
        name,
        kind: this.#policy.settings.channels.get(name)?.kind.kind ?? '',
        breaker: isDead(breaker) ? 'open' : 'closed',
        retryMs: breaker.openUntilMs,
        lastSentMs: lastSentMs ?? this.#outbox.lastSentMs(name),
        lastError,
        pending: this.#outbox.pendingOf(name),
      };
    });
  }

  async sendTest(test: Parameters<Notify['sendTest']>[0], actor: Actor): Promise<SendResult> {
    const { channel, to, locale } = test;
    this.#channels.state(channel);
    const complaint = addressComplaint({ channel, to }, this.#policy.settings.channels);
    if (complaint !== null) {
      throw new Failure('bad_request', `${channel} cannot be tested: ${complaint}`, {
        hint: 'give the address as it stands in people.yaml; none where the channel takes none',
      });
    }
    const nowMs = this.#clock.monotonic();
    const before = this.#tested.get(channel) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - before < TEST_EVERY_MS) {
      throw new Failure('overloaded', `${channel} was tested just now`, {
        hint: `one test message every ${TEST_EVERY_MS / 1_000} s`,
      });
    }
    this.#tested.set(channel, nowMs);
    const result = await this.#channels.send(
      channel,
      testMessage(locale, to, this.#clock.randomHex(16)),
    );
    const deed = { actor, action: 'notice test', subject: channel, detail: { ...result } };
    openTrail(this.#connection).record(this.#clock.now(), [deed]);
    return result;
  }

  async receive(form: InboundForm, body: unknown, by: string): Promise<InboundOutcome> {
    const settings = this.#policy.settings.inbound;
    const doors = { clock: this.#clock, faults: this.#faults, settings };
    const outcome = await receive({ form, body, by }, doors);
    const { ignored } = outcome;
    if (ignored.length > 0) {
      const first = ignored.slice(0, IGNORED_LOGGED);
      this.#log.info('alerts were left out', { form, by, count: ignored.length, first });
    }
    return outcome;
  }

  reload(policy: NotifyPolicy): void {
    if (policy === this.#policy) return;
    this.#channels.reload(policy.settings);
    this.#policy = policy;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#under);
    this.#channels.close();
    this.#connection.close();
  }

  async #pass(): Promise<void> {
    const { settings } = this.#policy;
    await this.#follow();
    const delivered = this.#delivery.run();
    await this.#own.look(settings);
    await this.#channels.refresh(this.#faults.open());
    await this.#heartbeat.beat(settings);
    this.#prune(settings.retentionMs);
    await delivered;
  }

  /** Notices of faults that go on are kept: who was told hears of the end. */
  #prune(retentionMs: number): void {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#prunedMs < PRUNE_EVERY_MS) return;
    this.#prunedMs = nowMs;
    const kept = this.#faults.open().map(({ id }) => id);
    this.#outbox.prune(this.#clock.now() - retentionMs, PRUNE_MOST, kept);
  }
}
