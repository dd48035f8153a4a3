/**
 * Storms: more openings at once than anybody can read. The first ones are announced, the others
 * wait until it is calm, briefly at most, and are then told together.
 */

import type { Quiet } from '../faults/faults.ts';
import type { QuietPolicy } from './policy.ts';

export interface Storm {
  /** `S-` and its beginning: the same for all of its faults. */
  readonly id: string;
  readonly beganMs: number;
  readonly faults: number;
}

interface Rising {
  readonly id: string;
  readonly beganMs: number;
  newestMs: number;
  readonly held: Set<string>;
}

export class StormWatch {
  #policy: QuietPolicy['storm'];
  #nowMs = 0;
  /** Announced within the policy's time, and when; in order of time. */
  readonly #announced = new Map<string, number>();
  #storm: Rising | null = null;
  /** Let go at the end of a storm, and when: they do not count towards the next one. */
  readonly #free = new Map<string, number>();

  constructor(policy: QuietPolicy['storm']) {
    this.#policy = policy;
  }

  swap(policy: QuietPolicy['storm']): void {
    this.#policy = policy;
  }

  /** To be called before the asks of a tick. */
  begin(nowMs: number): void {
    this.#nowMs = nowMs;
    for (const [key, atMs] of this.#announced) {
      if (nowMs - atMs < this.#policy.within && atMs <= nowMs) break;
      this.#announced.delete(key);
    }
    for (const [key, atMs] of this.#free) {
      if (nowMs - atMs >= this.#policy.within || atMs > nowMs) this.#free.delete(key);
    }
    this.#endStorm();
  }

  /** Asked of a fault that nothing else holds. The same fault gets the same answer within a tick. */
  of(key: string): Quiet | null {
    if (this.#announced.has(key) || this.#free.has(key)) return null;
    const storm = this.#storm;
    if (storm === null && this.#announced.size < this.#policy.openings) {
      this.#announced.set(key, this.#nowMs);
      return null;
    }
    return this.#hold(key, storm ?? this.#beginStorm());
  }

  now(): Storm | null {
    if (this.#storm === null) return null;
    const { id, beganMs, held } = this.#storm;
    return { id, beganMs, faults: held.size };
  }

  #beginStorm(): Rising {
    const beganMs = this.#nowMs;
    const stamp = new Date(beganMs).toISOString().slice(0, 19).replace(/[-:]/g, '');
    this.#storm = { id: `S-${stamp}`, beganMs, newestMs: beganMs, held: new Set() };
    return this.#storm;
  }

  #hold(key: string, storm: Rising): Quiet {
    if (!storm.held.has(key)) {
      storm.held.add(key);
      storm.newestMs = this.#nowMs;
    }
    return { why: 'held', by: storm.id, note: 'many faults at once: told together' };
  }

  #endStorm(): void {
    const storm = this.#storm;
    if (storm === null) return;
    const { calm, longest } = this.#policy;
    // A clock that was set back must not prolong it either.
    const since = (atMs: number): number => Math.abs(this.#nowMs - atMs);
    if (since(storm.newestMs) < calm && since(storm.beganMs) < longest) return;
    this.#storm = null;
    this.#announced.clear();
    for (const key of storm.held) this.#free.set(key, this.#nowMs);
  }
}
