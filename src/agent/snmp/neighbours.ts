/**
 * Who is behind which port (LLDP-MIB of IEEE 802.1AB, CISCO-CDP-MIB) and which gateway a device
 * uses (IP-FORWARD-MIB, else RFC 1213): proposals for the ledger's dependencies. Pure but for names
 * of columns.
 */
import { addressOf, type Cell, textOf } from './cell.ts';
import type { Port } from './interfaces.ts';
import { partOfIndex } from './oid.ts';
import type { Reading } from './reading.ts';

const LLDP = '1.0.8802.1.1.2.1';
const CDP = '1.3.6.1.4.1.9.9.23.1.2.1.1';

const LLDP_REMOTE = Object.freeze({
  chassis: `${LLDP}.4.1.1.5`,
  port: `${LLDP}.4.1.1.7`,
  portDescr: `${LLDP}.4.1.1.8`,
  name: `${LLDP}.4.1.1.9`,
});
/** Local port number → its identifier, which usually is the ifName. */
const LLDP_LOCAL = Object.freeze({ id: `${LLDP}.3.7.1.3`, descr: `${LLDP}.3.7.1.4` });
/** Its index holds the address. */
const LLDP_ADDRESS = `${LLDP}.4.2.1.3`;
const CDP_CACHE = Object.freeze({ address: `${CDP}.4`, device: `${CDP}.6`, port: `${CDP}.7` });

/** Next hop of 0.0.0.0/0: ipRouteNextHop.0.0.0.0, ipCidrRouteNextHop is walked for the same. */
const ROUTE_NEXT_HOP = '1.3.6.1.2.1.4.21.1.7.0.0.0.0';
/** inetCidrRouteIfIndex of 0.0.0.0/0 (IPv4); what follows in the index ends with the next hop. */
const INET_ROUTE_DEFAULT = '1.3.6.1.2.1.4.24.7.1.7.1.4.0.0.0.0.0';
/** ipCidrRouteIfIndex of 0.0.0.0, mask 0.0.0.0, TOS 0; then the next hop. */
const CIDR_ROUTE_DEFAULT = '1.3.6.1.2.1.4.24.4.1.5.0.0.0.0.0.0.0.0.0';

export const NEIGHBOUR_COLUMNS: readonly string[] = Object.freeze([
  ...Object.values(LLDP_REMOTE),
  ...Object.values(LLDP_LOCAL),
  LLDP_ADDRESS,
  ...Object.values(CDP_CACHE),
  INET_ROUTE_DEFAULT,
  CIDR_ROUTE_DEFAULT,
]);
export const NEIGHBOUR_SCALARS: readonly string[] = Object.freeze([ROUTE_NEXT_HOP]);

/** A device with more is a provider's: nobody reviews that many proposals. */
const NEIGHBOURS_MAX = 512;

export interface Neighbour {
  readonly protocol: 'lldp' | 'cdp';
  readonly ifName: string;
  readonly neighbour: string;
  readonly neighbourPort: string;
  /** '' where the neighbour does not say. */
  readonly address: string;
}

const at = ({ columns }: Reading, column: string, index: string): Cell | undefined =>
  columns.get(column)?.get(index);

/** lldpRemManAddrTable: time, local port, remote index, then family (1 is IPv4), length, bytes. */
function lldpAddresses(reading: Reading): Map<string, string> {
  const found = new Map<string, string>();
  for (const index of reading.columns.get(LLDP_ADDRESS)?.keys() ?? []) {
    const remote = partOfIndex(index, [0, 3]);
    const [family, length, ...bytes] = partOfIndex(index, [3, 16]).split('.');
    if (family === '1' && length === '4' && bytes.length === 4 && !found.has(remote)) {
      found.set(remote, bytes.join('.'));
    }
  }
  return found;
}

function lldp(reading: Reading, ports: ReadonlyMap<string, Port>): Neighbour[] {
  const addresses = lldpAddresses(reading);
  const names = new Set([...ports.values()].map(({ name }) => name));
  return [...(reading.columns.get(LLDP_REMOTE.chassis)?.entries() ?? [])].map(
    ([index, chassis]) => {
      const local = partOfIndex(index, 1);
      const id = addressOf(at(reading, LLDP_LOCAL.id, local));
      const descr = textOf(at(reading, LLDP_LOCAL.descr, local));
      const known = [id, descr].find((name) => names.has(name));
      return {
        protocol: 'lldp',
        ifName: known ?? ports.get(local)?.name ?? (descr || id || local),
        neighbour: textOf(at(reading, LLDP_REMOTE.name, index)) || addressOf(chassis),
        neighbourPort:
          textOf(at(reading, LLDP_REMOTE.portDescr, index)) ||
          addressOf(at(reading, LLDP_REMOTE.port, index)),
        address: addresses.get(index) ?? '',
      };
    },
  );
}

function cdp(reading: Reading, ports: ReadonlyMap<string, Port>): Neighbour[] {
  return [...(reading.columns.get(CDP_CACHE.device)?.entries() ?? [])].map(([index, device]) => {
    const local = partOfIndex(index, 0);
    return {
      protocol: 'cdp',
      ifName: ports.get(local)?.name ?? local,
      neighbour: textOf(device),
      neighbourPort: textOf(at(reading, CDP_CACHE.port, index)),
      address: addressOf(at(reading, CDP_CACHE.address, index)),
    };
  });
}

export function neighboursOf(reading: Reading, ports: readonly Port[]): Neighbour[] {
  const byIndex = new Map(ports.map((port) => [port.ifIndex, port]));
  return [...lldp(reading, byIndex), ...cdp(reading, byIndex)]
    .filter(({ neighbour }) => neighbour !== '')
    .slice(0, NEIGHBOURS_MAX);
}

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** Address of the default route's next hop; '' where the device has none or does not say. */
export function gatewayOf(reading: Reading): string {
  const candidates = [addressOf(reading.scalars.get(ROUTE_NEXT_HOP))];
  for (const column of [INET_ROUTE_DEFAULT, CIDR_ROUTE_DEFAULT]) {
    for (const index of reading.columns.get(column)?.keys() ?? []) {
      candidates.push(index.split('.').slice(-4).join('.'));
    }
  }
  return candidates.find((text) => IPV4.test(text) && text !== '0.0.0.0') ?? '';
}
