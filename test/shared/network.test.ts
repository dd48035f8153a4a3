import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalAddress,
  contains,
  embeddedAddress,
  inside,
  parseAddress,
  parseNetwork,
} from '../../src/shared/network.ts';

describe('an address has one spelling', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::', '::'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:0DB8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['fe80::', 'fe80::'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::ffff:7f00:1', '127.0.0.1'],
    ['0:0:0:0:0:FFFF:10.1.2.3', '10.1.2.3'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
  ])('%s is %s', (written, canonical) => {
    expect(canonicalAddress(written)).toBe(canonical);
  });

  test.each(['', 'a', '127.1', '[::1]', '1.2.3.4.5', '::g', '1.2.3.4/8'])('%j is none', (text) => {
    expect(canonicalAddress(text)).toBeNull();
  });

  test('of every IPv6 address: valid, stable, and as URLs spell it', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const canonical = canonicalAddress(address) ?? '';
        expect(canonicalAddress(canonical)).toBe(canonical);
        const byUrl = new URL(`http://[${address}]`).hostname.slice(1, -1);
        if (isIPv6(canonical)) expect(canonical).toBe(byUrl);
        else expect(canonicalAddress(byUrl)).toBe(canonical);
      }),
    );
  });
});

describe('networks', () => {
  test.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.1.2.3/8', '10.200.0.1', true],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '::1', false],
    ['fe80::/10', 'febf::1', true],
    ['fe80::/10', 'fec0::1', false],
    ['::/0', 'ffff::', true],
    ['fd00::/8', 'fd12:3456::1', true],
  ])('%s contains %s: %s', (network, address, expected) => {
    expect(contains(parseNetwork(network), parseAddress(address))).toBe(expected);
  });

  test.each([
    '',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '::/129',
    '10/8',
    'a/8',
    '1.2.3.4/8/8',
    '10.0.0.0/1e1',
  ])('%j is none', (text) => {
    expect(parseNetwork(text)).toBeNull();
  });

  test('one lies inside another when it is not wider and begins in it', () => {
    const is = (a: string, b: string): boolean => inside(parseNetwork(a), parseNetwork(b));
    expect(is('10.1.0.0/16', '10.0.0.0/8')).toBe(true);
    expect(is('10.0.0.0/8', '10.0.0.0/8')).toBe(true);
    expect(is('10.0.0.0/7', '10.0.0.0/8')).toBe(false);
    expect(is('11.0.0.0/16', '10.0.0.0/8')).toBe(false);
    expect(is('::/96', '0.0.0.0/0')).toBe(false);
    expect(inside(null, parseNetwork('::/0'))).toBe(false);
  });

  test('every address is in the network of its own prefix', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
        expect(contains(parseNetwork(`${address}/${prefix}`), parseAddress(address))).toBe(true);
      }),
    );
  });
});

test.each([
  ['64:ff9b::169.254.169.254', '169.254.169.254'],
  ['2002:7f00:1::', '127.0.0.1'],
  ['2002:a9fe:a9fe::1', '169.254.169.254'],
  ['::127.0.0.1', '127.0.0.1'],
  ['::1', null],
  ['::', null],
  ['2001:db8::7f00:1', null],
  ['10.0.0.1', null],
])('%s leads to %s', (address, expected) => {
  expect(embeddedAddress(address)).toBe(expected);
});
