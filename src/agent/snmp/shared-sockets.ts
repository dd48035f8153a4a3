/**
 * One UDP socket for all devices of an address family. net-snmp opens a socket for every session;
 * given this in place of `node:dgram` its sessions share one, and get only datagrams that come from
 * the address and port they ask, with the number of their question (anything else is nobody's), and
 * that are one whole BER sequence (its decoder would take a cut-off answer for a short one).
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import { elementAt } from '../../shared/ber.ts';

type Family = 'udp4' | 'udp6';
type Sent = (error: Error | null, bytes: number) => void;

const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
const SEQUENCE = 0x30;
const INTEGER = 0x02;

export interface SocketCounts {
  /** Datagrams from an address and port, or with a number, that nobody asks. */
  readonly strangers: number;
  /** Cut off, or no SNMP at all. */
  readonly malformed: number;
  /** Bytes taken in. */
  readonly receivedBytes: number;
}

export interface SharedSockets {
  /** A line of its own for one session; what net-snmp takes for a socket. */
  line(): { readonly line: Line; readonly dgram: { createSocket(family: Family): Line } };
  counts(): SocketCounts;
  close(): void;
}

/** Whether the datagram is exactly one BER sequence. */
export function isWholeSequence(datagram: Buffer): boolean {
  if (datagram.length < 2 || datagram[0] !== SEQUENCE) return false;
  const first = datagram[1] ?? 0;
  if (first < 0x80) return datagram.length === 2 + first;
  const octets = first & 0x7f;
  if (octets === 0 || octets > 4 || datagram.length < 2 + octets) return false;
  return datagram.length === 2 + octets + datagram.readUIntBE(2, octets);
}

const VERSION_3 = 3;

/**
 * The number of a question, which its answer repeats: the request-id of v1 and v2c (in the PDU, after
 * the community), the msgID of v3 (in the header). Null when the datagram is no such message.
 */
export function messageId(datagram: Buffer): number | null {
  const whole = elementAt(datagram, 0);
  const version = whole && elementAt(datagram, whole.start);
  const second = version && elementAt(datagram, version.end);
  if (!version || !second) return null;
  const isV3 = datagram[version.start] === VERSION_3;
  const holder = isV3 ? second : elementAt(datagram, second.end);
  const id = holder && elementAt(datagram, holder.start);
  const length = id ? id.end - id.start : 0;
  if (!id || id.tag !== INTEGER || length < 1 || length > 5) return null;
  return datagram.readIntBE(id.start, length);
}

/** What one session holds. It asks one question at a time. */
export class Line extends EventEmitter {
  readonly #hub: Hub;
  #key = '';
  #family: Family = 'udp4';
  /** Size of the newest answer, in bytes. */
  lastBytes = 0;
  /** Why the newest datagram could not be sent; ''. */
  sendError = '';
  /** The question under way will never be answered. */
  onGarbled: () => void = () => {};

  constructor(hub: Hub) {
    super();
    this.#hub = hub;
  }

  open(family: Family): this {
    this.#family = family;
    return this;
  }

  /** Called as `dgram.Socket.send`. The answer may arrive before the kernel reports it as sent. */
  send(buffer: Buffer, ...[offset, length, port, address, sent]: SendArguments): void {
    const key = keyOf(address, port, messageId(buffer));
    if (key !== this.#key) {
      this.#hub.leave(this.#key, this);
      this.#key = key;
      this.#hub.join(key, this);
    }
    const socket = this.#hub.socket(this.#family);
    socket.send(buffer, offset, length, port, address, (error) => {
      this.sendError = error?.message ?? '';
    });
    sent(null, length);
  }

  /** False: what reads it fell over it; then nobody else tells the asker. */
  deliver(datagram: Buffer): boolean {
    this.lastBytes = datagram.length;
    try {
      this.emit('message', datagram);
      return true;
    } catch {
      this.onGarbled();
      return false;
    }
  }

  close(): void {
    this.#hub.leave(this.#key, this);
    this.emit('close');
  }

  /** Keeping the process alive is not a socket's business here. */
  ref(): void {}
  unref(): void {}
  bind(): void {}
}

type SendArguments = [offset: number, length: number, port: number, address: string, sent: Sent];

const keyOf = (address: string, port: number, id: number | null): string =>
  `${address} ${port} ${id}`;

class Hub {
  readonly #sockets = new Map<Family, Socket>();
  /** By address, port and number of the question under way. */
  readonly #lines = new Map<string, Line>();
  strangers = 0;
  malformed = 0;
  receivedBytes = 0;

  join(key: string, line: Line): void {
    this.#lines.set(key, line);
  }

  leave(key: string, line: Line): void {
    if (this.#lines.get(key) === line) this.#lines.delete(key);
  }

  socket(family: Family): Socket {
    const existing = this.#sockets.get(family);
    if (existing !== undefined) return existing;
    const version = family === 'udp4' ? 4 : 6;
    const socket = createSocket({
      type: family,
      // Sessions are opened with addresses: there is nothing to look up for every datagram.
      lookup: (host, _options, done) => done(null, host, version),
    });
    socket.unref();
    socket.on('message', (datagram, from) => this.#take(datagram, from));
    // Failures to send are told to the sender; nothing else can happen to a UDP socket.
    socket.on('error', () => {});
    socket.bind(0, () => {
      try {
        socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
      } catch {
        // The kernel's own limit stays.
      }
    });
    this.#sockets.set(family, socket);
    return socket;
  }

  #take(datagram: Buffer, { address, port }: RemoteInfo): void {
    if (!isWholeSequence(datagram)) {
      this.malformed++;
      return;
    }
    const line = this.#lines.get(keyOf(address, port, messageId(datagram)));
    if (line === undefined) {
      this.strangers++;
      return;
    }
    this.receivedBytes += datagram.length;
    if (!line.deliver(datagram)) this.malformed++;
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
    this.#lines.clear();
  }
}

export function openSharedSockets(): SharedSockets {
  const hub = new Hub();
  return {
    line: () => {
      const line = new Line(hub);
      return { line, dgram: { createSocket: (family) => line.open(family) } };
    },
    counts: () => {
      const { strangers, malformed, receivedBytes } = hub;
      return { strangers, malformed, receivedBytes };
    },
    close: () => hub.close(),
  };
}
