/**
 * Where a request that configuration asks for may go (S19). Ranges that belong to this host or to
 * its own network are guarded: an address in one is refused until the operator lists a network that
 * lies inside the same range, so listing 0.0.0.0/0 opens nothing. A name is resolved once, all its
 * addresses are checked, and the connection goes to a checked address: a second answer of a
 * name server changes nothing.
 */
import { lookup } from 'node:dns';
import { networkInterfaces } from 'node:os';
import { Failure, messageOf } from './errors.ts';
import { hostComplaint } from './host-complaint.ts';
import {
  canonicalAddress,
  contains,
  embeddedAddress,
  inside,
  parseAddress,
  parseNetwork,
} from './network.ts';

/** A socket of this process: never a target, whatever is allowed. */
export interface Endpoint {
  /** `0.0.0.0` and `::` stand for every address of this host. */
  readonly address: string;
  readonly port: number;
}

export interface AddressPolicy {
  /** Why nothing may be sent to this address, or null. */
  complaint(address: string, port?: number): string | null;
}

interface Guard {
  readonly name: string;
  readonly networks: readonly string[];
}

/** IANA's special-purpose registries (RFC 6890), and where clouds answer with credentials. */
const GUARDS: readonly Guard[] = Object.freeze([
  {
    name: 'metadata',
    networks: [
      '169.254.169.254/32',
      '169.254.170.2/32',
      '100.100.100.200/32',
      '168.63.129.16/32',
      '192.0.0.192/32',
      'fd00:ec2::254/128',
      'fd20:ce::254/128',
    ],
  },
  { name: 'loopback', networks: ['127.0.0.0/8', '::1/128'] },
  { name: 'link-local', networks: ['169.254.0.0/16', 'fe80::/10'] },
  {
    name: 'private',
    networks: [
      ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'],
      ...['198.18.0.0/15', '192.0.0.0/24', 'fc00::/7', 'fec0::/10', '64:ff9b:1::/48'],
    ],
  },
  { name: 'unspecified', networks: ['0.0.0.0/8', '::/128'] },
  { name: 'multicast', networks: ['224.0.0.0/4', 'ff00::/8'] },
  { name: 'reserved', networks: ['240.0.0.0/4', '100::/64', '2001::/32'] },
]);

const GUARDED = GUARDS.flatMap(({ name, networks }) =>
  networks.map((text) => ({ name, text, network: parseNetwork(text) })),
);

/** Throws `config` for a network that is none. */
export function addressPolicy(
  allow: readonly string[],
  own: readonly Endpoint[] = [],
): AddressPolicy {
  const allowed = allow.map((text) => {
    const complaint = networkComplaint(text);
    if (complaint !== null) throw new Failure('config', `"${text}" ${complaint}`);
    return parseNetwork(text);
  });
  const judge = (written: string): string | null => {
    const address = parseAddress(written);
    for (const { name, text, network } of GUARDED) {
      if (!contains(network, address)) continue;
      const listed = allowed.some((each) => inside(each, network) && contains(each, address));
      if (!listed) return `${written} is ${name} (${text}), which is not allowed`;
    }
    return null;
  };
  return Object.freeze({
    complaint: (written: string, port?: number) => {
      const address = canonicalAddress(written);
      if (address === null) return `${written} is not an IP address`;
      if (own.some((endpoint) => isSame(endpoint, address, port))) {
        return `${address} port ${port} is this program itself`;
      }
      const embedded = embeddedAddress(address);
      return judge(address) ?? (embedded === null ? null : judge(embedded));
    },
  });
}

/** Why this is not a network that may be allowed, or null. */
export function networkComplaint(text: string): string | null {
  if (parseNetwork(text) !== null) return null;
  return 'is not a network: write it as 10.0.0.0/8, fd00::/8 or a single address';
}

function isSame(endpoint: Endpoint, address: string, port: number | undefined): boolean {
  if (endpoint.port !== port) return false;
  const listens = canonicalAddress(endpoint.address);
  if (listens !== '0.0.0.0' && listens !== '::') return listens === address;
  const ofThisHost = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return (
    ofThisHost.some((each) => canonicalAddress(each.address) === address) ||
    GUARDED.some(
      ({ name, network }) => name === 'loopback' && contains(network, parseAddress(address)),
    )
  );
}

/** All addresses of a host name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** As every program of this host resolves names: hosts file, then name servers. */
export const systemResolve: Resolve = (name) =>
  new Promise((resolve, reject) => {
    lookup(name, { all: true }, (error, found) => {
      if (error === null) resolve(found.map(({ address }) => address));
      else reject(error);
    });
  });

export interface Resolving {
  readonly policy: AddressPolicy;
  readonly resolve: Resolve;
  readonly port?: number;
}

/**
 * The addresses of a host, in the resolver's order, each of them checked: connect to one of these
 * and to nothing else. Throws `bad_request` (no host), `unavailable` (no address) or `forbidden`.
 */
export async function checkedAddresses(
  host: string,
  { policy, resolve, port }: Resolving,
): Promise<readonly string[]> {
  const complaint = hostComplaint(host);
  if (complaint !== null) throw new Failure('bad_request', `"${host.slice(0, 80)}" ${complaint}`);
  const literal = canonicalAddress(host);
  const found = literal === null ? await resolveName(host, resolve) : [literal];
  if (found.length === 0) throw new Failure('unavailable', `${host} has no address`);
  for (const address of found) {
    const refusal = policy.complaint(address, port);
    if (refusal === null) continue;
    throw new Failure('forbidden', literal === null ? `${host}: ${refusal}` : refusal, {
      hint: 'list the network under "allow" if it may be reached from here',
    });
  }
  return found.map((address) => canonicalAddress(address) ?? address);
}

async function resolveName(name: string, resolve: Resolve): Promise<readonly string[]> {
  try {
    return await resolve(name);
  } catch (cause) {
    throw new Failure('unavailable', `${name} cannot be resolved: ${messageOf(cause)}`, { cause });
  }
}

/** Why a URL may not be requested, or null; its addresses are checked when it is. */
export function urlComplaint(text: string): string | null {
  if (!URL.canParse(text)) return 'is not a URL: write it as https://host/path';
  const { protocol, username, password, hostname } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') {
    return `${protocol} is not supported: only http and https are`;
  }
  if (username !== '' || password !== '') return 'holds a user name or password';
  const complaint = hostComplaint(hostname.replace(/^\[|\]$/g, ''));
  return complaint === null ? null : `host ${complaint}`;
}

/** The host of a URL as `checkedAddresses` takes it: an IPv6 address without its brackets. */
export function hostOfUrl({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
