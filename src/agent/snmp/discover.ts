/** Asks every address of a range for its system group. A list to review comes out; nothing changes. */
import { Failure } from '../../shared/errors.ts';
import { formatAddress, parseNetwork } from '../../shared/network.ts';
import { type Choosing, greet } from './greet.ts';
import { loadProfiles } from './profiles.ts';
import { loadNetSnmp } from './protocols.ts';
import { openSession, type SessionOptions } from './session.ts';
import { openSharedSockets } from './shared-sockets.ts';
import type { Found, Scan, SnmpRoom } from './snmp.ts';

/** A /20 of IPv4, a /116 of IPv6: more than one site has, and done in minutes. */
const ADDRESSES_MAX = 4096;

const refused = (range: string, reason: string, hint: string): Failure =>
  new Failure('usage', `"${range.slice(0, 80)}" cannot be scanned: ${reason}`, { hint });

/** Addresses of one range, of IPv4 without network and broadcast address. Host bits are ignored. */
function addressesIn(range: string): readonly string[] {
  const network = parseNetwork(range);
  if (network === null) {
    const hint =
      'write an address or a range, for example 192.0.2.0/24, 192.0.2.7 or 2001:db8::10/124';
    throw refused(range, 'it is neither an IP address nor a range of them', hint);
  }
  const { bits, prefix, base } = network;
  const count = 2 ** (bits - prefix);
  if (count > ADDRESSES_MAX) {
    const isV6 = bits === 128;
    const reason = isV6
      ? `it has 2^${bits - prefix} addresses, which nobody can ask one by one`
      : `it has ${count} addresses, more than ${ADDRESSES_MAX}`;
    const hint = isV6
      ? 'list the addresses, with commas between (routers know them: ip -6 neigh, or their neighbour tables), or a range from /116 to /128'
      : 'write ranges from /20 to /32, one after the other';
    throw refused(range, reason, hint);
  }
  const edge = bits === 32 && count > 2 ? 1 : 0;
  return Array.from({ length: count - 2 * edge }, (_, at) =>
    formatAddress({ bits, value: base + BigInt(at + edge) }),
  );
}

/** Of all ranges of the text, each address once. Throws `usage`. */
export function addressesOf(text: string): readonly string[] {
  const ranges = text.split(/[\s,]+/).filter((range) => range !== '');
  const all = new Set((ranges.length === 0 ? [''] : ranges).flatMap(addressesIn));
  if (all.size <= ADDRESSES_MAX) return [...all];
  const reason = `together they have ${all.size} addresses, more than ${ADDRESSES_MAX}`;
  throw refused(text, reason, 'scan them one after the other');
}

type Ask = Omit<SessionOptions, 'address'>;

async function askOne(
  address: string,
  ask: Ask,
  choosing: Choosing & Pick<SnmpRoom, 'clock'>,
): Promise<Found | null> {
  const session = openSession({ ...ask, address });
  try {
    const { system, choice } = await greet(session, choosing, choosing);
    return { address, ...system, profile: choice.profile.id, reason: choice.reason };
  } catch {
    // Nothing there, or nothing that accepts this credential.
    return null;
  } finally {
    session.close();
  }
}

export async function scanRange(
  scan: Scan,
  { clock }: Pick<SnmpRoom, 'clock'>,
): Promise<readonly Found[]> {
  const addresses = addressesOf(scan.range);
  const profiles = loadProfiles(scan.profileFolders);
  const sockets = openSharedSockets();
  const { port, credential, timeoutMs, retries } = scan;
  const ask = { snmp: await loadNetSnmp(), sockets, port, credential, timeoutMs, retries };
  const found: (Found | null)[] = [];
  let next = 0;
  let asked = 0;
  const worker = async (): Promise<void> => {
    while (next < addresses.length) {
      const at = next++;
      found[at] = await askOne(addresses[at] ?? '', ask, { profiles, named: '', clock });
      asked++;
      scan.onProgress(asked, addresses.length, found.filter((one) => one).length);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(scan.atOnce, addresses.length) }, worker));
  } finally {
    sockets.close();
  }
  return found.filter((one): one is Found => one !== null && one !== undefined);
}
