/** A name server on loopback that says what the test wants: RFC 1035 over UDP, as far as needed. */
import { createSocket, type Socket } from 'node:dgram';

export interface Answer {
  readonly type: 'A' | 'AAAA' | 'TXT' | 'MX' | 'SOA' | 'CNAME' | 'SRV' | 'PTR' | 'NS' | 'CAA';
  readonly data: Buffer;
}

export interface DnsServer {
  readonly port: number;
  /** Questions so far, as `TYPE name`. */
  readonly asked: string[];
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  CAA: 257,
};

export const nameOf = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.of(0),
  ]);

const uint16 = (value: number): Buffer => Buffer.of(value >> 8, value & 255);
const uint32 = (value: number): Buffer =>
  Buffer.concat([uint16(value >>> 16), uint16(value & 65_535)]);

export const a = (address: string): Answer => ({
  type: 'A',
  data: Buffer.from(address.split('.').map(Number)),
});
export const aaaa = (last: number): Answer => ({
  type: 'AAAA',
  data: Buffer.concat([Buffer.alloc(15), Buffer.of(last)]),
});
export const txt = (...parts: string[]): Answer => ({
  type: 'TXT',
  data: Buffer.concat(parts.map((part) => Buffer.from([part.length, ...Buffer.from(part)]))),
});
export const mx = (priority: number, name: string): Answer => ({
  type: 'MX',
  data: Buffer.concat([uint16(priority), nameOf(name)]),
});
export const named = (type: 'CNAME' | 'PTR' | 'NS', name: string): Answer => ({
  type,
  data: nameOf(name),
});
export const srv = (priority: number, port: number, name: string): Answer => ({
  type: 'SRV',
  data: Buffer.concat([uint16(priority), uint16(0), uint16(port), nameOf(name)]),
});
export const caa = (tag: string, value: string): Answer => ({
  type: 'CAA',
  data: Buffer.concat([Buffer.of(0, tag.length), Buffer.from(tag), Buffer.from(value)]),
});
export const soa = (serial: number): Answer => ({
  type: 'SOA',
  data: Buffer.concat([
    nameOf('ns.example'),
    nameOf('admin.example'),
    ...[serial, 3_600, 600, 86_400, 60].map(uint32),
  ]),
});

/** What to answer: records, a response code (3: no such name), or null for silence. */
export type Reply = (question: string, count: number) => readonly Answer[] | number | null;

function readName(message: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  while ((message[at] ?? 0) !== 0) {
    const length = message[at] ?? 0;
    labels.push(message.subarray(at + 1, at + 1 + length).toString());
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}

function respond(message: Buffer, replied: readonly Answer[] | number): Buffer {
  const { end } = readName(message);
  const answers = typeof replied === 'number' ? [] : replied;
  const code = typeof replied === 'number' ? replied : 0;
  const header = Buffer.concat([
    message.subarray(0, 2),
    uint16(0x8180 | code),
    ...[1, answers.length, 0, 0].map(uint16),
  ]);
  const records = answers.map(({ type, data }) =>
    Buffer.concat([
      Buffer.of(0xc0, 12),
      uint16(TYPES[type] ?? 1),
      ...[uint16(1), uint32(0), uint16(data.length), data],
    ]),
  );
  return Buffer.concat([header, message.subarray(12, end + 4), ...records]);
}

export async function dnsServer(reply: Reply): Promise<DnsServer> {
  const socket: Socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (message, from) => {
    const { name, end } = readName(message);
    const type = Object.keys(TYPES).find((each) => TYPES[each] === message.readUInt16BE(end));
    const question = `${type} ${name}`;
    asked.push(question);
    const replied = reply(question, asked.length);
    if (replied !== null) socket.send(respond(message, replied), from.port, from.address);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  return {
    port: socket.address().port,
    asked,
    close: () => new Promise<void>((done) => socket.close(() => done())),
  };
}
