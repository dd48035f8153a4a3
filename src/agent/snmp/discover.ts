/** Asks every address of a range for its system group. A list to review comes out; nothing changes. */
import { Failure } from '../../shared/errors.ts';
import { textOf } from './cell.ts';
import { firstStage, genericProfile } from './identify.ts';
import { loadProfiles, type Profiles } from './profiles.ts';
import { loadNetSnmp } from './protocols.ts';
import { openSession, type SessionOptions } from './session.ts';
import { openSharedSockets } from './shared-sockets.ts';
import type { Found, Scan } from './snmp.ts';

const SYS_DESCR = '1.3.6.1.2.1.1.1.0';
const SYS_OBJECT_ID = '1.3.6.1.2.1.1.2.0';
const SYS_NAME = '1.3.6.1.2.1.1.5.0';

/** A /20: more than one site has, and done in minutes. */
const ADDRESSES_MAX = 4096;

const RANGE = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/;

/** Addresses of an IPv4 range, without network and broadcast address. Throws `usage`. */
export function addressesOf(range: string): string[] {
  const match = RANGE.exec(range);
  const bytes = (match ?? []).slice(1, 5).map(Number);
  const bits = match?.[5] === undefined ? 32 : Number(match[5]);
  const count = 2 ** (32 - bits);
  if (match === null || bytes.some((byte) => byte > 255) || bits > 32 || count > ADDRESSES_MAX) {
    throw new Failure('usage', `"${range}" is no range that can be scanned`, {
      hint: 'write an IPv4 address or a range from /20 to /32, for example 192.0.2.0/24',
    });
  }
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const first = value - (value % count);
  const [from, to] = count > 2 ? [first + 1, first + count - 1] : [first, first + count];
  return Array.from({ length: to - from }, (_, i) => {
    const address = from + i;
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
  });
}

type Ask = Omit<SessionOptions, 'address'>;

async function askOne(address: string, ask: Ask, { all }: Profiles): Promise<Found | null> {
  const session = openSession({ ...ask, address });
  try {
    const varbinds = await session.get([SYS_DESCR, SYS_OBJECT_ID, SYS_NAME]);
    const text = (oid: string): string => {
      const found = varbinds.find((varbind) => varbind.oid === oid);
      return textOf(found?.value as Buffer | string | null | undefined);
    };
    const identity = { sysDescr: text(SYS_DESCR), sysObjectID: text(SYS_OBJECT_ID) };
    const generic = { profile: genericProfile(all), reason: 'no profile fits' };
    const { profile, reason } = firstStage(all, identity) ?? generic;
    return { address, ...identity, sysName: text(SYS_NAME), profile: profile.id, reason };
  } catch {
    // Nothing there, or nothing that accepts this credential.
    return null;
  } finally {
    session.close();
  }
}

export async function scanRange(scan: Scan): Promise<readonly Found[]> {
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
      found[at] = await askOne(addresses[at] ?? '', ask, profiles);
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
