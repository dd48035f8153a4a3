/**
 * Arrays that the next column uses again: columns are encoded one at a time, each without a pause,
 * so an array is free as soon as its column is written. Slots keep arrays of one column apart.
 */
const doubles: Float64Array[] = [];
const words: Uint32Array[] = [];

/** `length` doubles with whatever was in them before. */
export function scratchDoubles(slot: number, length: number): Float64Array {
  let array = doubles[slot];
  if (array === undefined || array.length < length) {
    array = new Float64Array(length * 2);
    doubles[slot] = array;
  }
  return array.subarray(0, length);
}

/** `length` words with whatever was in them before. */
export function scratchWords(slot: number, length: number): Uint32Array {
  let array = words[slot];
  if (array === undefined || array.length < length) {
    array = new Uint32Array(length * 2);
    words[slot] = array;
  }
  return array.subarray(0, length);
}
