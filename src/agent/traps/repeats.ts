/**
 * Equal traps of one source within a while are one event and a number. Equal means: nothing else
 * was heard of the same part since. A link that goes down, up and down again is three events.
 */
import type { Interpreted } from './interpret.ts';

interface Memory {
  readonly what: string;
  readonly atMs: number;
  repeats: number;
}

/** Parts that are remembered; the longest unheard is forgotten first. */
const PARTS_MAX = 10_000;

export class Repeats {
  readonly #windowMs: number;
  readonly #heard = new Map<string, Memory>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /**
   * Null for a repetition; otherwise how many were left out since the event before it. `nowMs` of
   * a clock that never goes back.
   */
  take(event: Interpreted, nowMs: number): number | null {
    const part = partOf(event);
    const what = JSON.stringify([event.oid, event.kind, event.fields]);
    const known = this.#heard.get(part);
    if (known !== undefined && known.what === what && nowMs - known.atMs < this.#windowMs) {
      known.repeats += 1;
      return null;
    }
    this.#heard.delete(part);
    this.#heard.set(part, { what, atMs: nowMs, repeats: 0 });
    if (this.#heard.size > PARTS_MAX) {
      const [oldest] = this.#heard.keys();
      if (oldest !== undefined) this.#heard.delete(oldest);
    }
    return known?.what === what ? known.repeats : 0;
  }
}

/** What the event speaks of: a rule's item where it has one, else the trap itself with its parts. */
function partOf({ source, rule, item, oid, kind, fields }: Interpreted): string {
  if (rule !== '') return JSON.stringify([source, rule, item]);
  return JSON.stringify(kind === 'trap' ? [source, oid, fields] : [source, oid, item]);
}
