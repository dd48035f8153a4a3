/**
 * The data directory and its control socket. The socket is also the lock: whoever answers on it
 * works on the directory, everybody else asks it. It is taken before anything is opened.
 */
import { accessSync, chmodSync, constants, existsSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { makeDirectory } from '../shared/directory.ts';
import { Failure, messageOf } from '../shared/errors.ts';

/** Linux refuses longer paths of Unix sockets (108 bytes with the terminating NUL). */
const SOCKET_PATH_BYTES = 107;

export interface ControlSocket {
  /** From now on `take` gets every connection, also those that came before. */
  serve(take: (socket: Socket) => void): void;
  /** Stops accepting and removes the socket. */
  close(): void;
}

export function socketPath(directory: string): string {
  return join(directory, 'collector.sock');
}

/** True when a process answers on the directory's socket. */
export function isClaimed(directory: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection({ path: socketPath(directory) });
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

/** Makes the directory if need be. Throws `io` when it cannot be written. */
export function prepareDirectory(directory: string): void {
  try {
    makeDirectory(directory);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Failure(
      'io',
      `cannot write to the data directory ${directory}: ${messageOf(error)}`,
      {
        hint: 'give a directory this user may write to with --data',
        cause: error,
      },
    );
  }
}

/** For verbs that look at existing data. Throws `not_found`. */
export function requireDirectory(directory: string): void {
  if (existsSync(join(directory, 'samples.db'))) return;
  throw new Failure('not_found', `there is no collector data in ${directory}`, {
    hint: 'give the data directory of the collector with --data',
  });
}

function bind(path: string, waiting: Socket[]): Promise<Server> {
  return new Promise((resolve, reject) => {
    // Paused: bytes that arrive before anybody listens stay in the kernel.
    const server = createServer({ pauseOnConnect: true }, (socket) => waiting.push(socket));
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

async function bindOrReplace(directory: string, waiting: Socket[]): Promise<Server> {
  const path = socketPath(directory);
  try {
    return await bind(path, waiting);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (await isClaimed(directory)) {
      throw new Failure('conflict', `another collector works on ${directory}`, {
        hint: 'stop it first, or give this one its own directory with --data',
      });
    }
    // The process that made it is gone.
    rmSync(path, { force: true });
    return await bind(path, waiting);
  }
}

/** Throws `conflict` when another process has the directory, `usage` when its path is too long. */
export async function claimDirectory(directory: string): Promise<ControlSocket> {
  const path = socketPath(directory);
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES) {
    throw new Failure('usage', `the path of the control socket is too long: ${path}`, {
      hint: `choose a data directory whose path has at most ${SOCKET_PATH_BYTES - 15} bytes`,
    });
  }
  const waiting: Socket[] = [];
  const server = await bindOrReplace(directory, waiting);
  chmodSync(path, 0o600);
  return {
    serve: (take) => {
      const pass = (socket: Socket): void => {
        take(socket);
        socket.resume();
      };
      server.removeAllListeners('connection');
      server.on('connection', pass);
      for (const socket of waiting.splice(0)) pass(socket);
    },
    close: () => {
      server.close();
      for (const socket of waiting.splice(0)) socket.destroy();
    },
  };
}
