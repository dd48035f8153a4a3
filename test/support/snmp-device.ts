/**
 * A device that answers SNMP v1 and v2c over real UDP, from a table in memory: for what no recording
 * does (moving counters, silence, lies) and for a thousand devices at once. Deliberately not built
 * on the library that the agent uses.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

export const TAG = Object.freeze({
  integer: 0x02,
  octets: 0x04,
  nothing: 0x05,
  oid: 0x06,
  sequence: 0x30,
  address: 0x40,
  counter32: 0x41,
  gauge: 0x42,
  ticks: 0x43,
  counter64: 0x46,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
  get: 0xa0,
  next: 0xa1,
  response: 0xa2,
  bulk: 0xa5,
});

export function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

function bytesOf(value: bigint, isSigned: boolean): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.unshift(Number(rest & 0xffn));
    rest >>= 8n;
  } while (rest !== 0n && rest !== -1n);
  if (isSigned && value >= 0n && (bytes[0] ?? 0) >= 0x80) bytes.unshift(0);
  if (isSigned && value < 0n && (bytes[0] ?? 0) < 0x80) bytes.unshift(0xff);
  return Buffer.from(bytes);
}

export function oidBytes(oid: string): Buffer {
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left & 0x7f) | 0x80);
    }
    bytes.push(...groups);
  }
  return Buffer.from(bytes);
}

export function oidOf(bytes: Buffer): string {
  const first = bytes[0] ?? 0;
  const arcs = first < 80 ? [Math.floor(first / 40), first % 40] : [2, first - 80];
  let arc = 0;
  for (const byte of bytes.subarray(1)) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  return arcs.join('.');
}

export const integer = (n: number): Buffer => tlv(TAG.integer, bytesOf(BigInt(n), true));
export const gauge = (n: number): Buffer => tlv(TAG.gauge, bytesOf(BigInt(n), true));
export const counter32 = (n: number): Buffer => tlv(TAG.counter32, bytesOf(BigInt(n), true));
export const counter64 = (n: bigint | number): Buffer =>
  tlv(TAG.counter64, bytesOf(BigInt(n), true));
export const ticks = (n: number): Buffer => tlv(TAG.ticks, bytesOf(BigInt(n), true));
export const text = (value: string | Buffer): Buffer => tlv(TAG.octets, Buffer.from(value));
export const oidValue = (oid: string): Buffer => tlv(TAG.oid, oidBytes(oid));

/** A value, or what makes one each time it is asked for. */
export type SimValue = Buffer | (() => Buffer);

export function compareArcs(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = (left[i] ?? 0) - (right[i] ?? 0);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

export class SimTable {
  readonly oids: readonly string[];
  readonly #heads: readonly Buffer[];
  readonly #values: readonly SimValue[];
  readonly #at = new Map<string, number>();
  /** Of values that never change. */
  readonly #made: (Buffer | undefined)[] = [];

  constructor(rows: Readonly<Record<string, SimValue>>) {
    this.oids = Object.keys(rows).sort(compareArcs);
    const bytes = this.oids.map(oidBytes);
    this.#heads = bytes.map((one) => tlv(TAG.oid, one));
    this.#values = this.oids.map((oid) => rows[oid] as SimValue);
    for (const [i, one] of bytes.entries()) this.#at.set(one.toString('latin1'), i);
  }

  /** -1: no such instance. */
  exact(oid: Buffer): number {
    return this.#at.get(oid.toString('latin1')) ?? -1;
  }

  /** `oids.length`: past the end. */
  after(oid: Buffer): number {
    const exact = this.exact(oid);
    if (exact !== -1) return exact + 1;
    const wanted = oidOf(oid);
    let low = 0;
    let high = this.oids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareArcs(this.oids[middle] ?? '', wanted) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  varbind(at: number): Buffer {
    const made = this.#made[at];
    if (made !== undefined) return made;
    const value = this.#values[at] as SimValue;
    const head = this.#heads[at] as Buffer;
    const content = typeof value === 'function' ? value() : value;
    const varbind = tlv(TAG.sequence, Buffer.concat([head, content]));
    if (typeof value !== 'function') this.#made[at] = varbind;
    return varbind;
  }
}

interface Item {
  readonly tag: number;
  readonly content: Buffer;
}

export function items(buffer: Buffer): Item[] {
  const found: Item[] = [];
  for (let at = 0; at < buffer.length; ) {
    const tag = buffer[at] ?? 0;
    let length = buffer[at + 1] ?? 0;
    at += 2;
    if (length >= 0x80) {
      const octets = length & 0x7f;
      length = buffer.readUIntBE(at, octets);
      at += octets;
    }
    found.push({ tag, content: buffer.subarray(at, at + length) });
    at += length;
  }
  return found;
}

export interface Request {
  readonly version: number;
  readonly community: string;
  readonly kind: number;
  readonly id: Buffer;
  readonly maxRepetitions: number;
  readonly oids: readonly Buffer[];
}

export function parseRequest(datagram: Buffer): Request {
  const [whole] = items(datagram);
  const [version, community, pdu] = items(whole?.content ?? Buffer.alloc(0));
  const [id, , repetitions, list] = items(pdu?.content ?? Buffer.alloc(0));
  return {
    version: version?.content[0] ?? 0,
    community: community?.content.toString('latin1') ?? '',
    kind: pdu?.tag ?? 0,
    id: id?.content ?? Buffer.alloc(0),
    maxRepetitions: repetitions?.content.readUIntBE(0, repetitions.content.length) ?? 0,
    oids: items(list?.content ?? Buffer.alloc(0)).map(
      ({ content }) => items(content)[0]?.content ?? Buffer.alloc(0),
    ),
  };
}

export function response(
  request: Request,
  varbinds: readonly Buffer[],
  error: { readonly status: number; readonly index: number } = { status: 0, index: 0 },
): Buffer {
  const pdu = [
    tlv(TAG.integer, request.id),
    integer(error.status),
    integer(error.index),
    tlv(TAG.sequence, Buffer.concat([...varbinds])),
  ];
  const message = [
    integer(request.version),
    text(request.community),
    tlv(TAG.response, Buffer.concat(pdu)),
  ];
  return tlv(TAG.sequence, Buffer.concat(message));
}

const ANSWER_BYTES_MAX = 1_400;
const NO_SUCH_NAME = 2;

const exception = (oid: Buffer, tag: number): Buffer =>
  tlv(TAG.sequence, Buffer.concat([tlv(TAG.oid, oid), tlv(tag, Buffer.alloc(0))]));

function bulk(table: SimTable, request: Request): Buffer[] {
  const answer: Buffer[] = [];
  const at = request.oids.map((oid) => table.after(oid));
  let size = 0;
  for (let row = 0; row < request.maxRepetitions && size < ANSWER_BYTES_MAX; row++) {
    for (const [i, oid] of request.oids.entries()) {
      const place = at[i] ?? 0;
      const isEnd = place >= table.oids.length;
      const varbind = isEnd ? exception(oid, TAG.endOfMibView) : table.varbind(place);
      at[i] = place + 1;
      size += varbind.length;
      answer.push(varbind);
    }
  }
  return answer;
}

/** What an honest agent answers; it never makes a datagram much larger than an Ethernet frame. */
export function honestAnswer(table: SimTable, request: Request): Buffer {
  if (request.kind === TAG.bulk) return response(request, bulk(table, request));
  const answer: Buffer[] = [];
  for (const [i, oid] of request.oids.entries()) {
    const isGet = request.kind === TAG.get;
    const at = isGet ? table.exact(oid) : table.after(oid);
    const isMissing = at === -1 || at >= table.oids.length;
    if (isMissing && request.version === 0) {
      const nothing = request.oids.map((one) => exception(one, TAG.nothing));
      return response(request, nothing, { status: NO_SUCH_NAME, index: i + 1 });
    }
    const tag = isGet ? TAG.noSuchInstance : TAG.endOfMibView;
    answer.push(isMissing ? exception(oid, tag) : table.varbind(at));
  }
  return response(request, answer);
}

export interface SimDevice {
  readonly port: number;
  readonly requests: readonly Request[];
  /** Answers from another port, as of a stranger. */
  readonly stranger: Socket;
  close(): Promise<void>;
}

/** `answer` gives the datagrams to send back; none for silence. */
export type Answer = (
  request: Request,
  send: (datagram: Buffer) => void,
  device: SimDevice,
  from: RemoteInfo,
) => void;

export function honest(rows: Readonly<Record<string, SimValue>>, community = 'public'): Answer {
  const table = new SimTable(rows);
  return (request, send) => {
    if (request.community === community) send(honestAnswer(table, request));
  };
}

const bound = (socket: Socket, address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.bind(0, address, resolve);
  });

/** Rejects where the host has no such address. */
export async function openSimDevice(answer: Answer, address = '127.0.0.1'): Promise<SimDevice> {
  const family = address.includes(':') ? 'udp6' : 'udp4';
  const socket = createSocket(family);
  const stranger = createSocket(family);
  await Promise.all([bound(socket, address), bound(stranger, address)]);
  const requests: Request[] = [];
  const device: SimDevice = {
    port: socket.address().port,
    requests,
    stranger,
    close: async () => {
      await Promise.all(
        [socket, stranger].map(
          (one) =>
            new Promise<void>((resolve) => {
              one.close(() => resolve());
            }),
        ),
      );
    },
  };
  socket.on('message', (datagram, from) => {
    const request = parseRequest(datagram);
    requests.push(request);
    answer(request, (reply) => socket.send(reply, from.port, from.address), device, from);
  });
  return device;
}
