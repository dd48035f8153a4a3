/**
 * The label bytes of the series that one source emits. A source emits nearly the same series in
 * the same order every time, so the place in that order finds them: no key is built, no map asked.
 * What the last run did not emit is forgotten, so the memory is as large as the last run.
 *
 * A thousand switches have half a million series: what a series costs here is two references. Its
 * name is kept once for all devices, its other labels once for all series of a port.
 */
import { messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { type EncodedSample, encodeLabels } from '../../shared/remote-write.ts';
import { checkLabels, type Labels, makeLabels } from '../../shared/sample.ts';

/** A metric's name as it stands at the beginning of a series. */
interface Name {
  readonly text: string;
  /** Null for a series that would be refused by the collector. */
  readonly bytes: Uint8Array | null;
}

/** Names that several memories share. */
export type Names = Map<string, Name>;

/** The labels that follow the name. */
interface Rest {
  /** As the source says them, names and values in turn. */
  readonly labels: readonly string[];
  readonly bytes: Uint8Array;
}

/** How far ahead a series is looked for when others before it are gone (an interface, a mount). */
const LOOK_AHEAD = 64;

export class SeriesMemory {
  readonly #common: Readonly<Record<string, string>>;
  readonly #log: Log;
  readonly #shared: Names;
  /** Series i is `#names[i]` with `#rests[i]`. */
  readonly #names: Name[] = [];
  readonly #rests: Rest[] = [];
  #at = 0;
  #timeMs = 0;

  /** `common`: labels of every series. */
  constructor(common: Readonly<Record<string, string>>, log: Log, names: Names = new Map()) {
    this.#common = common;
    this.#log = log;
    this.#shared = names;
  }

  get size(): number {
    return this.#names.length;
  }

  /** A run begins; all its samples are of one time. */
  begin(timeMs: number): void {
    this.#at = 0;
    this.#timeMs = timeMs;
  }

  /** The run is over: what is left from the one before is forgotten. */
  end(): void {
    this.#names.length = this.#at;
    this.#rests.length = this.#at;
  }

  /** The next sample of this run; null when it must not be sent. */
  next(name: string, value: number, labels: readonly string[]): EncodedSample | null {
    this.#find(name, labels);
    const { bytes } = this.#names[this.#at] as Name;
    const rest = this.#rests[this.#at] as Rest;
    this.#at++;
    return bytes === null ? null : { head: bytes, labels: rest.bytes, timeMs: this.#timeMs, value };
  }

  /** Afterwards the series is the one at `#at`. */
  #find(name: string, labels: readonly string[]): void {
    const at = this.#at;
    const until = Math.min(this.#names.length, at + LOOK_AHEAD);
    for (let i = at; i < until; i++) {
      if (this.#names[i]?.text !== name || !isSame(this.#rests[i], labels)) continue;
      if (i > at) {
        this.#names.splice(at, i - at);
        this.#rests.splice(at, i - at);
      }
      return;
    }
    const all = this.#labelsOf(name, labels);
    const before = this.#rests[at - 1];
    const isShared = before !== undefined && isSame(before, labels);
    const rest = isShared ? before : { labels, bytes: encodeLabels(partOf(all, isAfterName)) };
    this.#names.splice(at, 0, this.#nameOf(name, all));
    this.#rests.splice(at, 0, rest);
  }

  #labelsOf(name: string, labels: readonly string[]): Labels {
    const pairs = new Map(Object.entries(this.#common)).set('__name__', name);
    for (let i = 0; i + 1 < labels.length; i += 2) pairs.set(labels[i] ?? '', labels[i + 1] ?? '');
    return makeLabels(pairs);
  }

  #nameOf(text: string, all: Labels): Name {
    try {
      checkLabels(all);
    } catch (error) {
      this.#log.warn('a series is left out', { name: text, reason: messageOf(error) });
      return { text, bytes: null };
    }
    const head = partOf(all, (label) => !isAfterName(label));
    const made = (): Name => ({ text, bytes: encodeLabels(head) });
    // Labels in capitals come before the name; then it cannot be shared.
    if (Object.keys(head).length > 1) return made();
    const known = this.#shared.get(text) ?? made();
    this.#shared.set(text, known);
    return known;
  }
}

const isAfterName = (label: string): boolean => label > '__name__';

const partOf = (labels: Labels, has: (label: string) => boolean): Labels =>
  makeLabels(Object.entries(labels).filter(([label]) => has(label)));

function isSame(rest: Rest | undefined, labels: readonly string[]): boolean {
  if (rest?.labels.length !== labels.length) return false;
  for (let i = 0; i < labels.length; i++) if (rest.labels[i] !== labels[i]) return false;
  return true;
}
