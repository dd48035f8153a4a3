/** Events → the collector: oldest first, one request at a time, until it has them. */
import type { Clock, Timer } from '../../shared/clock.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { EventQueue, Request } from './event-queue.ts';
import { eventOutcome } from './outcome.ts';
import type { EventTransport } from './traps.ts';

/** Events wait so long for company. */
const GATHER_MS = 200;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 60_000;

export interface DeliveryOptions {
  readonly queue: EventQueue;
  readonly transport: EventTransport;
  readonly clock: Clock;
  readonly log: Log;
}

export class Delivery {
  readonly #options: DeliveryOptions;
  #timer: Timer | null = null;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;
  #failures = 0;
  #lastError = '';
  #delivered = 0;
  #refused = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  get delivered(): number {
    return this.#delivered;
  }

  get refused(): number {
    return this.#refused;
  }

  get lastError(): string {
    return this.#lastError;
  }

  /** There are new events, or old ones of the run before. */
  wake(): void {
    if (this.#timer === null) this.#arm(GATHER_MS);
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
  }

  #arm(delayMs: number): void {
    if (this.#isStopped) return;
    this.#timer = this.#options.clock.after(delayMs, () => void this.now());
  }

  async #run(): Promise<void> {
    const isWritten = await this.#flush();
    const isSent = await this.#sendAll();
    if (this.#options.queue.isEmpty || this.#isStopped) return;
    this.#failures = isWritten && isSent ? 0 : this.#failures + 1;
    const waitMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.max(0, this.#failures - 1));
    const jitter = 0.5 + this.#options.clock.random();
    if (this.#timer === null) this.#arm(this.#failures === 0 ? GATHER_MS : waitMs * jitter);
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
    const { queue } = this.#options;
    try {
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

  async #send({ events, done }: Request): Promise<boolean> {
    const { transport, log } = this.#options;
    const answer = await transport.send({
      headers: { 'content-type': 'application/json', 'content-encoding': 'identity' },
      body: Buffer.from(JSON.stringify({ events })),
    });
    const outcome = eventOutcome(answer);
    if (outcome.kind === 'retry' || outcome.kind === 'unauthorised') {
      this.#failed('the collector did not take events', outcome.reason);
      if (outcome.kind === 'unauthorised') this.#failures = 10;
      return false;
    }
    if (outcome.kind === 'refused') {
      this.#refused += events.length;
      log.error('the collector refuses events for good', { reason: outcome.reason });
    } else {
      const { stored, duplicates, refused } = outcome.receipt;
      this.#delivered += stored + duplicates;
      this.#refused += refused.length;
      const [first] = refused;
      if (first !== undefined) {
        log.warn('the collector refused events', { events: refused.length, reason: first.reason });
      }
    }
    this.#failures = 0;
    this.#lastError = '';
    await done();
    return true;
  }

  #failed(message: string, reason: string): void {
    if (this.#lastError !== reason) this.#options.log.warn(message, { reason });
    this.#lastError = reason;
  }
}
