import { expect, test } from 'vitest';
import { netdev } from '../../../src/agent/sources/netdev.ts';
import { hostOf, linesOf, put } from './fixture-host.ts';

const HEAD = 'Inter-|   Receive  |  Transmit\n face |bytes packets|bytes\n';

test('an interface whose figures follow the colon without a blank', async () => {
  const host = hostOf({ 'proc/net/dev': `${HEAD}eth0:12 3\n` });
  expect(await linesOf(host, netdev)).toEqual([
    'node_network_receive_bytes_total{device="eth0"} 12',
    'node_network_receive_packets_total{device="eth0"} 3',
  ]);
});

test('interfaces come and go between readings', async () => {
  const host = hostOf({ 'proc/net/dev': `${HEAD}  eth0: 1\n veth1: 2\n` });
  expect(await linesOf(host, netdev)).toHaveLength(2);
  put(host.root, 'proc/net/dev', `${HEAD}  eth0: 3\n`);
  expect(await linesOf(host, netdev)).toEqual([
    'node_network_receive_bytes_total{device="eth0"} 3',
  ]);
});

test('only the loopback: looked, and nothing there', async () => {
  const host = hostOf({ 'proc/net/dev': `${HEAD}    lo: 1 1 0\n` });
  expect(await linesOf(host, netdev)).toEqual([]);
});

test('an empty file is a failure, not an absence of interfaces', async () => {
  await expect(linesOf(hostOf({ 'proc/net/dev': '' }), netdev)).rejects.toThrow('holds no');
});
