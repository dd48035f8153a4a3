/**
 * The lane for write requests, before Node's HTTP: a connection whose requests are plain writes is
 * served here for a third of the CPU time; at the first request that is anything else the
 * connection, with every byte of that request, goes over to Node's server for good.
 */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../shared/clock.ts';
import type { Ingest, IngestResponse } from '../ingest/ingest.ts';
import { SECURITY_HEADERS } from './headers.ts';
import { refuseSocket, SERVER_LIMITS } from './http-server.ts';
import { readWriteHead } from './write-head.ts';

export interface WriteLane {
  /** Takes a new connection; `handOver` gets it when it is none of ours. */
  take(socket: Socket, handOver: (socket: Socket) => void): void;
  /** Idle connections end now, busy ones after their answer. */
  close(): void;
}

export interface WriteLaneOptions {
  readonly ingest: Ingest;
  /** Compressed body limit. */
  readonly bodyBytes: number;
  readonly clock: Clock;
}

const SWEEP_MS = SERVER_LIMITS.connectionsCheckingInterval;
/** A refused sender may still be sending: so long we listen, so that it can read why. */
const LINGER_MS = 5_000;

/** How long a connection may stay in each phase. */
const PATIENCE_MS = Object.freeze({
  head: SERVER_LIMITS.headersTimeout,
  body: SERVER_LIMITS.requestTimeout,
  /** Ingest has its own deadlines; this only catches what must not happen. */
  answer: 120_000,
  idle: SERVER_LIMITS.keepAliveTimeout,
  ending: LINGER_MS,
});

const FIXED = [
  ...Object.entries(SECURITY_HEADERS),
  ['connection', 'keep-alive'],
  ['keep-alive', `timeout=${SERVER_LIMITS.keepAliveTimeout / 1_000}`],
]
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');
const FIXED_CLOSE = FIXED.replace('connection: keep-alive\r\n', 'connection: close\r\n');

function answerText(result: IngestResponse, date: string, close: boolean): string {
  const { status, headers, body } = result;
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\ndate: ${date}\r\n`;
  text += close ? FIXED_CLOSE : FIXED;
  for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
  if (status === 204) return `${text}\r\n`;
  return `${text}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

type Phase = keyof typeof PATIENCE_MS;

/** What the connections of a lane share. */
class Lane implements WriteLane {
  readonly ingest: Ingest;
  readonly bodyBytes: number;
  readonly clock: Clock;
  readonly lines = new Set<Line>();
  closed = false;
  #date = '';
  #dateSecond = 0;
  #sweeping = false;

  constructor({ ingest, bodyBytes, clock }: WriteLaneOptions) {
    this.ingest = ingest;
    this.bodyBytes = bodyBytes;
    this.clock = clock;
  }

  take(socket: Socket, handOver: (socket: Socket) => void): void {
    this.lines.add(new Line(this, socket, handOver));
    this.#sweepLater();
  }

  close(): void {
    this.closed = true;
    for (const line of this.lines) line.closeWhenIdle();
  }

  /** `Mon, 05 Jan 2026 08:00:00 GMT`, made once a second. */
  date(): string {
    const now = this.clock.now();
    const second = Math.floor(now / 1_000);
    if (second !== this.#dateSecond) {
      this.#dateSecond = second;
      this.#date = new Date(now).toUTCString();
    }
    return this.#date;
  }

  #sweepLater(): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    this.clock.after(SWEEP_MS, () => {
      this.#sweeping = false;
      const now = this.clock.monotonic();
      for (const line of this.lines) line.expire(now);
      if (this.lines.size > 0) this.#sweepLater();
    });
  }
}

/** One connection. */
class Line {
  readonly #lane: Lane;
  readonly #socket: Socket;
  readonly #handOver: (socket: Socket) => void;
  #phase: Phase = 'head';
  #sinceMs: number;
  /** Bytes that were read and not used yet: part of a head, or of a request that came early. */
  #early: Buffer | null = null;
  #headers: Readonly<Record<string, string>> = {};
  #body: Buffer[] = [];
  #missing = 0;
  readonly #onData = (chunk: Buffer): void => this.#read(chunk);
  readonly #onEnd = (): void => void this.#socket.end();
  readonly #onClose = (): void => void this.#lane.lines.delete(this);
  readonly #onError = (): void => void this.#socket.destroy();

  constructor(lane: Lane, socket: Socket, handOver: (socket: Socket) => void) {
    this.#lane = lane;
    this.#socket = socket;
    this.#handOver = handOver;
    this.#sinceMs = lane.clock.monotonic();
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onClose);
    socket.on('error', this.#onError);
  }

  expire(nowMs: number): void {
    if (nowMs - this.#sinceMs < PATIENCE_MS[this.#phase]) return;
    if (this.#phase === 'head' || this.#phase === 'body') {
      this.#enter('ending');
      refuseSocket(this.#socket, 408);
    } else {
      this.#socket.destroy();
    }
  }

  closeWhenIdle(): void {
    if (this.#phase === 'idle' || (this.#phase === 'head' && this.#early === null)) {
      this.#socket.destroy();
    }
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#sinceMs = this.#lane.clock.monotonic();
  }

  #read(chunk: Buffer): void {
    if (this.#phase === 'body') this.#readBody(chunk);
    else if (this.#phase === 'idle' || this.#phase === 'head') this.#readHead(chunk);
    else if (this.#phase === 'answer') {
      // A next request before the answer: it waits its turn, and the sender with it.
      this.#early = this.#early === null ? chunk : Buffer.concat([this.#early, chunk]);
      this.#socket.pause();
    }
  }

  #readHead(chunk: Buffer): void {
    const bytes = this.#early === null ? chunk : Buffer.concat([this.#early, chunk]);
    this.#early = null;
    if (this.#phase === 'idle') this.#enter('head');
    const head = readWriteHead(bytes);
    if (head.kind === 'more') {
      this.#early = bytes;
      return;
    }
    if (head.kind === 'other') {
      this.#leave(bytes);
      return;
    }
    const refusal = this.#lane.ingest.precheck(head.headers, this.#from);
    if (refusal !== null || head.bodyBytes > this.#lane.bodyBytes) {
      if (refusal === null) this.#leave(bytes);
      else this.#refuse(refusal);
      return;
    }
    this.#headers = head.headers;
    this.#missing = head.bodyBytes;
    this.#enter('body');
    this.#readBody(bytes.subarray(head.headBytes));
  }

  #readBody(chunk: Buffer): void {
    if (chunk.length < this.#missing) {
      if (chunk.length > 0) this.#body.push(chunk);
      this.#missing -= chunk.length;
      return;
    }
    const last = chunk.subarray(0, this.#missing);
    if (chunk.length > this.#missing) this.#early = chunk.subarray(this.#missing);
    const body = this.#body.length === 0 ? last : Buffer.concat([...this.#body, last]);
    this.#body = [];
    this.#enter('answer');
    const { ingest } = this.#lane;
    ingest.receive({ headers: this.#headers, body, from: this.#from }).then(
      (result) => this.#answer(result),
      // `receive` never rejects; if it does, the sender must not take silence for a receipt.
      () => this.#socket.destroy(),
    );
  }

  #answer(result: IngestResponse): void {
    if (this.#socket.destroyed) return;
    const { closed } = this.#lane;
    // A receipt is ASCII, which is written without encoding; a refusal may name anything.
    const encoding = result.body === '' ? 'latin1' : 'utf8';
    this.#socket.write(answerText(result, this.#lane.date(), closed), encoding);
    if (closed) {
      this.#enter('ending');
      this.#socket.end();
      return;
    }
    this.#enter('idle');
    if (this.#early === null) return;
    const early = this.#early;
    this.#early = null;
    this.#socket.resume();
    this.#readHead(early);
  }

  /** The body is not read: an honest sender comes back on a new connection. */
  #refuse(refusal: IngestResponse): void {
    this.#enter('ending');
    this.#socket.end(answerText(refusal, this.#lane.date(), true));
  }

  #leave(bytes: Buffer): void {
    const socket = this.#socket;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('close', this.#onClose);
    socket.off('error', this.#onError);
    this.#lane.lines.delete(this);
    socket.pause();
    socket.unshift(bytes);
    this.#handOver(socket);
    socket.resume();
  }

  get #from(): string {
    return this.#socket.remoteAddress ?? 'socket';
  }
}

export function openWriteLane(options: WriteLaneOptions): WriteLane {
  return new Lane(options);
}
