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
  expect(args.join(' ')).toBe('-q -C 3 -p 250 -t 500 -i 1 -- 192.0.2.1 2001:db8::1');
});

test('the time it may take grows with the addresses', () => {
  const of = (count: number): number =>
    durationMs({ ...VOLLEY, addresses: Array.from({ length: count }, () => 'x') });
  expect(of(1)).toBe(250 * 2 + 1 + 500);
  expect(of(1_000)).toBe(1_000 * 2 + 1_000 + 500);
});

describe('what it reports', () => {
  // fping 5.1, Debian 12.
  const REPORT = `192.0.2.1   : 0.034 0.041
192.0.2.2   : - -
ICMP Host Unreachable from 192.0.2.254 for ICMP Echo sent to 192.0.2.2
2001:db8::1 : 1.5 -
203.0.113.9 : 9 9
`;
  const addresses = ['192.0.2.1', '192.0.2.2', '2001:db8::1', '192.0.2.3'];

  test('is one round trip per answer, none for what is lost, nothing of nobody asked', () => {
    expect(Object.fromEntries(parseFping(REPORT, addresses))).toEqual({
      '192.0.2.1': { sent: 2, roundTripsMs: [0.034, 0.041], hopLimit: null },
      '192.0.2.2': { sent: 2, roundTripsMs: [], hopLimit: null },
      '2001:db8::1': { sent: 2, roundTripsMs: [1.5], hopLimit: null },
    });
  });

  test('may break off anywhere; then what is there is whole', () => {
    const whole = parseFping(REPORT, addresses);
    for (let end = 0; end < REPORT.length; end++) {
      const echoes = parseFping(REPORT.slice(0, end), addresses);
      for (const [address, each] of echoes) expect(each).toEqual(whole.get(address));
      expect(echoes.size).toBeLessThanOrEqual(whole.size);
    }
  });
});

test('the real one asks three hundred addresses in one process', async (context) => {
  const tool = fping(needs('fping', context));
  const addresses = Array.from({ length: 300 }, (_, i) => `127.0.1.${i % 250}`);
  const unique = [...new Set(addresses)];
  const echoes = await tool.send({ ...VOLLEY, count: 2, addresses: unique }, systemClock);
  expect(echoes.size).toBe(250);
  expect([...echoes.values()].every(({ sent }) => sent === 2)).toBe(true);
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
  // What was cut off is not a loss of anybody.
  ['talks without end', 'yes; exit 0', 'it was ended (output)'],
])('a program that cannot send and %s', async (_, script, text) => {
  const path = join(folder(), 'fping');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  const sent = fping(path).send({ ...VOLLEY, addresses: ['127.0.0.1'] }, systemClock);
  await expect(sent).rejects.toThrow(text);
});
