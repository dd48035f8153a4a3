/**
 * One bad part must not stop the others: what breaks the whole by a mistake of ours is found by
 * halving, set aside with a log line and left alone for a while; the rest is written.
 */
import type { Clock } from '../../shared/clock.ts';
import { Failure, messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { Draft } from './draft.ts';
import type { LedgerEntry } from './fault.ts';
import type { SetAside } from './faults.ts';

/** What one verdict, or one fault, adds to the ledger. */
export interface Part {
  /** Fault, or device, rule and item. */
  readonly about: string;
  add(draft: Draft): void;
}

export type WriteParts = (parts: readonly Part[]) => readonly LedgerEntry[];

export interface Written {
  readonly entries: readonly LedgerEntry[];
  /** Parts that failed now, or rest since they did. */
  readonly left: ReadonlySet<Part>;
}

/** What failed is tried again after this. */
const REST_MS = 60_000;
/** The disk's troubles concern every part alike, and pass. */
const DISK_TROUBLES: readonly string[] = Object.freeze(['disk_full', 'unavailable', 'io']);

export class Apart {
  private readonly clock: Clock;
  private readonly log: Log;
  /** Until when a part is left alone, by what it is about. */
  private readonly resting = new Map<string, number>();
  private aside: SetAside = { count: 0, atMs: Number.NaN };

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.clock = clock;
    this.log = log;
  }

  setAside(): SetAside {
    return this.aside;
  }

  /** Throws what `write` says of the disk: then some halves may be written, and none is set aside. */
  write(parts: readonly Part[], write: WriteParts): Written {
    const left = new Set<Part>();
    const awake = this.resting.size === 0 ? parts : this.awake(parts, left);
    return { entries: this.halves(awake, write, left), left };
  }

  private halves(
    parts: readonly Part[],
    write: WriteParts,
    left: Set<Part>,
  ): readonly LedgerEntry[] {
    try {
      return write(parts);
    } catch (error) {
      if (error instanceof Failure && DISK_TROUBLES.includes(error.code)) throw error;
      const [first] = parts;
      if (first === undefined) throw error;
      if (parts.length === 1) {
        this.putAside(first, error);
        left.add(first);
        return [];
      }
      const middle = parts.length >> 1;
      const before = this.halves(parts.slice(0, middle), write, left);
      return [...before, ...this.halves(parts.slice(middle), write, left)];
    }
  }

  private putAside({ about }: Part, error: unknown): void {
    const atMs = this.clock.now();
    this.resting.set(about, this.clock.monotonic() + REST_MS);
    this.aside = { count: this.aside.count + 1, atMs };
    const place = about.replaceAll('\0', ' ');
    this.log.error('a step of a fault could not be written and is set aside, please report it', {
      about: place,
      error: messageOf(error),
    });
  }

  private awake(parts: readonly Part[], left: Set<Part>): readonly Part[] {
    const now = this.clock.monotonic();
    for (const [about, until] of this.resting) if (until <= now) this.resting.delete(about);
    for (const part of parts) if (this.resting.has(part.about)) left.add(part);
    return parts.filter((part) => !left.has(part));
  }
}
