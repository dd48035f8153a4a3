/**
 * Node's HTTP server with the limits of S10: a slow or greedy peer costs a bounded number of
 * sockets for a bounded time, and every answer (also to bytes that are not HTTP) has our headers.
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Socket } from 'node:net';
import { refusedAnswer } from './failures.ts';
import { SECURITY_HEADERS } from './headers.ts';

export const SERVER_LIMITS = Object.freeze({
  headersTimeout: 15_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 60_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
});

export interface ConnectionLimits {
  readonly total: number;
  /** Loopback is not counted: proxies and exporters on this host share one address. */
  readonly perAddress: number;
}

export interface ConnectionCounts {
  open: number;
  refused: number;
}

const STATUS_OF: Readonly<Record<string, number>> = Object.freeze({
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
});

/** The last words to a peer whose request could not be parsed or did not arrive in time. */
export function refuseSocket(socket: Socket, status: number): void {
  const { body } = refusedAnswer(status);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Bad Request'}`,
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else refuseSocket(socket, STATUS_OF[error.code ?? ''] ?? 400);
}

const LOOPBACK = /^(::1|(::ffff:)?127\.)/;

function countConnections(
  server: Server,
  limits: ConnectionLimits,
  counts: ConnectionCounts,
): void {
  const perAddress = new Map<string, number>();
  server.maxConnections = limits.total;
  server.on('drop', () => {
    counts.refused++;
  });
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    const open = perAddress.get(address) ?? 0;
    if (open >= limits.perAddress && !LOOPBACK.test(address)) {
      counts.refused++;
      socket.destroy();
      return;
    }
    perAddress.set(address, open + 1);
    counts.open++;
    socket.once('close', () => {
      counts.open--;
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
    });
  });
}

/** Puts `take` before Node's own handling of connections: it may serve one, or hand it over. */
export function interceptConnections(
  server: Server,
  take: (socket: Socket, handOver: (socket: Socket) => void) => void,
): void {
  const [node, ...ours] = server.listeners('connection');
  server.removeAllListeners('connection');
  // Counting comes first: it may have turned the connection away.
  for (const listener of ours) server.on('connection', listener as (socket: Socket) => void);
  server.on('connection', (socket: Socket) => {
    if (!socket.destroyed) take(socket, (handed) => void node?.call(server, handed));
  });
}

export function makeHttpServer(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  limits: ConnectionLimits,
): { readonly server: Server; readonly counts: ConnectionCounts } {
  const server = createServer({ ...SERVER_LIMITS, keepAlive: true, noDelay: true }, handler);
  const counts: ConnectionCounts = { open: 0, refused: 0 };
  countConnections(server, limits, counts);
  server.on('clientError', (error, socket) => onClientError(error, socket as Socket));
  return { server, counts };
}
