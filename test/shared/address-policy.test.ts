/** S19: where requests may go, as a table; names, redirects and rebinding through a resolver. */
import { describe, expect, test } from 'vitest';
import {
  type AddressPolicy,
  addressPolicy,
  checkedAddresses,
  hostOfUrl,
  networkComplaint,
  systemResolve,
  urlComplaint,
} from '../../src/shared/address-policy.ts';
import { messageOf } from '../../src/shared/errors.ts';

const NOTHING_LISTED = addressPolicy([]);
const PRIVATE_LISTED = addressPolicy(['10.0.0.0/8', '192.168.0.0/16', 'fd00::/8']);
const EVERYTHING_LISTED = addressPolicy(['0.0.0.0/0', '::/0']);

/** What names stand for here; the ones in the middle are like those of nip.io. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'public.example': ['93.184.216.34'],
  'public6.example': ['2606:2800:220:1::1'],
  'inside.example': ['10.0.0.5'],
  'metadata.example': ['169.254.169.254'],
  'one-of-two.example': ['93.184.216.34', '127.0.0.1'],
  'other-of-two.example': ['::1', '93.184.216.34'],
  '127.0.0.1.nip.example': ['127.0.0.1'],
  '169-254-169-254.nip.example': ['169.254.169.254'],
  'mapped.example': ['::ffff:10.0.0.5'],
  localhost: ['127.0.0.1', '::1'],
  'localhost.': ['127.0.0.1'],
  'nothing.example': [],
};

async function resolve(name: string): Promise<readonly string[]> {
  const found = NAMES[name];
  if (found === undefined) throw new Error('ENOTFOUND');
  return found;
}

/** `reached`, or the first words of the refusal. */
async function fate(url: string, policy: AddressPolicy): Promise<string> {
  const complaint = urlComplaint(url);
  if (complaint !== null) return complaint;
  try {
    await checkedAddresses(hostOfUrl(new URL(url)), { policy, resolve });
    return 'reached';
  } catch (error) {
    return messageOf(error);
  }
}

/** URL → with nothing listed, with private networks listed. */
const CASES: readonly (readonly [string, string, string])[] = [
  ['http://93.184.216.34/', 'reached', 'reached'],
  ['https://[2606:2800:220:1::1]/', 'reached', 'reached'],
  ['http://public.example/', 'reached', 'reached'],
  ['https://public6.example:8443/x', 'reached', 'reached'],
  // Clouds' metadata.
  ['http://169.254.169.254/latest/meta-data/', 'metadata', 'metadata'],
  ['http://[fd00:ec2::254]/', 'metadata', 'metadata'],
  ['http://100.100.100.200/', 'metadata', 'metadata'],
  ['http://168.63.129.16/', 'metadata', 'metadata'],
  ['http://169.254.170.2/v2/credentials', 'metadata', 'metadata'],
  ['http://metadata.example/', 'metadata', 'metadata'],
  ['http://169-254-169-254.nip.example/', 'metadata', 'metadata'],
  ['http://[::ffff:169.254.169.254]/', 'metadata', 'metadata'],
  ['http://[64:ff9b::169.254.169.254]/', 'metadata', 'metadata'],
  ['http://[2002:a9fe:a9fe::]/', 'metadata', 'metadata'],
  ['http://2852039166/', 'metadata', 'metadata'],
  ['http://0xA9FEA9FE/', 'metadata', 'metadata'],
  ['http://0251.0376.0251.0376/', 'metadata', 'metadata'],
  ['http://169.254.43518/', 'metadata', 'metadata'],
  // Loopback, in all its forms.
  ['http://127.0.0.1/', 'loopback', 'loopback'],
  ['http://127.255.255.254/', 'loopback', 'loopback'],
  ['http://localhost/', 'loopback', 'loopback'],
  ['http://localhost./', 'loopback', 'loopback'],
  ['http://LOCALHOST/', 'loopback', 'loopback'],
  ['http://127.1/', 'loopback', 'loopback'],
  ['http://127.0.1/', 'loopback', 'loopback'],
  ['http://2130706433/', 'loopback', 'loopback'],
  ['http://0x7f000001/', 'loopback', 'loopback'],
  ['http://0x7f.0x0.0x0.0x1/', 'loopback', 'loopback'],
  ['http://0177.0.0.1/', 'loopback', 'loopback'],
  ['http://017700000001/', 'loopback', 'loopback'],
  ['http://127.0.0.1./', 'loopback', 'loopback'],
  ['http://１２７.０.０.１/', 'loopback', 'loopback'],
  ['http://127。0。0。1/', 'loopback', 'loopback'],
  ['http://[::1]/', 'loopback', 'loopback'],
  ['http://[0:0:0:0:0:0:0:1]/', 'loopback', 'loopback'],
  ['http://[::ffff:127.0.0.1]/', 'loopback', 'loopback'],
  ['http://[::ffff:7f00:1]/', 'loopback', 'loopback'],
  ['http://[::127.0.0.1]/', 'loopback', 'loopback'],
  ['http://[2002:7f00:1::]/', 'loopback', 'loopback'],
  ['http://[64:ff9b::7f00:1]/', 'loopback', 'loopback'],
  ['http://127.0.0.1.nip.example/', 'loopback', 'loopback'],
  ['http://one-of-two.example/', 'loopback', 'loopback'],
  ['http://other-of-two.example/', 'loopback', 'loopback'],
  // Unspecified: most systems take it for loopback.
  ['http://0.0.0.0/', 'unspecified', 'unspecified'],
  ['http://0/', 'unspecified', 'unspecified'],
  ['http://0.1.2.3/', 'unspecified', 'unspecified'],
  ['http://[::]/', 'unspecified', 'unspecified'],
  // Link-local, multicast, reserved.
  ['http://169.254.1.1/', 'link-local', 'link-local'],
  ['http://[fe80::1]/', 'link-local', 'link-local'],
  ['http://224.0.0.1/', 'multicast', 'multicast'],
  ['http://[ff02::1]/', 'multicast', 'multicast'],
  ['http://255.255.255.255/', 'reserved', 'reserved'],
  ['http://240.0.0.1/', 'reserved', 'reserved'],
  ['http://[2001::1]/', 'reserved', 'reserved'],
  // Private: what a monitor needs, once the operator says so.
  ['http://10.0.0.5/', 'private', 'reached'],
  ['http://192.168.1.1/', 'private', 'reached'],
  ['http://inside.example/', 'private', 'reached'],
  ['http://mapped.example/', 'private', 'reached'],
  ['http://[::ffff:10.0.0.5]/', 'private', 'reached'],
  ['http://[fd12::1]/', 'private', 'reached'],
  ['http://172.16.0.1/', 'private', 'private'],
  ['http://100.64.0.1/', 'private', 'private'],
  ['http://[fec0::1]/', 'private', 'private'],
  // Other schemes and other tricks.
  ['file:///etc/passwd', 'file: is not supported', 'file: is not supported'],
  ['gopher://10.0.0.5:6379/_x', 'gopher: is not supported', 'gopher: is not supported'],
  ['ftp://10.0.0.5/', 'ftp: is not supported', 'ftp: is not supported'],
  ['data:text/plain,x', 'data: is not supported', 'data: is not supported'],
  ['javascript:alert(1)', 'javascript: is not supported', 'javascript: is not supported'],
  ['http://public.example@127.0.0.1/', 'user name', 'user name'],
  ['http://user:secret@public.example/', 'user name', 'user name'],
  ['http://127.0.0.1\\@public.example/', 'loopback', 'loopback'],
  ['http://a_b.example/', 'host is neither', 'host is neither'],
  ['http:///', 'is not a URL', 'is not a URL'],
  ['//127.0.0.1/', 'is not a URL', 'is not a URL'],
  ['http://nothing.example/', 'has no address', 'has no address'],
  ['http://unknown.example/', 'cannot be resolved', 'cannot be resolved'],
];

test('there are at least sixty cases', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(60);
});

test.each(CASES)('%s: %s; with private networks listed: %s', async (url, none, listed) => {
  expect(await fate(url, NOTHING_LISTED)).toContain(none);
  expect(await fate(url, PRIVATE_LISTED)).toContain(listed);
});

test.each(CASES)('%s: listing everything opens no guarded range', async (url, none) => {
  expect(await fate(url, EVERYTHING_LISTED)).toContain(none);
});

describe('what is listed opens exactly that', () => {
  test('metadata only by itself, not by the range around it', () => {
    const around = addressPolicy(['169.254.0.0/16', '100.64.0.0/10']);
    expect(around.complaint('169.254.1.1')).toBeNull();
    expect(around.complaint('169.254.169.254')).toContain('metadata');
    expect(around.complaint('100.100.100.200')).toContain('metadata');
    const both = addressPolicy(['169.254.0.0/16', '169.254.169.254']);
    expect(both.complaint('169.254.169.254')).toBeNull();
  });

  test('a part of loopback leaves the rest closed', () => {
    const policy = addressPolicy(['127.0.0.0/24']);
    expect(policy.complaint('127.0.0.9')).toBeNull();
    expect(policy.complaint('::ffff:127.0.0.9')).toBeNull();
    expect(policy.complaint('127.0.1.1')).toContain('127.0.0.0/8');
    expect(policy.complaint('::1')).toContain('loopback');
  });

  test('what is no network is refused', () => {
    expect(() => addressPolicy(['10.0.0.0/40'])).toThrow('"10.0.0.0/40" is not a network');
    expect(networkComplaint('localhost')).toContain('write it as 10.0.0.0/8');
    expect(networkComplaint('::1')).toBeNull();
  });
});

describe('sockets of this program', () => {
  test('are refused on their own address and port only', () => {
    const policy = addressPolicy(['127.0.0.0/8'], [{ address: '127.0.0.1', port: 8420 }]);
    expect(policy.complaint('127.0.0.1', 8420)).toContain('this program itself');
    expect(policy.complaint('::ffff:127.0.0.1', 8420)).toContain('this program itself');
    expect(policy.complaint('127.0.0.1', 8421)).toBeNull();
    expect(policy.complaint('127.0.0.2', 8420)).toBeNull();
  });

  test('that listen everywhere are refused on every address of this host', () => {
    const policy = addressPolicy(['127.0.0.0/8', '::1'], [{ address: '0.0.0.0', port: 8420 }]);
    for (const address of ['127.0.0.1', '127.9.9.9', '::1']) {
      expect(policy.complaint(address, 8420)).toContain('this program itself');
      expect(policy.complaint(address, 80)).toBeNull();
    }
    expect(policy.complaint('93.184.216.34', 8420)).toBeNull();
  });
});

describe('resolving', () => {
  const policy = addressPolicy(['127.0.0.0/8', '::1']);

  test('asks once, and gives what was checked', async () => {
    let asked = 0;
    const rebinding = async (): Promise<readonly string[]> =>
      asked++ === 0 ? ['93.184.216.34'] : ['127.0.0.1'];
    const found = await checkedAddresses('a.example', {
      policy: NOTHING_LISTED,
      resolve: rebinding,
    });
    expect(found).toEqual(['93.184.216.34']);
    expect(asked).toBe(1);
    const again = checkedAddresses('a.example', { policy: NOTHING_LISTED, resolve: rebinding });
    await expect(again).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('an address is never asked for', async () => {
    const never = (): never => expect.unreachable();
    const given = await checkedAddresses('::ffff:127.0.0.1', { policy, resolve: never });
    expect(given).toEqual(['127.0.0.1']);
  });

  test('refuses what is no host before asking', async () => {
    const never = (): never => expect.unreachable();
    const asked = checkedAddresses('-f', { policy, resolve: never });
    await expect(asked).rejects.toMatchObject({ code: 'bad_request' });
  });

  test('knows names as this host does', async () => {
    expect(await systemResolve('localhost')).toContain('127.0.0.1');
    await expect(systemResolve('does-not-exist.invalid')).rejects.toThrow();
  });
});
