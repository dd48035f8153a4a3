/**
 * `io.prometheus.write.v2.Request` of remote write 2.0. Fields: Request.symbols = 4,
 * timeseries = 5; TimeSeries.labels_refs = 1, samples = 2, histograms = 3, exemplars = 4; metadata
 * and unknown fields are skipped. Source: prometheus/prometheus write/v2/types.proto.
 */
import { KeyBuilder } from './key-builder.ts';
import { KEY_BYTES } from './series-keys.ts';
import { Symbols } from './symbols.ts';
import { malformed, type WireReader, type WireSource } from './wire.ts';
import type { DecodeTarget } from './write-v1.ts';

const TAG_SYMBOL = 0x22;
const TAG_SERIES = 0x2a;
const TAG_REFS = 0x0a;
const TAG_REF = 0x08;
const TAG_SAMPLE = 0x12;
const TAG_HISTOGRAM = 0x1a;
const TAG_EXEMPLAR = 0x22;

export class DecoderV2 {
  readonly #symbols = new Symbols();
  readonly #key = new KeyBuilder();

  /** Reads the message `reader` stands on. Throws `malformed`, `too_large`. */
  decode(reader: WireReader, target: DecodeTarget): void {
    const { at, end } = reader;
    this.#readSymbols(reader);
    reader.at = at;
    while (reader.at < end) {
      const tag = reader.varint();
      if (tag !== TAG_SERIES) {
        reader.skip(tag);
        continue;
      }
      const length = reader.length();
      reader.end = reader.at + length;
      this.#decodeSeries(reader, target);
      reader.end = end;
    }
  }

  /** First, because protobuf allows the table to stand behind what refers to it. */
  #readSymbols(reader: WireReader): void {
    const symbols = this.#symbols;
    symbols.clear();
    while (reader.at < reader.end) {
      const tag = reader.varint();
      if (tag === TAG_SYMBOL) symbols.read(reader);
      else reader.skip(tag);
    }
    if (symbols.count > 0 && symbols.lengths[0] !== 0) {
      throw malformed('the first symbol must be empty');
    }
  }

  #decodeSeries(reader: WireReader, target: DecodeTarget): void {
    const { rows, sample } = target;
    this.#key.clear();
    let entry = -1;
    while (reader.at < reader.end) {
      const tag = reader.varint();
      if (tag === TAG_SAMPLE) {
        if (entry < 0) entry = this.#findKey(reader, target);
        sample.read(reader, entry, rows);
      } else if (tag === TAG_REFS || tag === TAG_REF) {
        if (entry >= 0) throw malformed('labels after samples');
        this.#readRefs(reader, tag);
      } else {
        if (tag === TAG_EXEMPLAR) rows.exemplars++;
        else if (tag === TAG_HISTOGRAM) rows.histograms++;
        reader.skip(tag);
      }
    }
  }

  #readRefs(reader: WireReader, tag: number): void {
    const end = tag === TAG_REF ? reader.at + 1 : reader.length() + reader.at;
    while (reader.at < end) this.#key.ref(reader.varint());
    if (tag === TAG_REFS && reader.at > end) throw malformed('it ends inside a reference');
  }

  #findKey(source: WireSource, { keys }: DecodeTarget): number {
    const key = this.#key;
    key.build(source, this.#symbols);
    const guess = key.length <= KEY_BYTES ? keys.guess(key, 0, key.length) : -1;
    return guess >= 0 ? guess : keys.find(key, 0, key.length);
  }
}
