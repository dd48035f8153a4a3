/**
 * What is there when a device stays silent. The question of RFC 3414, 4 (which engine are you?) needs
 * no credential, and every agent that knows SNMPv3 answers it; a closed port is reported by the host.
 */
import { createSocket } from 'node:dgram';
import type { Clock } from '../../shared/clock.ts';
import type { Credential } from './protocols.ts';
import { SnmpTrouble } from './session.ts';

export type Presence = 'agent' | 'closed' | 'no_route' | 'nothing';

/** A message of version 3 without user and engine, with an empty GET. */
const WHO_ARE_YOU = Buffer.from(
  [
    '303e 020103',
    '3011 0204 4c4f4f4b 0203 00ffe3 0401 04 0201 03',
    '0410 300e 0400 020100 020100 0400 0400 0400',
    '3014 0400 0400 a00e 0204 4c4f4f4b 020100 020100 3000',
  ]
    .join('')
    .replaceAll(' ', ''),
  'hex',
);

export interface Place {
  /** IP address. */
  readonly address: string;
  readonly port: number;
}

/** Asks once and waits at most `waitMs`. Never rejects. */
export function presenceAt(place: Place, waitMs: number, clock: Clock): Promise<Presence> {
  const { address, port } = place;
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    const end = (presence: Presence): void => {
      timer.cancel();
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.close();
      resolve(presence);
    };
    const timer = clock.after(waitMs, () => end('nothing'));
    socket.on('message', () => end('agent'));
    socket.on('error', (error) => end(meaningOf(error)));
    // Only a connected socket is told that the port is closed.
    socket.on('connect', () => socket.send(WHO_ARE_YOU));
    socket.connect(port, address);
  });
}

function meaningOf(error: NodeJS.ErrnoException): Presence {
  if (error.code === 'ECONNREFUSED') return 'closed';
  return error.code === 'ENETUNREACH' || error.code === 'EHOSTUNREACH' ? 'no_route' : 'nothing';
}

/** A silence with what is known of it. */
export function silenceOf(presence: Presence, where: string, credential: Credential): SnmpTrouble {
  const silent = (message: string, mend: string) =>
    new SnmpTrouble('silent', `${where} ${message}`, mend);
  if (presence === 'closed') {
    return silent(
      'is there, but nothing listens on this UDP port',
      'switch SNMP on at the device, or write the port it listens on',
    );
  }
  if (presence === 'no_route') {
    return silent('cannot be reached: there is no route', 'check the address, and the routes here');
  }
  if (presence === 'nothing') {
    return silent(
      'does not answer',
      'check address, port, firewalls, access list and community: a device says nothing to a wrong one',
    );
  }
  if (credential.version === '3') {
    return silent(
      `has an SNMP agent, which does not answer user ${credential.user}`,
      'compare user, privacy protocol and key of this credential with the device, and its access list',
    );
  }
  return silent(
    `has an SNMP agent, which does not answer this community over v${credential.version}`,
    'compare community and version of this credential with the device, and its access list; or use v3',
  );
}
