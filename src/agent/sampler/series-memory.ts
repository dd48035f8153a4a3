/**
 * The label bytes of the series that one source emits. A source emits nearly the same series in
 * the same order every time, so the place in that order finds them: no key is built, no map asked.
 * What the last run did not emit is forgotten, so the memory is as large as the last run.
 */
import { messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { encodeLabels } from '../../shared/remote-write.ts';
import { checkLabels, makeLabels } from '../../shared/sample.ts';

interface Series {
  readonly name: string;
  readonly labels: readonly string[];
  /** Null for a series that would be refused by the collector. */
  readonly bytes: Uint8Array | null;
}

/** How far ahead a series is looked for when others before it are gone (an interface, a mount). */
const LOOK_AHEAD = 64;

export class SeriesMemory {
  readonly #common: Readonly<Record<string, string>>;
  readonly #log: Log;
  readonly #order: Series[] = [];
  #at = 0;

  /** `common`: labels of every series. */
  constructor(common: Readonly<Record<string, string>>, log: Log) {
    this.#common = common;
    this.#log = log;
  }

  get size(): number {
    return this.#order.length;
  }

  /** A run begins. */
  begin(): void {
    this.#at = 0;
  }

  /** The run is over: what is left from the one before is forgotten. */
  end(): void {
    this.#order.length = this.#at;
  }

  /** Label bytes of the next series of this run; null when it must not be sent. */
  next(name: string, labels: readonly string[]): Uint8Array | null {
    const order = this.#order;
    const until = Math.min(order.length, this.#at + LOOK_AHEAD);
    for (let at = this.#at; at < until; at++) {
      const series = order[at];
      if (series === undefined || !isSame(series, name, labels)) continue;
      if (at > this.#at) order.splice(this.#at, at - this.#at);
      this.#at++;
      return series.bytes;
    }
    const series = { name, labels, bytes: this.#encode(name, labels) };
    order.splice(this.#at++, 0, series);
    return series.bytes;
  }

  #encode(name: string, labels: readonly string[]): Uint8Array | null {
    const pairs = new Map(Object.entries(this.#common)).set('__name__', name);
    for (let i = 0; i + 1 < labels.length; i += 2) pairs.set(labels[i] ?? '', labels[i + 1] ?? '');
    const made = makeLabels(pairs);
    try {
      checkLabels(made);
    } catch (error) {
      this.#log.warn('a series is left out', { name, reason: messageOf(error) });
      return null;
    }
    return encodeLabels(made);
  }
}

function isSame(series: Series, name: string, labels: readonly string[]): boolean {
  if (series.name !== name || series.labels.length !== labels.length) return false;
  for (let i = 0; i < labels.length; i++) if (series.labels[i] !== labels[i]) return false;
  return true;
}
