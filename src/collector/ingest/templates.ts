/**
 * Bodies seen before, as templates for the next ones: a sender repeats its labels, so two bodies
 * often differ in nothing but values and times, which stand at the same places. Those are read from
 * the new body and copied into the old one; if then the whole bodies are equal, so are the labels,
 * and none of them needs to be looked at.
 */
import type { Layout } from './layouts.ts';
import type { WriteVersion } from './media.ts';
import { sixByteTime, TIME_AFTER } from './sample-field.ts';
import type { SampleRows } from './sample-rows.ts';
import type { WireSource } from './wire.ts';

/** A body in the decoder's buffer, which is longer. */
export interface Body extends WireSource {
  readonly length: number;
  readonly version: WriteVersion;
}

export class Template {
  readonly layout: Layout;
  /** Bounds of the times read by the newest `fill`, Unix milliseconds. */
  oldestMs = 0;
  newestMs = 0;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  /** Where each sample's value stands. */
  readonly #offsets: Uint32Array;

  constructor({ bytes, length }: Body, layout: Layout, offsets: Uint32Array) {
    this.layout = layout;
    this.#bytes = Buffer.from(bytes.subarray(0, length));
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, length);
    this.#offsets = offsets;
  }

  get size(): number {
    return this.#bytes.length + this.#offsets.byteLength;
  }

  /** Reads the samples of `body` into `rows`; false when anything else in it is different. */
  fill({ bytes, view, length }: Body, rows: SampleRows): boolean {
    const own = this.#view;
    const offsets = this.#offsets;
    rows.clear(offsets.length);
    rows.reserve(offsets.length);
    const { times, values } = rows;
    let low = 0;
    let high = 0;
    let timeMs = -1;
    this.oldestMs = Number.POSITIVE_INFINITY;
    this.newestMs = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < offsets.length; row++) {
      const at = offsets[row] ?? 0;
      const nextLow = view.getInt32(at + TIME_AFTER, true);
      const nextHigh = view.getUint16(at + TIME_AFTER + 4, true);
      if (row === 0 || nextLow !== low || nextHigh !== high) {
        low = nextLow;
        high = nextHigh;
        timeMs = sixByteTime(low, high);
        if (timeMs < this.oldestMs) this.oldestMs = timeMs;
        if (timeMs > this.newestMs) this.newestMs = timeMs;
      }
      times[row] = timeMs;
      values[row] = view.getFloat64(at, true);
      own.setBigInt64(at, view.getBigInt64(at, true), true);
      own.setInt32(at + TIME_AFTER, low, true);
      own.setUint16(at + TIME_AFTER + 4, high, true);
    }
    rows.count = offsets.length;
    return this.oldestMs >= 0 && this.#bytes.compare(bytes, 0, length) === 0;
  }
}

/** Bytes that all templates together may still take. */
export interface TemplateBudget {
  left: number;
}

const PER_SENDER = 8;
/** Below, a template saves nothing worth its memory. */
const LEAST_SAMPLES = 8;

/** The templates of one sender, by length: bodies of another length have other labels. */
export class Templates {
  readonly #budget: TemplateBudget;
  readonly #byLength = new Map<number, Template>();
  /** Lengths that found no template lately: one is made when a length comes back. */
  #missed: number[] = [];

  constructor(budget: TemplateBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#byLength.size;
  }

  /** The template `body` follows, its samples read into `rows`; null when there is none. */
  match(body: Body, rows: SampleRows): Template | null {
    const template = this.#byLength.get(keyOf(body));
    return template?.fill(body, rows) === true ? template : null;
  }

  /** `rows` are all of `body`, in order, as `layout` names their series. */
  learn(body: Body, rows: SampleRows, layout: Layout): void {
    const key = keyOf(body);
    const old = this.#byLength.get(key);
    if (!rows.usual || rows.count < LEAST_SAMPLES) return;
    if (old === undefined && !this.#missed.includes(key)) {
      this.#missed = [key, ...this.#missed.slice(0, PER_SENDER - 1)];
      return;
    }
    const template = new Template(body, layout, rows.offsets.slice(0, rows.count));
    if (old !== undefined) this.#drop(key, old);
    else if (this.#byLength.size >= PER_SENDER) this.#dropOldest();
    if (template.size > this.#budget.left) return;
    this.#budget.left -= template.size;
    this.#byLength.set(key, template);
  }

  clear(): void {
    for (const [key, template] of this.#byLength) this.#drop(key, template);
    this.#missed = [];
  }

  #dropOldest(): void {
    for (const [key, template] of this.#byLength) {
      this.#drop(key, template);
      return;
    }
  }

  #drop(key: number, template: Template): void {
    this.#byLength.delete(key);
    this.#budget.left += template.size;
  }
}

function keyOf({ length, version }: Body): number {
  return 2 * length + version - 1;
}
