/** Events → the collector: oldest first, one request at a time, until it has them. */
import type { Clock, Timer } from '../../shared/clock.ts';
import type { DeviceEvent, EventReceipt } from '../../shared/device-event.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { EventQueue, Request } from './event-queue.ts';
import { type NotYet, TRY_AGAIN_MS } from './not-yet.ts';
import { eventOutcome } from './outcome.ts';
import type { EventTransport } from './traps.ts';

/** Events wait so long for company. */
const GATHER_MS = 200;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 60_000;

export interface DeliveryOptions {
  readonly queue: EventQueue;
  readonly notYet: NotYet;
  readonly transport: EventTransport;
  readonly clock: Clock;
  readonly log: Log;
}

export class Delivery {
  readonly #options: DeliveryOptions;
  #timer: Timer | null = null;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;
  #isResting = false;
  #failures = 0;
  #lastError = '';
  #lastLater = '';
  #delivered = 0;
  #refused = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  get delivered(): number {
    return this.#delivered;
  }

  get refused(): number {
    return this.#refused + this.#options.notYet.refused;
  }

  get lastError(): string {
    return this.#lastError;
  }

  /** There are new events, or old ones of the run before. */
  wake(): void {
    if (this.#timer !== null && !this.#isResting) return;
    this.#timer?.cancel();
    this.#arm(GATHER_MS);
  }

  /** Writes and sends what there is, now. */
  async now(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    this.#running = this.#running.then(() => this.#run());
    await this.#running;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
    await this.#flush();
    await this.#options.queue.close();
    await this.#options.notYet.queue.close();
  }

  #arm(delayMs: number): void {
    if (this.#isStopped) return;
    this.#isResting = false;
    this.#timer = this.#options.clock.after(delayMs, () => void this.now());
  }

  async #run(): Promise<void> {
    const isWritten = await this.#flush();
    const isSent = await this.#sendAll();
    if (this.#isStopped) return;
    if (this.#options.queue.isEmpty) {
      this.#rest();
      return;
    }
    this.#failures = isWritten && isSent ? 0 : this.#failures + 1;
    const waitMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.max(0, this.#failures - 1));
    const jitter = 0.5 + this.#options.clock.random();
    if (this.#timer === null) this.#arm(this.#failures === 0 ? GATHER_MS : waitMs * jitter);
  }

  /** Only events of unknown devices are left: a new one need not wait for them. */
  #rest(): void {
    if (this.#options.notYet.queue.isEmpty || this.#timer !== null) return;
    this.#arm(TRY_AGAIN_MS);
    this.#isResting = true;
  }

  async #flush(): Promise<boolean> {
    try {
      await this.#options.queue.flush();
      return true;
    } catch (error) {
      this.#failed('events cannot be written', messageOf(error));
      return false;
    }
  }

  async #sendAll(): Promise<boolean> {
    const { queue, notYet, clock } = this.#options;
    try {
      if (notYet.isDue(clock.monotonic()) && !(await this.#tryAgain())) return false;
      let request = await queue.oldest();
      while (request !== null && !this.#isStopped) {
        if (!(await this.#send(request))) return false;
        request = await queue.oldest();
      }
      return true;
    } catch (error) {
      this.#failed('events cannot be sent', messageOf(error));
      return false;
    }
  }

  /** Each file once; what is still not known comes to the end again. */
  async #tryAgain(): Promise<boolean> {
    const { notYet, clock } = this.#options;
    notYet.begin();
    for (let left = notYet.queue.files; left > 0 && !this.#isStopped; left--) {
      const request = await notYet.queue.oldest();
      if (request !== null && !(await this.#send(request))) return false;
    }
    notYet.tried(clock.monotonic());
    return true;
  }

  async #send({ events, done }: Request): Promise<boolean> {
    const { notYet, clock } = this.#options;
    const behind = events.filter((event) => notYet.isWaitingFor(event));
    const asked = events.filter((event) => !notYet.isWaitingFor(event));
    const later = asked.length === 0 ? [] : await this.#ask(asked);
    if (later === null) return false;
    await notYet.settle(asked, [...behind, ...later], clock.monotonic());
    await done();
    return true;
  }

  /** Those the collector wants later; null when it took none. */
  async #ask(events: readonly DeviceEvent[]): Promise<readonly DeviceEvent[] | null> {
    const { transport, log } = this.#options;
    let later: readonly DeviceEvent[] = [];
    const answer = await transport.send({
      headers: { 'content-type': 'application/json', 'content-encoding': 'identity' },
      body: Buffer.from(JSON.stringify({ events })),
    });
    const outcome = eventOutcome(answer);
    if (outcome.kind === 'retry' || outcome.kind === 'unauthorised') {
      this.#failed('the collector did not take events', outcome.reason);
      if (outcome.kind === 'unauthorised') this.#failures = 10;
      return null;
    }
    if (outcome.kind === 'refused') {
      this.#refused += events.length;
      log.error('the collector refuses events for good', { reason: outcome.reason });
    } else {
      const { stored, duplicates, refused } = outcome.receipt;
      this.#delivered += stored + duplicates;
      this.#refused += refused.length;
      later = this.#wanted(events, outcome.receipt.later);
      const [first] = refused;
      if (first !== undefined) {
        log.warn('the collector refused events', { events: refused.length, reason: first.reason });
      }
    }
    this.#failures = 0;
    this.#lastError = '';
    return later;
  }

  #wanted(events: readonly DeviceEvent[], later: EventReceipt['later']): readonly DeviceEvent[] {
    const [first] = later;
    if (first !== undefined && this.#lastLater !== first.reason) {
      this.#lastLater = first.reason;
      this.#options.log.warn('events wait until the collector knows their device', {
        events: later.length,
        reason: first.reason,
      });
    }
    const ids = new Set(later.map(({ id }) => id));
    return events.filter(({ id }) => ids.has(id));
  }

  #failed(message: string, reason: string): void {
    if (this.#lastError !== reason) this.#options.log.warn(message, { reason });
    this.#lastError = reason;
  }
}
