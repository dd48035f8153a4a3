/**
 * Puts the labels of a 2.0 series together as 1.0 writes them (TimeSeries.labels = 1; Label.name =
 * 1, value = 2), so that both versions share one dictionary of series.
 */
import { varintLength, writeVarint } from '../../shared/remote-write.ts';
import { KEY_BYTES, TAG_LABEL } from './series-keys.ts';
import type { Symbols } from './symbols.ts';
import { malformed, type WireSource } from './wire.ts';

const TAG_NAME = 0x0a;
const TAG_TEXT = 0x12;
/** References of one series: more than any set of labels within the limits. */
const MOST_REFS = 1_024;

export class KeyBuilder {
  /** Texts are copied eight bytes at a time and may run over. */
  readonly bytes = new Uint8Array(KEY_BYTES + 8);
  readonly view = new DataView(this.bytes.buffer);
  /** Above `KEY_BYTES` when the labels did not fit; then `bytes` are not to be used. */
  length = 0;
  readonly #refs = new Uint32Array(MOST_REFS);
  #count = 0;

  clear(): void {
    this.#count = 0;
  }

  ref(symbol: number): void {
    if (this.#count === MOST_REFS) throw malformed(`a series with over ${MOST_REFS} references`);
    this.#refs[this.#count++] = symbol;
  }

  /** Throws `malformed` for references to nothing and for a name without a value. */
  build(source: WireSource, symbols: Symbols): void {
    if (this.#count % 2 === 1) throw malformed('a label name without a value');
    this.length = 0;
    for (let index = 0; index < this.#count; index += 2) {
      const name = this.#refs[index] ?? 0;
      const text = this.#refs[index + 1] ?? 0;
      if (name >= symbols.count || text >= symbols.count) {
        throw malformed('a reference past the symbol table');
      }
      const nameLength = symbols.lengths[name] ?? 0;
      const textLength = symbols.lengths[text] ?? 0;
      const inner =
        2 + varintLength(nameLength) + nameLength + varintLength(textLength) + textLength;
      if (this.length + inner + 6 > KEY_BYTES) {
        this.length = KEY_BYTES + 1;
        return;
      }
      this.bytes[this.length] = TAG_LABEL;
      this.length = writeVarint(this.bytes, this.length + 1, inner);
      this.#text(source, TAG_NAME, { start: symbols.starts[name] ?? 0, length: nameLength });
      this.#text(source, TAG_TEXT, { start: symbols.starts[text] ?? 0, length: textLength });
    }
  }

  /** The decoder's buffer is longer than any body in it, so eight bytes can always be read. */
  #text(source: WireSource, tag: number, { start, length }: { start: number; length: number }) {
    this.bytes[this.length] = tag;
    const at = writeVarint(this.bytes, this.length + 1, length);
    for (let index = 0; index < length; index += 8) {
      this.view.setBigInt64(at + index, source.view.getBigInt64(start + index, true), true);
    }
    this.length = at + length;
  }
}
