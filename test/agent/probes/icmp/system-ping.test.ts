import { describe, expect, test } from 'vitest';
import {
  parsePing,
  pingArguments,
  systemPing,
} from '../../../../src/agent/probes/icmp/system-ping.ts';
import { systemClock } from '../../../../src/shared/clock.ts';
import { needs } from '../../../support/parts.ts';

const VOLLEY = { addresses: ['192.0.2.1'], count: 3, spacingMs: 100, waitMs: 700 };

test.each<[NodeJS.Platform, string]>([
  ['linux', '-n -c 3 -i 0.2 -W 1 -- 192.0.2.1'],
  ['darwin', '-n -W 1000 -c 3 192.0.2.1'],
  ['win32', '-w 1000 -n 3 192.0.2.1'],
])('arguments on %s', (platform, expected) => {
  const args = pingArguments('192.0.2.1', VOLLEY, platform).join(' ');
  for (const word of expected.split(' ')) expect(args).toContain(word);
  expect(args.endsWith('192.0.2.1')).toBe(true);
});

describe('what it prints', () => {
  const end = (stdout: string, code = 0, stderr = '') => ({ code, stdout, stderr, stopped: null });

  test('iputils', () => {
    const stdout = `PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.
64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.024 ms
64 bytes from 127.0.0.1: icmp_seq=2 ttl=64 time=0.039 ms

--- 127.0.0.1 ping statistics ---
3 packets transmitted, 2 received, 33.3333% packet loss, time 405ms
rtt min/avg/max/mdev = 0.024/0.031/0.039/0.007 ms
`;
    const asked = { address: '127.0.0.1', count: 3, platform: 'linux' } as const;
    expect(parsePing(end(stdout), asked)).toEqual({
      sent: 3,
      roundTripsMs: [0.024, 0.039],
      hopLimit: 64,
    });
  });

  test('nothing came back', () => {
    const stdout = `PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.

--- 192.0.2.1 ping statistics ---
3 packets transmitted, 0 received, 100% packet loss, time 2044ms
`;
    const asked = { address: '192.0.2.1', count: 3, platform: 'linux' } as const;
    expect(parsePing(end(stdout, 1), asked)).toEqual({ sent: 3, roundTripsMs: [], hopLimit: null });
  });

  test('no right to send is not silence of the target', () => {
    const asked = { address: '192.0.2.1', count: 3, platform: 'linux' } as const;
    const refused = end('', 2, 'ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\n');
    expect(() => parsePing(refused, asked)).toThrow('Operation not permitted');
  });
});

test('the real one', async (context) => {
  const tool = systemPing(needs('ping', context));
  const volley = { ...VOLLEY, addresses: ['127.0.0.1'], count: 2 };
  const echoes = (await tool.send(volley, systemClock)).get('127.0.0.1');
  expect(echoes?.roundTripsMs).toHaveLength(2);
  expect(echoes?.hopLimit).toBe(64);
});
