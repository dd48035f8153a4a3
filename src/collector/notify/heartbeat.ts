/**
 * The dead man's switch (P20): an outside service is called as long as the watch goes on. It is
 * called from the tick, so a tick that stands still or fails calls nobody.
 */

import { addressPolicy, type Resolve, systemResolve } from '../../shared/address-policy.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { HeartbeatSettings, NotifySettings } from './channel.ts';
import { exchange, judgeStatus } from './http-post.ts';
import type { OwnHealth } from './notify.ts';
import { readSecretFile } from './secret-file.ts';

export interface HeartbeatDoors {
  readonly clock: Clock;
  readonly log: Log;
  readonly health: () => OwnHealth;
  readonly resolve?: Resolve;
}

export class Heartbeat {
  readonly #doors: HeartbeatDoors;
  #beatMs = Number.NEGATIVE_INFINITY;
  #ticks = -1;
  #failed = false;

  constructor(doors: HeartbeatDoors) {
    this.#doors = doors;
  }

  /** Beats when it is due and the watch goes on; a beat that fails is tried at the next one. */
  async beat(settings: NotifySettings): Promise<void> {
    const { clock, health } = this.#doors;
    const { heartbeat, own } = settings;
    const nowMs = clock.monotonic();
    if (heartbeat === null || nowMs - this.#beatMs < heartbeat.everyMs) return;
    const { ticks, tickLagSeconds, failing } = health();
    if (failing.ticks > 0 || ticks === this.#ticks || tickLagSeconds * 1_000 > own.tickLagMs)
      return;
    this.#ticks = ticks;
    this.#beatMs = nowMs;
    await this.#call(heartbeat, settings);
  }

  async #call({ urlFile, plainHttp }: HeartbeatSettings, settings: NotifySettings): Promise<void> {
    const { clock, log, resolve = systemResolve } = this.#doors;
    const url = readSecretFile(settings.base, urlFile);
    const doors = { clock, resolve, policy: addressPolicy(settings.allow) };
    const answer = await exchange({ url, plainHttp, method: 'GET' }, doors);
    const refusal = 'outcome' in answer ? answer : judgeStatus(answer);
    if (refusal !== null && !this.#failed) {
      log.warn('the heartbeat was not heard', { reason: refusal.reason });
    }
    this.#failed = refusal !== null;
  }
}
