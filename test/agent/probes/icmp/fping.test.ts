import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  argumentsOf,
  durationMs,
  fping,
  parseFping,
} from '../../../../src/agent/probes/icmp/fping.ts';
import { systemClock } from '../../../../src/shared/clock.ts';
import { needs } from '../../../support/parts.ts';
import { closeAll, folder } from '../parts.ts';

afterEach(closeAll);

const VOLLEY = { count: 3, spacingMs: 250, waitMs: 500 };

test('arguments are a fixed list; addresses stand behind a --', () => {
  const args = argumentsOf({ ...VOLLEY, addresses: ['192.0.2.1', '2001:db8::1'] });
  expect(args.join(' ')).toBe('-c 3 -p 250 -t 500 -i 1 -- 192.0.2.1 2001:db8::1');
});

test('the time it may take grows with the addresses', () => {
  const of = (count: number): number =>
    durationMs({ ...VOLLEY, addresses: Array.from({ length: count }, () => 'x') });
  expect(of(1)).toBe(250 * 2 + 1 + 500);
  expect(of(1_000)).toBe(1_000 * 2 + 1_000 + 500);
});

describe('what it prints', () => {
  // fping 5.1, Debian 12.
  const OUTPUT = `192.0.2.1 : [0], 64 bytes, 0.034 ms (0.034 avg, 0% loss)
192.0.2.2 : [0], timed out (NaN avg, 100% loss)
2001:db8::1 : [0], 64 bytes, 1.5 ms (1.5 avg, 0% loss)
192.0.2.1 : duplicate for [0], 64 bytes, 0.05 ms
192.0.2.1 : [1], timed out (0.034 avg, 50% loss)
2001:db8::1 : [1], 64 bytes, 12 ms (6.75 avg, 0% loss)
203.0.113.9 : [0], 64 bytes, 9 ms (9 avg, 0% loss)
ICMP Host Unreachable from 192.0.2.254 for ICMP Echo sent to 192.0.2.2
`;
  const addresses = ['192.0.2.1', '192.0.2.2', '2001:db8::1'];

  test('is one round trip per answer, none for what is lost, doubled or of nobody asked', () => {
    const echoes = parseFping(OUTPUT, { addresses, count: 2 });
    expect(Object.fromEntries(echoes)).toEqual({
      '192.0.2.1': { sent: 2, roundTripsMs: [0.034], hopLimit: null },
      '192.0.2.2': { sent: 2, roundTripsMs: [], hopLimit: null },
      '2001:db8::1': { sent: 2, roundTripsMs: [1.5, 12], hopLimit: null },
    });
  });

  test('may break off anywhere', () => {
    for (let end = 0; end < OUTPUT.length; end += 7) {
      const echoes = parseFping(OUTPUT.slice(0, end), { addresses, count: 2 });
      expect([...echoes.keys()]).toEqual(addresses);
    }
  });
});

test('the real one asks three hundred addresses in one process', async (context) => {
  const tool = fping(needs('fping', context));
  const addresses = Array.from({ length: 300 }, (_, i) => `127.0.1.${i % 250}`);
  const unique = [...new Set(addresses)];
  const echoes = await tool.send({ ...VOLLEY, count: 2, addresses: unique }, systemClock);
  expect(echoes.size).toBe(250);
  const answered = [...echoes.values()].filter(({ roundTripsMs }) => roundTripsMs.length > 0);
  // On a busy machine one may be late; all of them never are.
  expect(answered.length).toBeGreaterThan(200);
});

test.each([
  [
    'says why',
    'echo "fping: can\'t create socket (must run as root?)" >&2; exit 4',
    'must run as root',
  ],
  ['says nothing', 'exit 3', 'it says no reason'],
])('a program that cannot send and %s', async (_, script, text) => {
  const path = join(folder(), 'fping');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  const sent = fping(path).send({ ...VOLLEY, addresses: ['127.0.0.1'] }, systemClock);
  await expect(sent).rejects.toThrow(text);
});
