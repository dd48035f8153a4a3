import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  GATEWAY,
  type Link,
  NEIGHBOUR,
  proposeDependencies,
} from '../../src/collector/neighbours.ts';
import { makeLabels } from '../../src/shared/sample.ts';

interface Known {
  readonly name: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

const device = (name: string, facts: Record<string, string> = {}, labels = {}): Known => ({
  name,
  facts,
  labels,
});

const link = (device: string, name: string, labels: Record<string, string>): Link => ({
  device,
  labels: makeLabels(Object.entries({ __name__: name, ...labels })),
});
const cable = (from: string, neighbour: string, protocol = 'lldp'): Link =>
  link(from, NEIGHBOUR, { neighbour, protocol, ifName: 'x' });
const gateway = (from: string, address: string): Link => link(from, GATEWAY, { address });

const own = (from: string, address: string, mac: string): Link =>
  link(from, 'snmp_address_info', { address, mac });

const pairs = (...args: Parameters<typeof proposeDependencies>): string[] =>
  proposeDependencies(...args)
    .map(({ child, parent, source }) => `${child} behind ${parent} (${source})`)
    .sort();

describe('a network', () => {
  const devices = [
    device('router', { snmp_sys_name: 'R1.example.com' }, { address: '10.0.0.1' }),
    device('core', { snmp_sys_name: 'CORE' }),
    device('access-1'),
    device('access-2'),
    device('server'),
  ];
  const cables = [cable('core', 'R1'), cable('core', 'access-1'), cable('access-2', 'core')];

  test('hangs from its gateway, step by step, whoever told of the cable', () => {
    const links = [...cables, gateway('core', '10.0.0.1'), gateway('server', '10.0.0.1')];
    expect(pairs(links, devices)).toEqual([
      'access-1 behind core (lldp)',
      'access-2 behind core (lldp)',
      'core behind router (lldp)',
      'server behind router (gateway)',
    ]);
  });

  test('hangs from where the collector is, when that is said', () => {
    expect(pairs(cables, devices, ['access-1'])).toEqual([
      'access-2 behind core (lldp)',
      'core behind access-1 (lldp)',
      'router behind core (lldp)',
    ]);
  });

  test('without a top has no direction, and nothing is proposed', () => {
    expect(pairs(cables, devices)).toEqual([]);
  });

  test('with a ring proposes both ways to the top, and nothing between equals', () => {
    const ring = [
      gateway('core', '10.0.0.1'),
      cable('router', 'access-1'),
      cable('router', 'access-2', 'cdp'),
      cable('access-1', 'access-2'),
      cable('access-1', 'server'),
      cable('access-2', 'server'),
    ];
    expect(pairs(ring, devices)).toEqual([
      'access-1 behind router (lldp)',
      'access-2 behind router (cdp)',
      'core behind router (gateway)',
      'server behind access-1 (lldp)',
      'server behind access-2 (lldp)',
    ]);
  });
});

describe('a neighbour', () => {
  const devices = [device('top', {}, { address: '10.0.0.1' }), device('edge'), device('user')];
  const from = [gateway('user', '10.0.0.1')];

  test.each([
    ['edge', true],
    ['EDGE.example.com', true],
    ['edge-2', false],
    ['', false],
    ['00:1a:2b:3c:4d:5e', false],
  ])('called %j is the device: %s', (name, known) => {
    const proposed = pairs([...from, cable('top', name)], devices);
    expect(proposed.includes('edge behind top (lldp)')).toBe(known);
  });

  test('of the ledger is found by its address before its name', () => {
    const found = link('top', NEIGHBOUR, { neighbour: 'user', address: '10.0.0.9' });
    const known = [
      ...devices.slice(0, 1),
      device('edge', { snmp_address: '10.0.0.9' }),
      device('user'),
    ];
    expect(pairs([...from, found], known)).toContain('edge behind top (lldp)');
  });

  test('whose name two devices have is neither', () => {
    const twins = [
      ...devices,
      device('a', { snmp_sys_name: 'Switch' }),
      device('b', { snmp_sys_name: 'switch' }),
    ];
    expect(pairs([...from, cable('top', 'Switch')], twins)).toEqual(['user behind top (gateway)']);
  });

  test('is never the device itself', () => {
    expect(pairs([...from, cable('top', 'top'), gateway('top', '10.0.0.1')], devices)).toEqual([
      'user behind top (gateway)',
    ]);
  });
});

test('whatever devices say, nobody sits behind itself, and nobody behind each other', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const name = fc.constantFrom(...names);
  const devices = names.map((one) => device(one));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, name, fc.boolean()), { maxLength: 20 }),
      fc.array(name, { maxLength: 2 }),
      (said, top) => {
        const links = said.map(([from, to, isCable]) =>
          isCable ? cable(from, to) : gateway(from, to),
        );
        const found = proposeDependencies(links, devices, top).filter(
          ({ source }) => source !== 'gateway',
        );
        const seen = new Set(found.map(({ child, parent }) => `${child}>${parent}`));
        for (const { child, parent } of found) {
          expect(child).not.toBe(parent);
          expect(seen.has(`${parent}>${child}`)).toBe(false);
        }
      },
    ),
  );
});

describe('a gateway at an address that nobody is asked at', () => {
  const MAC = '00:1b:21:00:00:01';
  const devices = [device('router', {}, { address: '10.0.0.1' }), device('other'), device('pc')];
  const via = (mac: string): Link => link('pc', GATEWAY, { address: '10.20.0.1', mac });

  test('is the device that says this address is its own', () => {
    const links = [via(''), own('router', '10.20.0.1', MAC)];
    expect(pairs(links, devices)).toEqual(['pc behind router (gateway)']);
  });

  test('is the one with its MAC address where two have the address', () => {
    const links = [via(MAC), own('router', '10.20.0.1', MAC), own('other', '10.20.0.1', '')];
    expect(pairs(links, devices)).toEqual(['pc behind router (gateway)']);
    expect(pairs([via(''), ...links.slice(1)], devices)).toEqual([]);
  });

  test('is a host whose own agent tells the MAC address of its port', () => {
    const port = link('other', 'node_network_info', { device: 'eth0', address: MAC.toUpperCase() });
    expect(pairs([via(MAC), port], devices)).toEqual(['pc behind other (gateway)']);
  });

  test('is found by the address it is configured with before all', () => {
    const links = [gateway('pc', '10.0.0.1'), own('other', '10.0.0.1', MAC)];
    expect(pairs(links, devices)).toEqual(['pc behind router (gateway)']);
  });

  test('without any of these is nobody', () => {
    expect(pairs([via('00:1b:21:00:00:ff')], devices)).toEqual([]);
  });
});

test('a neighbour that tells no name is known by the MAC address of its port', () => {
  const devices = [device('router', {}, { address: '10.0.0.1' }), device('sw')];
  const links = [cable('router', '00:1b:21:00:00:02'), own('sw', '10.0.0.2', '00:1b:21:00:00:02')];
  expect(pairs(links, devices, ['router'])).toEqual(['sw behind router (lldp)']);
});
