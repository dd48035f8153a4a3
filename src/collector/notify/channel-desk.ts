/** The open channels, their circuit breakers and their pace. */
import { addressPolicy, type Resolve, systemResolve } from '../../shared/address-policy.ts';
import type { Clock } from '../../shared/clock.ts';
import { Failure, messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { Fault } from '../faults/faults.ts';
import { afterFailure, type Breaker, CLOSED, isDead, mayTry } from './breaker.ts';
import type { Channel, ChannelSettings, Message, NotifySettings, SendResult } from './channel.ts';
import { alertFacts } from './notice-view.ts';

const MINUTE_MS = 60_000;

interface Open {
  readonly settings: ChannelSettings;
  readonly channel: Channel;
  breaker: Breaker;
  lastError: string;
  lastSentMs: number | null;
  /** Monotonic times of the messages of the last minute. */
  sent: number[];
  refreshedMs: number;
}

export interface ChannelDeskOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: NotifySettings;
  /** Channels that were dead when the process ended: they must prove themselves first. */
  readonly dead: readonly string[];
  readonly resolve?: Resolve;
}

export class ChannelDesk {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #resolve: Resolve;
  #open = new Map<string, Open>();

  constructor({ clock, log, settings, dead, resolve = systemResolve }: ChannelDeskOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#resolve = resolve;
    this.reload(settings);
    for (const name of dead) {
      const open = this.#open.get(name);
      if (open === undefined) continue;
      open.breaker = { failures: 3, openUntilMs: clock.now() };
      open.lastError = 'it did not deliver before the restart';
    }
  }

  /** Opens all channels of the new settings before it closes the old ones. Throws `config`. */
  reload(settings: NotifySettings): void {
    const policy = addressPolicy(settings.allow);
    const next = new Map<string, Open>();
    for (const [name, one] of settings.channels) {
      const doors = {
        ...{ name, policy, clock: this.#clock, resolve: this.#resolve },
        log: this.#log,
      };
      const channel = one.kind.open(one.settings, doors, settings.base);
      const before = this.#open.get(name);
      next.set(name, {
        ...{ settings: one, channel, ...this.#health(one, before) },
        sent: before?.sent ?? [],
        refreshedMs: before?.refreshedMs ?? this.#clock.monotonic(),
      });
    }
    this.close();
    this.#open = next;
  }

  /** A reload mends no channel; one with other settings may be tried at once. */
  #health(next: ChannelSettings, before: Open | undefined) {
    if (before === undefined) return { breaker: CLOSED, lastError: '', lastSentMs: null };
    const { breaker, lastError, lastSentMs } = before;
    const same = JSON.stringify(next.settings) === JSON.stringify(before.settings.settings);
    if (same) return { breaker, lastError, lastSentMs };
    if (!isDead(breaker)) return { breaker: CLOSED, lastError: '', lastSentMs };
    return { breaker: { ...breaker, openUntilMs: this.#clock.now() }, lastError, lastSentMs };
  }

  close(): void {
    for (const { channel } of this.#open.values()) channel.close?.();
  }

  names(): readonly string[] {
    return [...this.#open.keys()];
  }

  state(name: string): Readonly<Pick<Open, 'breaker' | 'lastError' | 'lastSentMs'>> {
    return this.#find(name);
  }

  breaker(name: string): Breaker {
    return this.#find(name).breaker;
  }

  /** Channels that failed too often, with the last error. */
  dead(): ReadonlyMap<string, string> {
    const dead = [...this.#open].filter(([, { breaker }]) => isDead(breaker));
    return new Map(dead.map(([name, { lastError }]) => [name, lastError]));
  }

  /** Whether its kind takes another message this minute. */
  mayPace(name: string): boolean {
    const open = this.#find(name);
    const since = this.#clock.monotonic() - MINUTE_MS;
    open.sent = open.sent.filter((at) => at > since);
    return open.sent.length < open.settings.kind.perMinute;
  }

  async send(name: string, message: Message): Promise<SendResult> {
    const open = this.#find(name);
    open.sent.push(this.#clock.monotonic());
    const result = await attempt(() => open.channel.send(message));
    if (result.outcome === 'accepted') open.lastSentMs = this.#clock.now();
    this.#learn(open, result);
    return result;
  }

  /** Tells faults that go on again where a channel forgets them. */
  async refresh(faults: readonly Fault[]): Promise<void> {
    for (const open of this.#open.values()) {
      const { channel, settings } = open;
      const { refreshMs, refresh } = channel;
      const { follow } = settings;
      if (refresh === undefined || refreshMs === undefined || follow === null) continue;
      const nowMs = this.#clock.monotonic();
      if (nowMs - open.refreshedMs < refreshMs) continue;
      if (!mayTry(open.breaker, this.#clock.now())) continue;
      open.refreshedMs = nowMs;
      const alerts = faults
        .filter(({ level, quiet }) => quiet === null && follow.levels.includes(level))
        .map(alertFacts);
      if (alerts.length > 0) this.#learn(open, await attempt(() => refresh(alerts)));
    }
  }

  /** One bad address is no dead channel; a channel without addresses has only itself to blame. */
  #learn(open: Open, result: SendResult): void {
    if (result.outcome === 'accepted') {
      open.breaker = CLOSED;
      open.lastError = '';
      return;
    }
    open.lastError = result.reason;
    if (result.outcome === 'refused' && open.settings.kind.to === 'required') return;
    open.breaker = afterFailure(open.breaker, this.#clock.now());
  }

  #find(name: string): Open {
    const open = this.#open.get(name);
    if (open !== undefined) return open;
    throw new Failure('not_found', `there is no channel ${JSON.stringify(name.slice(0, 80))}`, {
      hint: `channels: ${this.names().join(', ')}`,
    });
  }
}

/** A channel must not reject; should it, that is a failed attempt and not the end of the worker. */
async function attempt(task: () => Promise<SendResult>): Promise<SendResult> {
  try {
    return await task();
  } catch (error) {
    return { outcome: 'retry', reason: messageOf(error) };
  }
}
