/** The symbol table of a 2.0 request: where each text lies in the body. Nothing is copied. */
import { Failure } from '../../shared/errors.ts';
import type { WireReader } from './wire.ts';

/** Far more than a batch within the sample limit needs. */
const MOST_SYMBOLS = 200_000;

export class Symbols {
  count = 0;
  starts = new Uint32Array(1_024);
  lengths = new Uint32Array(1_024);

  clear(): void {
    this.count = 0;
  }

  /** Reads the text at the reader, its tag already read. Throws `malformed`, `too_large`. */
  read(reader: WireReader): void {
    if (this.count === this.starts.length) this.#grow();
    const length = reader.length();
    this.starts[this.count] = reader.at;
    this.lengths[this.count] = length;
    this.count++;
    reader.at += length;
  }

  #grow(): void {
    if (this.count >= MOST_SYMBOLS) {
      throw new Failure('too_large', `the request holds more than ${MOST_SYMBOLS} symbols`, {
        hint: 'send smaller batches',
      });
    }
    const { starts, lengths } = this;
    this.starts = new Uint32Array(starts.length * 2);
    this.starts.set(starts);
    this.lengths = new Uint32Array(lengths.length * 2);
    this.lengths.set(lengths);
  }
}
