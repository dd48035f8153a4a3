/**
 * One agent per data directory: two would tear each other's spool apart. The claim is an abstract
 * socket (a named pipe on Windows), which the system takes back when the process ends, however it
 * ends; elsewhere there is no claim.
 */
import { statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { Failure } from '../shared/errors.ts';

export interface Claim {
  release(): void;
}

/** The directory's own number, so that two paths to one directory are one claim. */
function addressOf(directory: string, platform: NodeJS.Platform): string | null {
  const { dev, ino } = statSync(directory, { bigint: true });
  const name = `watchkeeper-agent-${dev}-${ino}`;
  if (platform === 'linux') return `\0${name}`;
  return platform === 'win32' ? `\\\\.\\pipe\\${name}` : null;
}

/** The directory must exist. Throws `conflict` when another agent works on it. */
export async function claimDirectory(
  directory: string,
  platform: NodeJS.Platform = process.platform,
): Promise<Claim> {
  const address = addressOf(directory, platform);
  if (address === null) return { release: () => {} };
  const server = await new Promise<Server>((resolve, reject) => {
    const socket = createServer((connection) => connection.destroy());
    socket.once('listening', () => resolve(socket.unref()));
    socket.once('error', (cause) =>
      reject(
        new Failure('conflict', `another agent works on ${directory}`, {
          hint: 'stop it, or give each its own directory with --data',
          cause,
        }),
      ),
    );
    socket.listen(address);
  });
  return { release: () => void server.close() };
}
