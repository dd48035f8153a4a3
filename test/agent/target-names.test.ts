import { expect, test } from 'vitest';
import { TargetNames } from '../../src/agent/target-names.ts';
import { createLog } from '../../src/shared/log.ts';
import { manualClock } from '../support/manual-clock.ts';

function rig() {
  const clock = manualClock();
  const logged: string[] = [];
  const hosts = new Map<string, readonly string[]>();
  const asked: string[] = [];
  const names = new TargetNames({
    targets: [
      { name: 'core-1', address: '192.0.2.1' },
      { name: 'ups-1', address: 'ups.example' },
    ],
    clock,
    log: createLog({ write: (line) => void logged.push(line) }),
    addressesOf: async (host) => {
      asked.push(host);
      const found = hosts.get(host);
      if (found === undefined) throw new Error(`ENOTFOUND ${host}`);
      return found;
    },
  });
  return { clock, logged, hosts, asked, names };
}

test('a target is known by its address and by those of its host name', async () => {
  const { hosts, asked, names } = rig();
  hosts.set('ups.example', ['192.0.2.2', '2001:db8::2']);
  await names.look();
  const found = ['192.0.2.1', '192.0.2.2', '2001:db8::2'].map((one) => names.nameOf(one));
  expect(found).toEqual(['core-1', 'ups-1', 'ups-1']);
  expect(asked).toEqual(['ups.example']);
});

test('a host name without an address is warned of, and looked up again for a stranger', async () => {
  const { clock, logged, hosts, asked, names } = rig();
  await names.look();
  expect(logged.join('')).toMatch(/ups-1.*ENOTFOUND ups\.example/);
  hosts.set('ups.example', ['192.0.2.2']);
  // At most once a minute, whoever sends.
  for (let i = 0; i < 50; i++) expect(names.nameOf('192.0.2.2')).toBeNull();
  expect(asked.length).toBe(1);
  await clock.advance(60_000);
  for (let i = 0; i < 50; i++) names.nameOf('192.0.2.2');
  expect(asked.length).toBe(2);
  await expect.poll(() => names.nameOf('192.0.2.2')).toBe('ups-1');
});

test('a name that moved is followed; one that cannot be looked up keeps what it had', async () => {
  const { hosts, names } = rig();
  hosts.set('ups.example', ['192.0.2.2']);
  await names.look();
  hosts.delete('ups.example');
  await names.look();
  expect(names.nameOf('192.0.2.2')).toBe('ups-1');
  hosts.set('ups.example', ['192.0.2.3']);
  await names.look();
  expect([names.nameOf('192.0.2.3'), names.nameOf('192.0.2.2')]).toEqual(['ups-1', null]);
});
