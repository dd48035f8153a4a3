/** What is known of a device that does not answer, and of a name that has no address. */
import { createSocket } from 'node:dgram';
import { describe, expect, onTestFinished, test } from 'vitest';
import { addressOfHost } from '../../../src/agent/snmp/address-of-host.ts';
import { type Presence, presenceAt, silenceOf } from '../../../src/agent/snmp/presence.ts';
import type { Credential } from '../../../src/agent/snmp/protocols.ts';
import { SnmpTrouble } from '../../../src/agent/snmp/session.ts';
import { claimOf } from '../../../src/agent/traps/claim.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { manualClock } from '../../support/manual-clock.ts';

/** A UDP socket that does `answer` with what it gets. */
async function listener(answer: (datagram: Buffer) => Buffer | null) {
  const heard: Buffer[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (datagram, from) => {
    heard.push(datagram);
    const reply = answer(datagram);
    if (reply !== null) socket.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const close = (): Promise<void> => new Promise((resolve) => socket.close(() => resolve()));
  return { heard, close, place: { address: '127.0.0.1', port: socket.address().port } };
}

describe('what is there', () => {
  test('an agent, when the question that needs no credential is answered', async () => {
    const { place, heard, close } = await listener(() => Buffer.from('any report'));
    onTestFinished(close);
    expect(await presenceAt(place, 5_000, systemClock)).toBe('agent');
    // Version 3, no user, no authentication, whole to the last byte.
    const asked = heard[0] ?? Buffer.alloc(0);
    expect(claimOf(asked)).toEqual({ version: 3, community: '', user: '', level: 1 });
    expect(asked.length).toBe(2 + (asked[1] ?? 0));
  });

  test('a closed port', async () => {
    const { place, close } = await listener(() => null);
    await close();
    expect(await presenceAt(place, 5_000, systemClock)).toBe('closed');
  });

  test('nothing that answers in time', async () => {
    const clock = manualClock();
    const { place, heard, close } = await listener(() => null);
    onTestFinished(close);
    const presence = presenceAt(place, 2_000, clock);
    await expect.poll(() => heard.length).toBe(1);
    await clock.advance(2_000);
    expect(await presence).toBe('nothing');
  });

  test('an address no socket goes to is no failure of ours', async () => {
    const place = { address: '255.255.255.255', port: 161 };
    expect(['nothing', 'no_route']).toContain(await presenceAt(place, 50, systemClock));
  });
});

const COMMUNITY: Credential = { version: '2c', community: 'hush-hush' };
const USER: Credential = { version: '3', user: 'watch', context: '' };

test.each<[Presence, Credential, RegExp, RegExp]>([
  ['closed', COMMUNITY, /nothing listens on this UDP port/, /switch SNMP on/],
  ['no_route', COMMUNITY, /there is no route/, /check the address/],
  ['nothing', COMMUNITY, /^sw:161 does not answer$/, /address, port, firewalls/],
  [
    'agent',
    COMMUNITY,
    /has an SNMP agent, which does not answer this community over v2c/,
    /or use v3/,
  ],
  ['agent', USER, /which does not answer user watch/, /user, privacy protocol and key/],
])('%s is told with the mend', (presence, credential, told, mend) => {
  const trouble = silenceOf(presence, 'sw:161', credential);
  expect(trouble.trouble).toBe('silent');
  expect(trouble.message).toMatch(told);
  expect(trouble.mend).toMatch(mend);
  expect(trouble.message + trouble.mend).not.toContain('hush-hush');
});

describe('the address of a host', () => {
  const fails = (code: string) => () =>
    Promise.reject(Object.assign(new Error(`getaddrinfo ${code} sw`), { code }));

  test('is what is written, or what is found', async () => {
    const find = () => Promise.resolve({ address: '192.0.2.9' });
    expect(await addressOfHost('2001:db8::1', fails('none'))).toBe('2001:db8::1');
    expect(await addressOfHost('sw', find)).toBe('192.0.2.9');
  });

  test.each([
    ['ENOTFOUND', 'no name server and no hosts file knows it', 'spelling'],
    ['EAI_AGAIN', 'the name servers do not answer', 'resolv.conf'],
    ['EAI_FAIL', 'getaddrinfo EAI_FAIL sw', 'resolv.conf'],
  ])('that has none (%s) is told by its name', async (code, told, mend) => {
    const trouble: unknown = await addressOfHost('sw', fails(code)).catch((error) => error);
    expect(trouble).toBeInstanceOf(SnmpTrouble);
    expect(trouble).toMatchObject({
      trouble: 'unresolved',
      message: `the name "sw" has no address: ${told}`,
      mend: expect.stringContaining(mend),
    });
  });
});
