/**
 * One limit of one item through time: closed → open → closed, with hold times and m-of-n. All
 * times are event times of samples, so a replay of the same samples ends in the same state.
 */
import { passes } from './bound.ts';
import type { Limit, Quorum } from './limit.ts';

/** The newest samples of an m-of-n condition. */
class Window {
  private readonly quorum: Quorum;
  /** Bit 0 and index 0 are the newest sample. */
  private bits = 0;
  private readonly times: number[] = [];

  constructor(quorum: Quorum) {
    this.quorum = quorum;
  }

  /** Takes one sample; true while enough of the newest ones are hits. */
  note(timeMs: number, hit: boolean): boolean {
    const { hits, of } = this.quorum;
    this.bits = ((this.bits << 1) | (hit ? 1 : 0)) & (of === 32 ? -1 : (1 << of) - 1);
    this.times.unshift(timeMs);
    if (this.times.length > of) this.times.pop();
    return ones(this.bits) >= hits;
  }

  /** Event time of the oldest hit. */
  get firstMs(): number {
    return this.times[31 - Math.clz32(this.bits)] ?? Number.NaN;
  }

  clear(): void {
    this.bits = 0;
    this.times.length = 0;
  }
}

function ones(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Most rules judge each sample alone and need no window. */
function windowFor(quorum: Quorum): Window | null {
  return quorum.of > 1 ? new Window(quorum) : null;
}

export class Track {
  open = false;
  /** Event time of the first sample of the breach, or of the recovery after it; NaN before. */
  sinceMs = Number.NaN;
  /** Since when the condition to flip (bad while closed, good while open) has held; NaN for not. */
  private streakMs = Number.NaN;
  /** The limits changed under an open track: the next sample must pass the new `open` or it closes. */
  private changed = false;
  private readonly limit: Limit;
  private readonly bad: Window | null;
  private readonly good: Window | null;

  constructor(limit: Limit) {
    this.limit = limit;
    this.bad = windowFor(limit.samples);
    this.good = windowFor(limit.clearSamples);
  }

  /** Since when a closed track's condition holds without having held long enough; NaN for not. */
  get pendingMs(): number {
    return this.open ? Number.NaN : this.streakMs;
  }

  /** Closed, and no sample so far has any bearing on the next. */
  get idle(): boolean {
    return !this.open && this.bad === null && Number.isNaN(this.streakMs);
  }

  /** Judges one sample; true when the track opened or closed. `applies` false counts as good. */
  step(timeMs: number, value: number, applies: boolean): boolean {
    const { limit } = this;
    if (!this.open) {
      const isBad = applies && passes(limit.open, value);
      return this.hold(timeMs, isBad, this.bad) >= limit.forMs && isBad && this.flip(this.streakMs);
    }
    if (this.changed && !(applies && passes(limit.open, value))) return this.flip(timeMs);
    this.changed = false;
    const isGood = !applies || passes(limit.clear, value);
    return this.hold(timeMs, isGood, this.good) >= limit.clearForMs && this.flip(this.streakMs);
  }

  /** Opens without a sample: a worse limit opened, or the ledger says so after a restart. */
  force(sinceMs: number): void {
    if (!this.open) this.flip(sinceMs);
  }

  /** Data were missing too long for "held all the time" to be said. An open track stays open. */
  interrupt(): void {
    this.streakMs = Number.NaN;
    this.bad?.clear();
    this.good?.clear();
  }

  /** Takes over what an older policy's track knew. */
  inherit(old: Track): void {
    this.open = old.open;
    this.sinceMs = old.sinceMs;
    this.changed = old.open;
  }

  /** How long the condition has held, ms; NaN when it does not. */
  private hold(timeMs: number, hit: boolean, window: Window | null): number {
    const holds = window === null ? hit : window.note(timeMs, hit);
    if (!holds) this.streakMs = Number.NaN;
    else if (Number.isNaN(this.streakMs)) this.streakMs = window?.firstMs ?? timeMs;
    return timeMs - this.streakMs;
  }

  private flip(sinceMs: number): true {
    this.open = !this.open;
    this.sinceMs = sinceMs;
    this.changed = false;
    this.interrupt();
    return true;
  }
}
