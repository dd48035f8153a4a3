/**
 * Events of devices the collector does not know yet: kept on disk apart from the others, tried once
 * a minute, given up after an hour. While one of a device waits, the later ones of it wait behind.
 */
import type { DeviceEvent } from '../../shared/device-event.ts';
import type { EventQueue } from './event-queue.ts';

export const TRY_AGAIN_MS = 60_000;
/** From the first answer; over a restart it begins anew. */
const GIVE_UP_MS = 3_600_000;

export class NotYet {
  readonly queue: EventQueue;
  readonly #devices = new Set<string>();
  /** Ids → when the collector did not know their device for the first time. */
  readonly #since = new Map<string, number>();
  #triedMs = Number.NEGATIVE_INFINITY;
  #refused = 0;

  constructor(queue: EventQueue) {
    this.queue = queue;
  }

  /** Given up. */
  get refused(): number {
    return this.#refused;
  }

  isDue(nowMs: number): boolean {
    return !this.queue.isEmpty && nowMs - this.#triedMs >= TRY_AGAIN_MS;
  }

  /** Every device is asked for again. */
  begin(): void {
    this.#devices.clear();
  }

  tried(nowMs: number): void {
    this.#triedMs = nowMs;
  }

  isWaitingFor({ device }: DeviceEvent): boolean {
    return this.#devices.has(device);
  }

  /** Durable when it resolves. Of what was asked for, `later` is to be kept. */
  async settle(
    asked: readonly DeviceEvent[],
    later: readonly DeviceEvent[],
    nowMs: number,
  ): Promise<void> {
    const kept = new Set(later.map(({ id }) => id));
    for (const { id } of asked) if (!kept.has(id)) this.#since.delete(id);
    if (later.length > 0 && this.queue.isEmpty) this.#triedMs = nowMs;
    for (const event of later) {
      this.#devices.add(event.device);
      const sinceMs = this.#since.get(event.id) ?? nowMs;
      this.#since.set(event.id, sinceMs);
      if (nowMs - sinceMs < GIVE_UP_MS) this.queue.add(event);
      else {
        this.#since.delete(event.id);
        this.#refused += 1;
      }
    }
    await this.queue.flush();
  }
}
