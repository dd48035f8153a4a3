/** The web room put together: one fastify app behind two doors, TCP and the control socket. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { InjectOptions } from 'fastify';
import { Failure } from '../../shared/errors.ts';
import { makeApp } from './app.ts';
import { interceptConnections, makeHttpServer } from './http-server.ts';
import type { Web, WebDoors, WebSettings } from './web.ts';
import { openWriteLane } from './write-lane.ts';
import { handleWrite, isWrite } from './write-path.ts';

/** Requests inside the process prove it with a secret that never leaves it. */
const LOCAL_HEADER = 'x-watchkeeper-local';

/** Waits at most this long for open requests at the end. */
const CLOSE_GRACE_MS = 5_000;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export async function createWeb(doors: WebDoors, settings: () => WebSettings): Promise<Web> {
  const secret = randomBytes(32).toString('hex');
  const { connections, connectionsPerAddress, bodyBytes } = settings();
  const limits = { total: connections, perAddress: connectionsPerAddress };
  const localSockets = new Set<object>();
  const isLocal = (request: IncomingMessage): boolean =>
    localSockets.has(request.socket) || request.headers[LOCAL_HEADER] === secret;
  const around =
    (next: Handler): Handler =>
    (request, response) => {
      if (isWrite(request)) handleWrite(doors.ingest, bodyBytes, { request, response });
      else next(request, response);
    };
  const lane = openWriteLane({ ingest: doors.ingest, bodyBytes, clock: doors.clock });
  let tcp: ReturnType<typeof makeHttpServer> | undefined;
  const app = await makeApp(doors, settings, {
    isLocal,
    serverFactory: (handler) => {
      tcp = makeHttpServer(around(handler), limits);
      interceptConnections(tcp.server, (socket, handOver) => lane.take(socket, handOver));
      return tcp.server;
    },
    connections: () => tcp?.counts ?? { open: 0, refused: 0 },
  });
  const local = openLocal(around(app.routing), localSockets as Set<Socket>);

  return {
    local: (request: InjectOptions) =>
      app.inject({ ...request, headers: { ...request.headers, [LOCAL_HEADER]: secret } }),
    remote: (request: InjectOptions) => app.inject(request),
    listen: async (host, port) => {
      await app.listen({ host, port }).catch((error) => {
        throw listenFailure(error, `${host}:${port}`);
      });
      const address = app.server.address() as AddressInfo;
      const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
      return { url: `http://${name}:${address.port}` };
    },
    takeLocal: local.take,
    close: async () => {
      const grace = doors.clock.after(CLOSE_GRACE_MS, () => {
        app.server.closeAllConnections();
        local.destroyAll();
      });
      lane.close();
      await Promise.all([app.close(), local.finish()]);
      grace.cancel();
    },
  };
}

/** HTTP over connections that somebody else accepted: the control socket's. */
function openLocal(handler: Handler, sockets: Set<Socket>) {
  let running = 0;
  let finished = (): void => {};
  const { server } = makeHttpServer(
    (request, response) => {
      running++;
      response.once('close', () => {
        running--;
        if (running === 0) finished();
      });
      handler(request, response);
    },
    { total: Number.POSITIVE_INFINITY, perAddress: Number.POSITIVE_INFINITY },
  );
  const destroyAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    take: (socket: Socket): void => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      server.emit('connection', socket);
    },
    destroyAll,
    /** Resolves when no request is under way; then nothing is left open. */
    finish: async (): Promise<void> => {
      if (running > 0) await new Promise<void>((resolve) => (finished = resolve));
      destroyAll();
    },
  };
}

function listenFailure(error: NodeJS.ErrnoException, where: string): Failure {
  const hints: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another program listens there: stop it, or choose another address with --listen',
    EACCES: 'choose a port above 1023, or allow this user to bind it',
    EADDRNOTAVAIL: 'this host has no such address: choose one it has, or 127.0.0.1',
  };
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'the port is taken',
    EACCES: 'permission denied',
    EADDRNOTAVAIL: 'the address is not available',
  };
  const code = error.code ?? '';
  return new Failure('unavailable', `cannot listen on ${where}: ${reasons[code] ?? code}`, {
    hint: hints[code] ?? 'check the address given with --listen',
    cause: error,
  });
}
