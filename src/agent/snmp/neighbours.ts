/**
 * Who is behind which port (LLDP-MIB of IEEE 802.1AB, CISCO-CDP-MIB), which gateway a device uses
 * (IP-FORWARD-MIB, else RFC 1213) and at which addresses it is itself: proposals for the ledger's
 * dependencies. A gateway is often known by an address that no device of the ledger is asked at;
 * then its MAC address tells who it is, from one row of the ARP table. Pure but for names of columns.
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
/** ipRouteIfIndex.0.0.0.0 */
const ROUTE_IF_INDEX = '1.3.6.1.2.1.4.21.1.2.0.0.0.0';
/** inetCidrRouteIfIndex of 0.0.0.0/0 (IPv4); what follows in the index ends with the next hop. */
const INET_ROUTE_DEFAULT = '1.3.6.1.2.1.4.24.7.1.7.1.4.0.0.0.0.0';
/** ipCidrRouteIfIndex of 0.0.0.0, mask 0.0.0.0, TOS 0; then the next hop. */
const CIDR_ROUTE_DEFAULT = '1.3.6.1.2.1.4.24.4.1.5.0.0.0.0.0.0.0.0.0';

/** ipAdEntIfIndex by address. */
const OWN_ADDRESS = '1.3.6.1.2.1.4.20.1.2';
const PHYS_ADDRESS = '1.3.6.1.2.1.2.2.1.6';
/** ipNetToMediaPhysAddress by ifIndex and address. */
const ARP = '1.3.6.1.2.1.4.22.1.2';
/** ipNetToPhysicalPhysAddress by ifIndex, family and address: for devices without the older table. */
const NEIGHBOUR_CACHE = '1.3.6.1.2.1.4.35.1.4';

export const NEIGHBOUR_COLUMNS: readonly string[] = Object.freeze([
  ...Object.values(LLDP_REMOTE),
  ...Object.values(LLDP_LOCAL),
  LLDP_ADDRESS,
  ...Object.values(CDP_CACHE),
  INET_ROUTE_DEFAULT,
  CIDR_ROUTE_DEFAULT,
  OWN_ADDRESS,
]);
export const NEIGHBOUR_SCALARS: readonly string[] = Object.freeze([ROUTE_NEXT_HOP, ROUTE_IF_INDEX]);

/** A device with more is a provider's: nobody reviews that many proposals. */
const NEIGHBOURS_MAX = 512;
const OWN_MAX = 32;

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

/** A next hop, and the port it is behind. */
interface Route {
  readonly address: string;
  /** '' or 0 where the device does not say. */
  readonly ifIndex: string;
}

const isAddress = (text: string): boolean => IPV4.test(text) && text !== '0.0.0.0';

function defaultRoute({ scalars, columns }: Reading): Route | null {
  const address = addressOf(scalars.get(ROUTE_NEXT_HOP));
  const routes: Route[] = [{ address, ifIndex: textOf(scalars.get(ROUTE_IF_INDEX)) }];
  for (const column of [INET_ROUTE_DEFAULT, CIDR_ROUTE_DEFAULT]) {
    for (const [index, cell] of columns.get(column) ?? []) {
      routes.push({ address: index.split('.').slice(-4).join('.'), ifIndex: textOf(cell) });
    }
  }
  return routes.find((route) => isAddress(route.address)) ?? null;
}

const arpRows = ({ address, ifIndex }: Route): readonly string[] =>
  Number(ifIndex) > 0
    ? [`${ARP}.${ifIndex}.${address}`, `${NEIGHBOUR_CACHE}.${ifIndex}.1.4.${address}`]
    : [];

const ownAddresses = ({ columns }: Reading): readonly Route[] =>
  [...(columns.get(OWN_ADDRESS) ?? [])]
    .map(([address, cell]) => ({ address, ifIndex: textOf(cell) }))
    .filter(({ address }) => isAddress(address) && !address.startsWith('127.'))
    .slice(0, OWN_MAX);

/** What is asked once the routes are known: single rows, no table. */
export function macRows(reading: Reading): readonly string[] {
  const route = defaultRoute(reading);
  const own = ownAddresses(reading).map(({ ifIndex }) => `${PHYS_ADDRESS}.${ifIndex}`);
  return [...new Set([...(route === null ? [] : arpRows(route)), ...own])];
}

/** A device at an address; '' for what nobody says. */
export interface Place {
  readonly address: string;
  readonly mac: string;
}

/** Also where every port has one: no address of anybody. */
const NO_MAC = /^(00:){5}00$/;

function macOf(cell: Cell | undefined): string {
  const isMac = Buffer.isBuffer(cell) && cell.length === 6;
  const text = isMac ? addressOf(cell) : '';
  return NO_MAC.test(text) ? '' : text;
}

/** The default route's next hop; null where the device has none or does not say. */
export function gatewayOf(reading: Reading): Place | null {
  const route = defaultRoute(reading);
  if (route === null) return null;
  const macs = arpRows(route).map((oid) => macOf(reading.scalars.get(oid)));
  return { address: route.address, mac: macs.find((mac) => mac !== '') ?? '' };
}

/** Where the device is itself. */
export function placesOf(reading: Reading): readonly Place[] {
  return ownAddresses(reading).map(({ address, ifIndex }) => ({
    address,
    mac: macOf(reading.scalars.get(`${PHYS_ADDRESS}.${ifIndex}`)),
  }));
}
