import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FACT_MS } from '../../../src/agent/sources/host.ts';
import { netclass } from '../../../src/agent/sources/netclass.ts';
import { hostOf, linesOf, put } from './fixture-host.ts';

const nic = (name: string, attributes: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [`sys/class/net/${name}/${key}`, value]),
  );

test('a link that goes down is seen at the next reading', async () => {
  const host = hostOf(nic('eth0', { operstate: 'up\n', carrier: '1\n', carrier_changes: '2\n' }));
  expect(await linesOf(host, netclass)).toContain('node_network_up{device="eth0"} 1');
  put(host.root, 'sys/class/net/eth0/operstate', 'lowerlayerdown\n');
  put(host.root, 'sys/class/net/eth0/carrier', '0\n');
  const lines = await linesOf(host, netclass);
  expect(lines).toContain('node_network_up{device="eth0"} 0');
  expect(lines).toContain('node_network_carrier{device="eth0"} 0');
});

test.each(['-1', '4294967295', ''])('speed %j is unknown, not a number', async (speed) => {
  const host = hostOf(nic('eth0', { operstate: 'up', speed }));
  expect((await linesOf(host, netclass)).join()).not.toContain('speed');
});

test('a new speed is seen when facts are read again', async () => {
  const host = hostOf(nic('eth0', { operstate: 'up', speed: '100\n' }));
  const speed = async () => (await linesOf(host, netclass)).find((l) => l.includes('speed'));
  expect(await speed()).toMatch(/ 12500000$/);
  put(host.root, 'sys/class/net/eth0/speed', '1000\n');
  await host.clock.advance(FACT_MS);
  expect(await speed()).toMatch(/ 125000000$/);
});

test('an interface that vanished while we looked is left out, the others stay', async () => {
  const host = hostOf({
    ...nic('eth0', { operstate: 'up' }),
    ...nic('eth1', { operstate: 'up' }),
  });
  rmSync(join(host.root, 'sys/class/net/eth0/operstate'));
  expect((await linesOf(host, netclass)).join()).not.toContain('eth0');
  expect((await linesOf(host, netclass)).join()).toContain('eth1');
});

test('a host without interfaces has nothing to say', async () => {
  expect(await linesOf(hostOf({}), netclass)).toEqual([]);
});
