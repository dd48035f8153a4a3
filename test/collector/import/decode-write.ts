/** A plain reading of stored-snappy and WriteRequest, independent of the code under test. */
export interface DecodedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [timeMs: number, value: number])[];
}

function varint(bytes: Buffer, at: number): [value: number, next: number] {
  let value = 0;
  let factor = 1;
  for (let i = at; ; i++) {
    const byte = bytes[i] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return [value, i + 1];
    factor *= 128;
  }
}

/** Snappy that consists of literals only. */
export function unsnappy(bytes: Buffer): Buffer {
  let [length, at] = varint(bytes, 0);
  const parts: Buffer[] = [];
  while (at < bytes.length) {
    const tag = bytes[at++] ?? 0;
    if ((tag & 3) !== 0) throw new Error('not a literal');
    if (tag >> 2 !== 61) throw new Error('not a literal of two length bytes');
    const size = bytes.readUInt16LE(at) + 1;
    parts.push(bytes.subarray(at + 2, at + 2 + size));
    at += 2 + size;
    length -= size;
  }
  if (length !== 0) throw new Error('the declared length is wrong');
  return Buffer.concat(parts);
}

interface Field {
  readonly number: number;
  readonly bytes: Buffer;
  readonly value: number;
}

function* fields(bytes: Buffer): Generator<Field> {
  let at = 0;
  while (at < bytes.length) {
    let tag: number;
    [tag, at] = varint(bytes, at);
    const number = tag >> 3;
    if ((tag & 7) === 2) {
      let size: number;
      [size, at] = varint(bytes, at);
      yield { number, bytes: bytes.subarray(at, at + size), value: Number.NaN };
      at += size;
    } else if ((tag & 7) === 1) {
      yield { number, bytes: Buffer.alloc(0), value: bytes.readDoubleLE(at) };
      at += 8;
    } else {
      let value: number;
      [value, at] = varint(bytes, at);
      yield { number, bytes: Buffer.alloc(0), value };
    }
  }
  if (at !== bytes.length) throw new Error('a message is cut short');
}

export function decodeWrite(body: Buffer): DecodedSeries[] {
  return [...fields(body)].map((series) => {
    const labels: Record<string, string> = {};
    const samples: [number, number][] = [];
    for (const part of fields(series.bytes)) {
      const inner = [...fields(part.bytes)];
      if (part.number === 1) labels[String(inner[0]?.bytes)] = String(inner[1]?.bytes);
      else samples.push([inner[1]?.value ?? 0, inner[0]?.value ?? 0]);
    }
    return { labels, samples };
  });
}
