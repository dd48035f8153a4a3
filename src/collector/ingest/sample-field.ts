/**
 * A Sample message, the same in both versions: value = 1 (fixed64), timestamp = 2 (int64); others
 * (2.0's start timestamp) are skipped. Every field may be missing (proto3 leaves zeros out).
 */
import type { SampleRows } from './sample-rows.ts';
import type { WireReader } from './wire.ts';

const TAG_VALUE = 0x09;
const TAG_TIME = 0x10;
/** Tag, eight bytes, tag, six bytes: a value and any time from 1971 to 2109. */
const USUAL_LENGTH = 16;
/** The bits that say "more follows": set in the first five bytes, not in the sixth. */
const MORE_LOW = 0x80808080 | 0;
const MORE_HIGH = 0x0080;
const MORE_IN_LAST = 0x8080;

/** From a value to the time behind it: eight bytes and a tag. */
export const TIME_AFTER = 9;

export class SampleField {
  /** The last six-byte time by its bytes: most samples of a request share theirs. */
  #low = MORE_LOW;
  #high = MORE_HIGH;
  #timeMs = 0;

  /** Reads the sample at the reader, its tag already read, into `rows`. */
  read(reader: WireReader, entry: number, rows: SampleRows): void {
    const { bytes, view, at } = reader;
    if (
      bytes[at] !== USUAL_LENGTH ||
      at + 1 + USUAL_LENGTH > reader.end ||
      bytes[at + 1] !== TAG_VALUE ||
      bytes[at + 1 + TIME_AFTER] !== TAG_TIME
    ) {
      this.#readAny(reader, entry, rows);
      return;
    }
    const low = view.getInt32(at + 2 + TIME_AFTER, true);
    const high = view.getUint16(at + 6 + TIME_AFTER, true);
    if (low !== this.#low || high !== this.#high) {
      const timeMs = sixByteTime(low, high);
      if (timeMs < 0) {
        this.#readAny(reader, entry, rows);
        return;
      }
      this.#low = low;
      this.#high = high;
      this.#timeMs = timeMs;
    }
    reader.at = at + 1 + USUAL_LENGTH;
    rows.push(entry, this.#timeMs, view.getFloat64(at + 2, true));
    rows.offsets[rows.count - 1] = at + 2;
  }

  #readAny(reader: WireReader, entry: number, rows: SampleRows): void {
    const outer = reader.end;
    const length = reader.length();
    reader.end = reader.at + length;
    let timeMs = 0;
    let value = 0;
    while (reader.at < reader.end) {
      const tag = reader.varint();
      if (tag === TAG_VALUE) value = reader.fixed64();
      else if (tag === TAG_TIME) timeMs = reader.int64();
      else reader.skip(tag);
    }
    reader.end = outer;
    rows.push(entry, timeMs, value);
    rows.usual = false;
  }
}

/** The varint of exactly six bytes that begins with `low`; -1 when these bytes are none. */
export function sixByteTime(low: number, high: number): number {
  if ((low & MORE_LOW) !== MORE_LOW || (high & MORE_IN_LAST) !== MORE_HIGH) return -1;
  const lowest =
    (low & 0x7f) | ((low >>> 1) & 0x3f80) | ((low >>> 2) & 0x1fc000) | ((low >>> 3) & 0xfe00000);
  return lowest + ((high & 0x7f) + ((high >>> 8) & 0x7f) * 128) * 2 ** 28;
}
