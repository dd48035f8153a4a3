/** A request body → rows ready for the store, in memory that is used again for the next one. */
import { LIMITS } from '../../shared/sample.ts';
import type { Store } from '../store/store.ts';
import { type Layout, Layouts } from './layouts.ts';
import type { WriteVersion } from './media.ts';
import type { Refusals } from './refusals.ts';
import { SampleField } from './sample-field.ts';
import { SampleRows } from './sample-rows.ts';
import { SAMPLES_PER_REQUEST, type Sender, type Senders } from './senders.ts';
import { type NewSeries, type Ownership, Settlement } from './settlement.ts';
import { SnappyDecoder } from './snappy.ts';
import type { Body } from './templates.ts';
import type { TimeRule } from './time-rule.ts';
import { WireReader } from './wire.ts';
import { decodeV1 } from './write-v1.ts';
import { DecoderV2 } from './write-v2.ts';

/** What one request holds. `times` and `values` are valid until the next `read`. */
export interface Reading {
  readonly layout: Layout;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly samples: number;
  readonly restamped: number;
  readonly histograms: number;
  readonly exemplars: number;
  /** Null when everything was accepted. */
  readonly refusals: Refusals | null;
  readonly fresh: readonly NewSeries[];
}

type Kept = Pick<Settlement, 'restamped' | 'refusals' | 'fresh'>;
const ALL_KEPT: Kept = Object.freeze({ restamped: 0, refusals: null, fresh: [] });

export class BodyReader {
  /** Requests read by a template, and the others. */
  templateHits = 0;
  templateMisses = 0;
  readonly #layouts = new Layouts();
  readonly #store: Store;
  readonly #senders: Senders;
  readonly #owns: Ownership;
  readonly #snappy = new SnappyDecoder();
  readonly #wire = new WireReader();
  readonly #v2 = new DecoderV2();
  readonly #rows = new SampleRows();
  readonly #sample = new SampleField();
  readonly #settlement = new Settlement();
  #generation = -1;

  constructor(store: Store, senders: Senders, owns: Ownership) {
    this.#store = store;
    this.#senders = senders;
    this.#owns = owns;
  }

  /** Throws `malformed`, `too_large` and `forbidden`; then nothing of the request counts. */
  read(
    block: Uint8Array,
    { sender, version, rule }: { sender: Sender; version: WriteVersion; rule: TimeRule },
  ): Reading {
    if (this.#store.generation !== this.#generation) this.#startAnew();
    const length = this.#snappy.decode(block, LIMITS.decodedBytes);
    const { bytes, view } = this.#snappy;
    const body: Body = { bytes, view, length, version };
    const template = sender.templates.match(body, this.#rows);
    if (
      template !== null &&
      template.oldestMs >= rule.pastMs &&
      template.newestMs <= rule.futureMs
    ) {
      this.templateHits++;
      return this.#reading(template.layout, ALL_KEPT);
    }
    this.templateMisses++;
    const knownBytes = sender.keys.usedBytes;
    try {
      return this.#readAnew(body, sender, rule);
    } finally {
      const addedBytes = sender.keys.usedBytes - knownBytes;
      if (addedBytes > 0) this.#senders.grew(sender, addedBytes);
    }
  }

  #readAnew(body: Body, sender: Sender, rule: TimeRule): Reading {
    const rows = this.#rows;
    rows.clear(SAMPLES_PER_REQUEST[sender.principal.kind]);
    this.#wire.open(body, body.length);
    const target = { keys: sender.keys, rows, sample: this.#sample };
    if (body.version === 1) decodeV1(this.#wire, target);
    else this.#v2.decode(this.#wire, target);
    const settlement = this.#settlement;
    settlement.settle(rows, sender, { store: this.#store, owns: this.#owns, rule });
    const series = settlement.series.subarray(0, rows.count);
    const layout = this.#layouts.of(this.#store, series, settlement.hash);
    const complete = settlement.refusals === null && rows.histograms + rows.exemplars === 0;
    if (complete) sender.templates.learn(body, rows, layout);
    return this.#reading(layout, settlement);
  }

  #reading(layout: Layout, { restamped, refusals, fresh }: Kept): Reading {
    const { times, values, count, histograms, exemplars } = this.#rows;
    return {
      layout,
      times: times.subarray(0, count),
      values: values.subarray(0, count),
      samples: count,
      restamped,
      histograms,
      exemplars,
      refusals,
      fresh,
    };
  }

  /** Series were removed, so their numbers may come again with another meaning. */
  #startAnew(): void {
    this.#senders.forgetAll();
    this.#layouts.clear();
    this.#generation = this.#store.generation;
  }
}
