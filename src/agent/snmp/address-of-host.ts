/** A target's address: an IP address as it is, a name looked up as this host does. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { messageOf } from '../../shared/errors.ts';
import { SnmpTrouble } from './session.ts';

export type Lookup = (host: string) => Promise<{ readonly address: string }>;

/** Throws `unresolved`. */
export async function addressOfHost(host: string, find: Lookup = lookup): Promise<string> {
  if (isIP(host) !== 0) return host;
  try {
    return (await find(host)).address;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    const name = `the name "${host}" has no address`;
    if (code === 'ENOTFOUND') {
      const mend = 'check its spelling, or write the IP address';
      throw new SnmpTrouble(
        'unresolved',
        `${name}: no name server and no hosts file knows it`,
        mend,
      );
    }
    const mend = 'check the name servers of this host (/etc/resolv.conf), or write the IP address';
    const why = code === 'EAI_AGAIN' ? 'the name servers do not answer' : messageOf(error);
    throw new SnmpTrouble('unresolved', `${name}: ${why}`, mend);
  }
}
