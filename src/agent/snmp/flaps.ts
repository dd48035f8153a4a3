/**
 * How often the links of a device changed their state of late. A change between two rounds that came
 * back shows in ifLastChange. Ports are told apart by name: their numbers are dealt anew.
 */
import type { PortState } from './interfaces.ts';

/** Changes are counted over this time, and named for this time after the last one. */
export const FLAP_WINDOW_MS = 15 * 60_000;
const TOLD_MS = 60 * 60_000;
const CHANGES_MAX = 1_000;

interface Seen {
  readonly oper: number;
  readonly lastChangeTicks: number;
  readonly changesMs: readonly number[];
}

/** How many changes lie between two looks at a port. */
export function changesBetween(before: PortState, now: PortState, upTicks: number): number {
  if (Number.isNaN(before.oper) || Number.isNaN(now.oper)) return 0;
  if (before.oper !== now.oper) return 1;
  const { lastChangeTicks } = now;
  // A time in the future, or one that went back, is no time of a change.
  const isLater = lastChangeTicks > before.lastChangeTicks && lastChangeTicks <= upTicks;
  return isLater ? 2 : 0;
}

export class Flaps {
  readonly #seen = new Map<string, Seen>();

  /** A restart of the device changes every link: that is no flapping. */
  restart(): void {
    for (const [name, seen] of this.#seen) {
      this.#seen.set(name, { ...seen, oper: Number.NaN, lastChangeTicks: Number.NaN });
    }
  }

  /** Changes within the window; null when there is nothing to tell. */
  look(name: string, state: PortState, at: { readonly nowMs: number; readonly upTicks: number }) {
    const before = this.#seen.get(name);
    const changes = before === undefined ? 0 : this.#changes(before, state, at.upTicks);
    const fresh = (before?.changesMs ?? []).filter((ms) => ms > at.nowMs - TOLD_MS);
    const changesMs = [...fresh, ...Array(changes).fill(at.nowMs)].slice(-CHANGES_MAX);
    const { oper, lastChangeTicks } = state;
    this.#seen.set(name, { oper, lastChangeTicks, changesMs });
    if (changesMs.length === 0) return null;
    return changesMs.filter((ms) => ms > at.nowMs - FLAP_WINDOW_MS).length;
  }

  #changes(before: Seen, state: PortState, upTicks: number): number {
    return changesBetween({ ...before, admin: Number.NaN }, state, upTicks);
  }

  /** Ports that are gone are forgotten. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#seen.keys()) if (!names.has(name)) this.#seen.delete(name);
  }
}
