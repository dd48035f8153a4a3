/**
 * Which device sits behind which, from what devices say of their neighbours (LLDP, CDP) and their
 * gateways. Pure. Only devices of the ledger count; a name that fits two of them fits none.
 */
import type { Labels } from '../shared/sample.ts';
import type { Device, FoundDependency } from './desk/desk.ts';

/** A present info series, one of `LINKS`. */
export interface Link {
  readonly device: string;
  readonly labels: Labels;
}

export const NEIGHBOUR = 'snmp_neighbour_info';
export const GATEWAY = 'snmp_gateway_info';
/** Where a device is itself: what it says over SNMP, and what its own agent says of its ports. */
const OWN_ADDRESS = 'snmp_address_info';
const OWN_PORT = 'node_network_info';

export const LINKS: ReadonlySet<string> = new Set([NEIGHBOUR, GATEWAY, OWN_ADDRESS, OWN_PORT]);

type Known = Pick<Device, 'name' | 'facts' | 'labels'>;

/**
 * Behind a gateway sits who uses it. A cable has no direction: of two neighbours the one nearer to
 * the top is the parent. The top is `top` (where the collector is), else whoever is a gateway and
 * sits behind none.
 */
export function proposeDependencies(
  links: readonly Link[],
  devices: readonly Known[],
  top: readonly string[] = [],
): readonly FoundDependency[] {
  const known = knownNames(devices);
  const own = ownAddresses(links);
  const gateways = new Map<string, FoundDependency>();
  const cables = new Map<string, Map<string, string>>();
  for (const { device, labels } of links) {
    if (labels.__name__ === GATEWAY) {
      // An address may be used twice in different places, a MAC address is not.
      const parent = known.find(labels.address) ?? own.find(labels.mac) ?? own.find(labels.address);
      if (parent === null || parent === device) continue;
      gateways.set(device, { child: device, parent, source: 'gateway' });
    } else if (labels.__name__ === NEIGHBOUR) {
      const other =
        known.find(labels.address) ?? known.find(labels.neighbour) ?? own.find(labels.neighbour);
      if (other === null || other === device) continue;
      const source = labels.protocol === 'cdp' ? 'cdp' : 'lldp';
      connect(cables, device, other, source);
    }
  }
  const tops = top.length > 0 ? top : topsOf([...gateways.values()]);
  const behindCables = fromTop(tops, cables);
  const children = new Set(behindCables.map(({ child }) => child));
  // The cable says more than the gateway: the switch in between is the nearer parent.
  const others = [...gateways.values()].filter(({ child }) => !children.has(child));
  return [...behindCables, ...others];
}

type Cables = ReadonlyMap<string, ReadonlyMap<string, string>>;

function connect(
  cables: Map<string, Map<string, string>>,
  a: string,
  b: string,
  source: string,
): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const known = cables.get(from) ?? new Map<string, string>();
    known.set(to, source);
    cables.set(from, known);
  }
}

function topsOf(gateways: readonly FoundDependency[]): readonly string[] {
  const children = new Set(gateways.map(({ child }) => child));
  const parents = new Set(gateways.map(({ parent }) => parent));
  return [...parents].filter((name) => !children.has(name)).sort();
}

/** Every cable between two steps from the top; one between equals says nothing. */
function fromTop(tops: readonly string[], cables: Cables): readonly FoundDependency[] {
  const steps = new Map(tops.map((name) => [name, 0]));
  // A map can grow while it is walked: this is a search in breadth.
  for (const [name, step] of steps) {
    for (const other of cables.get(name)?.keys() ?? []) {
      if (!steps.has(other)) steps.set(other, step + 1);
    }
  }
  return [...steps].flatMap(([parent, step]) =>
    [...(cables.get(parent) ?? [])]
      .filter(([child]) => steps.get(child) === step + 1)
      .map(([child, source]) => ({ child, parent, source })),
  );
}

/** Labels and facts in which a device's address may stand. */
const ADDRESSES = ['address', 'snmp_address', 'snmp_device_address', 'snmp_target'];

/** Who is meant by a name or an address; nobody where it fits two. */
class Names {
  readonly #devices = new Map<string, string | null>();

  add(text: string | undefined, device: string): void {
    const key = keyOf(text);
    if (key === '') return;
    const before = this.#devices.get(key);
    this.#devices.set(key, before === undefined || before === device ? device : null);
  }

  find(text: string | undefined): string | null {
    return this.#devices.get(keyOf(text)) ?? null;
  }
}

function knownNames(devices: readonly Known[]): Names {
  const names = new Names();
  for (const { name, facts, labels } of devices) {
    names.add(name, name);
    names.add(facts.snmp_sys_name, name);
    names.add(facts.uname_nodename, name);
    for (const key of ADDRESSES) {
      names.add(facts[key], name);
      names.add(labels[key], name);
    }
  }
  return names;
}

/** Only what has no other name is looked for here: many devices have 192.168.1.1 on some port. */
function ownAddresses(links: readonly Link[]): Names {
  const names = new Names();
  for (const { device, labels } of links) {
    if (labels.__name__ === OWN_ADDRESS || labels.__name__ === OWN_PORT) {
      names.add(labels.address, device);
      names.add(labels.mac, device);
    }
  }
  return names;
}

/** Names are compared without case and without domain, as devices write them so. */
function keyOf(text: string | undefined): string {
  const name = (text ?? '').trim().toLowerCase();
  return /^[0-9.]+$/.test(name) || name.includes(':') ? name : (name.split('.')[0] ?? '');
}
