/** Reads a remote-write 1.0 body back, for tests of senders. */
import { uncompressSync } from 'snappy';

export interface WrittenSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly timeMs: number;
  readonly value: number;
}

class Reader {
  at = 0;
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let power = 1; ; power *= 128) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * power;
      if (byte < 0x80) return value;
    }
  }

  part(): Buffer {
    const length = this.varint();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  double(): number {
    this.at += 8;
    return this.bytes.readDoubleLE(this.at - 8);
  }
}

function readLabel(bytes: Buffer): [string, string] {
  const reader = new Reader(bytes);
  const found = ['', ''] as [string, string];
  while (!reader.done) found[reader.varint() >> 3 === 1 ? 0 : 1] = reader.part().toString();
  return found;
}

function readSample(bytes: Buffer): { timeMs: number; value: number } {
  const reader = new Reader(bytes);
  const found = { timeMs: 0, value: 0 };
  while (!reader.done) {
    if (reader.varint() >> 3 === 1) found.value = reader.double();
    else found.timeMs = reader.varint();
  }
  return found;
}

export function decodeWrite(body: Uint8Array): WrittenSample[] {
  const request = new Reader(uncompressSync(Buffer.from(body)) as Buffer);
  const written: WrittenSample[] = [];
  while (!request.done) {
    request.varint();
    const series = new Reader(request.part());
    const labels: Record<string, string> = {};
    const samples: { timeMs: number; value: number }[] = [];
    while (!series.done) {
      const field = series.varint() >> 3;
      const part = series.part();
      if (field === 2) samples.push(readSample(part));
      else {
        const [name, value] = readLabel(part);
        labels[name] = value;
      }
    }
    for (const sample of samples) written.push({ labels, ...sample });
  }
  return written;
}
