/**
 * Lists of series that came together before, and what follows from them: the store's shape and the
 * devices. Senders repeat a few layouts; a list never seen costs one shape. Bounded by two halves:
 * what was not used while a half filled up is forgotten.
 */
import type { Shape, Store } from '../store/store.ts';

export interface Layout {
  readonly shape: Shape;
  /** Each once. */
  readonly devices: readonly string[];
}

/** Series numbers held in one half. */
const HALF = 2_000_000;

export class Layouts {
  readonly #half: number;
  #young = new Map<number, Layout>();
  #old = new Map<number, Layout>();
  #youngSize = 0;

  constructor(half = HALF) {
    this.#half = half;
  }

  /** The layout of `series`, whose `hash` is any function of its numbers in order. */
  of(store: Store, series: Uint32Array, hash: number): Layout {
    const young = this.#young.get(hash);
    if (young !== undefined && sameSeries(young.shape.series, series)) return young;
    const old = this.#old.get(hash);
    const known = old !== undefined && sameSeries(old.shape.series, series);
    const layout = known ? old : makeLayout(store, series);
    this.#keep(hash, layout);
    return layout;
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#youngSize = 0;
  }

  #keep(hash: number, layout: Layout): void {
    this.#youngSize += layout.shape.series.length;
    if (this.#youngSize > this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngSize = layout.shape.series.length;
    }
    this.#young.set(hash, layout);
  }
}

function makeLayout(store: Store, series: Uint32Array): Layout {
  const devices = new Set<string>();
  for (const number of series) devices.add(store.deviceOf(number));
  return { shape: store.shape(Array.from(series)), devices: [...devices] };
}

function sameSeries(a: Uint32Array, b: Uint32Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (a[index] !== b[index]) return false;
  }
  return true;
}
