/** From a host name to a connection: resolve once, check every address, connect to a checked one. */
import { connect, isIP, type Socket } from 'node:net';
import { checkedAddresses } from '../../shared/address-policy.ts';
import { Failure, messageOf } from '../../shared/errors.ts';
import { type Look, within } from './look.ts';
import { ProbeFailure, type Reason } from './reasons.ts';

export interface Place {
  readonly host: string;
  readonly port: number;
  /** Undefined: whichever the name has first. */
  readonly ip?: 4 | 6 | undefined;
}

/** The address to connect to. Throws `ProbeFailure`. */
export function resolvePlace({ host, port, ip }: Place, look: Look): Promise<string> {
  const { trace, signal, policy, resolve } = look;
  return trace.phase('resolve', async () => {
    const startMs = look.clock.monotonic();
    try {
      const found = await within(signal, checkedAddresses(host, { policy, resolve, port }));
      const address = found.find((each) => ip === undefined || isIP(each) === ip);
      if (address === undefined) {
        throw new ProbeFailure('name_not_resolved', `${host} has no IPv${ip} address`);
      }
      trace.figure('probe_ip_protocol', isIP(address));
      return address;
    } catch (error) {
      throw resolveFailure(error);
    } finally {
      trace.add('probe_dns_lookup_time_seconds', (look.clock.monotonic() - startMs) / 1_000);
    }
  });
}

function resolveFailure(error: unknown): unknown {
  if (!(error instanceof Failure)) return error;
  const reason = error.code === 'forbidden' ? 'address_not_allowed' : 'name_not_resolved';
  return new ProbeFailure(reason, error.message);
}

/** A connected socket; whoever gets it destroys it. It destroys itself when the time is over. */
export async function connectPlace(place: Place, look: Look): Promise<Socket> {
  const address = await resolvePlace(place, look);
  return look.trace.phase('connect', () => connectAddress(address, place.port, look));
}

function connectAddress(address: string, port: number, { signal }: Look): Promise<Socket> {
  const socket = connect({ host: address, port, signal });
  // After the connection is made its user hears of errors by the end of what it waits for.
  socket.on('error', () => {});
  const connected = new Promise<Socket>((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => reject(connectionFailure(error, `${address} port ${port}`)));
  });
  return within(signal, connected);
}

const BY_CODE: Readonly<Record<string, Reason>> = Object.freeze({
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EACCES: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
});

export function connectionFailure(error: Error, where: string): ProbeFailure {
  const code = 'code' in error ? String(error.code) : '';
  const reason = BY_CODE[code] ?? 'connection_failed';
  return new ProbeFailure(reason, `${where}: ${messageOf(error)}`);
}
