/** Writes a column and reads it back. */
import { ByteReader, ByteWriter } from '../../../../src/collector/store/block-codec/bytes.ts';
import {
  decodeDoubles,
  encodeDoubles,
} from '../../../../src/collector/store/block-codec/double-column.ts';
import {
  type ColumnReader,
  type ColumnWriter,
  decodeInts,
  encodeInts,
} from '../../../../src/collector/store/block-codec/int-column.ts';

export interface Written<Values> {
  readonly values: Values;
  /** Uncompressed: parameters and dictionary, and planes. */
  readonly headBytes: number;
  readonly planeBytes: number;
}

function writer(thorough: boolean): ColumnWriter {
  return { head: new ByteWriter(), planes: new ByteWriter(), thorough };
}

/** Reads what was written, and says so if bytes are left over. */
function readBack<Values>(
  { head, planes }: ColumnWriter,
  read: (input: ColumnReader) => Values,
): Written<Values> {
  const input = { head: new ByteReader(head.view()), planes: new ByteReader(planes.view()) };
  const values = read(input);
  if (input.head.position !== head.length || input.planes.position !== planes.length) {
    throw new Error('bytes are left over');
  }
  return { values, headBytes: head.length, planeBytes: planes.length };
}

export function roundTripInts(ints: Float64Array, thorough = true): Written<Float64Array> {
  const out = writer(thorough);
  encodeInts(ints, out);
  return readBack(out, (input) => decodeInts(ints.length, input));
}

export function roundTripDoubles(values: Float64Array, thorough = true): Written<Float64Array> {
  const out = writer(thorough);
  encodeDoubles(values, out);
  return readBack(out, (input) => decodeDoubles(values.length, input));
}
