/** `agent snmp …`: options made into credentials, and the verbs over a real device. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../src/agent/cli/cli.ts';
import { makeHost } from '../../../src/agent/run.ts';
import { foundYaml, hostAndPort } from '../../../src/agent/snmp/command.ts';
import { credentialFrom } from '../../../src/agent/snmp/command-credential.ts';
import { addressesOf } from '../../../src/agent/snmp/discover.ts';
import { snmpSettings } from '../../../src/agent/snmp/settings.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { parseYaml } from '../../../src/shared/config.ts';
import { Failure } from '../../../src/shared/errors.ts';
import {
  gauge,
  honest,
  openSimDevice,
  type SimDevice,
  type SimValue,
} from '../../support/snmp-device.ts';
import { IF, IFX, port, system } from './devices.ts';

let home = '';
const devices: SimDevice[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'snmp-command-'));
});
afterEach(async () => {
  rmSync(home, { recursive: true });
  for (const device of devices.splice(0)) await device.close();
});

const key = (text: string, mode = 0o600): string => {
  const file = join(home, `key-${mode}`);
  writeFileSync(file, `${text}\n`);
  chmodSync(file, mode);
  return file;
};

async function agent(...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const real = makeHost({ script: 'agent.ts', args: [], clock: systemClock, version: '9.9.9' });
  const code = await runCli(['snmp', ...args], {
    ...real,
    stdout: { write: (text) => void out.push(text) },
    stderr: { write: (text) => void err.push(text) },
  });
  return { code, out: out.join(''), err: err.join('') };
}

async function device(): Promise<SimDevice> {
  const opened = await openSimDevice(
    honest({ ...system(), ...port(3, 'Gi0/3', 9_007_199_254_740_993n) }),
  );
  devices.push(opened);
  return opened;
}

function refusalOf(act: () => unknown): Failure {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    return error as Failure;
  }
  throw new Error('it was taken');
}

describe('credentials on the command line', () => {
  test('communities, from an argument and from a file', () => {
    expect(credentialFrom({ community: 'c' })).toEqual({ version: '2c', community: 'c' });
    const old = { communityFile: key('from-file'), snmpVersion: '1' };
    expect(credentialFrom(old)).toEqual({ version: '1', community: 'from-file' });
  });

  test('users, with keys from files', () => {
    const options = {
      v3User: 'watch',
      v3AuthKeyFile: key('authpass123'),
      v3PrivKey: 'privpass123',
      v3PrivProtocol: 'AES-256',
      v3Context: 'vrf',
    };
    expect(credentialFrom(options)).toEqual({
      version: '3',
      user: 'watch',
      context: 'vrf',
      auth: { protocol: 'sha256', key: 'authpass123' },
      priv: { protocol: 'aes256b', key: 'privpass123' },
    });
    expect(credentialFrom({ v3User: 'nobody' })).toEqual({
      version: '3',
      user: 'nobody',
      context: '',
    });
  });

  test.each([
    [{}, 'no credential', '--community-file FILE'],
    [{ community: '' }, 'no credential', '--community-file FILE'],
    [{ community: 'c', snmpVersion: '4' }, '--snmp-version "4" is none', '1 or 2c'],
    [{ community: 'c', snmpVersion: '3' }, 'needs a user', '--v3-user NAME'],
    [{ v3AuthKey: 'authpass123' }, 'needs a user', '--v3-user NAME'],
    [{ v3User: 'u', community: 'c' }, 'a community and a user', 'not both'],
    [{ v3User: 'u', v3PrivKey: 'privpass123' }, 'needs authentication', '--v3-auth-key-file'],
    [{ v3User: 'u', v3AuthProtocol: 'sha' }, '--v3-auth-protocol needs a key', 'key-file FILE'],
    [
      { v3User: 'u', v3AuthKey: 'authpass123', v3AuthProtocol: 'sha265' },
      '--v3-auth-protocol "sha265" is none',
      'write one of sha, sha224',
    ],
    [{ v3User: 'u', v3AuthKey: 'authpass123', v3PrivProtocol: 'des' }, 'v3-priv', 'aes256r'],
    [{ v3User: 'u', v3AuthKey: 'brief' }, '--v3-auth-key has fewer than 8', 'RFC 3414'],
    [{ communityFile: '/nowhere/key' }, 'cannot be read', 'a file that is there'],
  ])('%j is refused', (options, told, mend) => {
    const said = refusalOf(() => credentialFrom(options));
    expect(said.message).toContain(told);
    expect(said.hint).toContain(mend);
    expect(said.message + said.hint).not.toMatch(/authpass|brief/);
  });

  test('an empty key file is refused', () => {
    expect(refusalOf(() => credentialFrom({ communityFile: key('') })).message).toContain(
      'is empty',
    );
  });

  test('a key file that others can read is refused', () => {
    expect(() => credentialFrom({ communityFile: key('secret', 0o644) })).toThrow('open to others');
  });
});

test.each([
  ['sw', { address: 'sw', port: 161 }],
  ['192.0.2.1:1161', { address: '192.0.2.1', port: 1161 }],
  ['[2001:db8::1]:1161', { address: '2001:db8::1', port: 1161 }],
  ['2001:db8::1', { address: '2001:db8::1', port: 161 }],
])('%s is an address', (text, wanted) => {
  expect(hostAndPort(text)).toEqual(wanted);
});

test.each([
  ['-x', '"-x" is neither an IP address nor a host name'],
  ['a b', '"a b" is neither'],
  ['', 'is empty'],
  ['udp://sw', '"udp://sw" has a scheme: write the host alone'],
  ['a:99999', 'the port of a:99999: "99999" is not a whole number from 1 to 65535'],
])('"%s" is no address: %s', (text, told) => {
  const { code, message, hint } = refusalOf(() => hostAndPort(text));
  expect(code).toBe('usage');
  expect(message).toContain(told);
  expect(hint).not.toBe('');
});

describe('ranges', () => {
  test.each([
    ['192.0.2.7', ['192.0.2.7']],
    ['192.0.2.0/30', ['192.0.2.1', '192.0.2.2']],
    ['192.0.2.5/31', ['192.0.2.4', '192.0.2.5']],
  ])('%s', (range, wanted) => {
    expect(addressesOf(range)).toEqual(wanted);
  });

  test('a /24 has 254 addresses, whatever address names it', () => {
    const all = addressesOf('10.255.255.77/24');
    expect([all.length, all[0], all.at(-1)]).toEqual([254, '10.255.255.1', '10.255.255.254']);
  });

  test.each([
    ['2001:db8::7', ['2001:db8::7']],
    ['2001:DB8:0::10/127', ['2001:db8::10', '2001:db8::11']],
    [
      '2001:db8::fffe/126',
      ['2001:db8::fffc', '2001:db8::fffd', '2001:db8::fffe', '2001:db8::ffff'],
    ],
    ['192.0.2.7,2001:db8::7, 192.0.2.7', ['192.0.2.7', '2001:db8::7']],
    ['192.0.2.0/30 192.0.2.8/31', ['192.0.2.1', '192.0.2.2', '192.0.2.8', '192.0.2.9']],
  ])('%s is asked one by one', (range, wanted) => {
    expect(addressesOf(range)).toEqual(wanted);
  });

  test.each([
    ['10.0.0.0/8', 'it has 16777216 addresses, more than 4096', '/20 to /32'],
    ['2001:db8::/64', 'it has 2^64 addresses, which nobody can ask', 'ip -6 neigh'],
    ['2001:db8::/115', 'it has 2^13 addresses', '/116 to /128'],
    ['10.0.0.0/20,10.1.0.0/20', 'together they have 8188', 'one after the other'],
    ['1.2.3', 'neither an IP address nor a range', '192.0.2.0/24'],
    ['1.2.3.256', 'neither', '2001:db8::10/124'],
    ['switch.example', 'neither', '192.0.2.0/24'],
    ['1.2.3.4/33', 'neither', '192.0.2.0/24'],
    ['', 'neither', '192.0.2.0/24'],
  ])('"%s" is refused: %s', (range, told, mend) => {
    const { code, message, hint } = refusalOf(() => addressesOf(range));
    expect([code, message]).toEqual(['usage', expect.stringContaining(told)]);
    expect(hint).toContain(mend);
  });
});

describe('agent snmp test', () => {
  test('prints the contract’s JSON, octets exact', async () => {
    const { port: at } = await device();
    const args = ['--community', 'public', '--format', 'json', '--timeout', '2s'];
    const { code, out } = await agent('test', `127.0.0.1:${at}`, ...args);
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(Object.keys(report)).toEqual([
      'profile',
      'reason',
      'facts',
      'rows',
      'indicators',
      'unanswered',
    ]);
    expect(report.profile).toBe('generic');
    expect(report.rows.ports).toEqual([
      {
        ifIndex: 3,
        ifName: 'Gi0/3',
        ifDescr: 'Ethernet Gi0/3',
        ifAlias: 'to Gi0/3',
        speed_bps: 1e9,
        admin: 'up',
        oper: 'up',
        in_octets: '9007199254740993',
        out_octets: '18014398509481986',
      },
    ]);
    expect(report.indicators).toContainEqual({
      name: 'interface_up',
      labels: { interface: 'Gi0/3' },
      value: 1,
    });
    expect(report.indicators).toContainEqual({ name: 'uptime_seconds', labels: {}, value: 1_000 });
  });

  test('as text says what matched and why, what answered, what results', async () => {
    const { port: at } = await device();
    const { out } = await agent('test', `127.0.0.1:${at}`, '--community', 'public');
    for (const told of [
      'generic: no profile fits',
      '1, 1 up',
      'answered',
      '1.3.6.1.2.1.31.1.1.1.6',
    ]) {
      expect(out).toContain(told);
    }
    expect(out).toMatch(/indicators\n(.*\n)* {2}interface_up/);
  });

  test('of a silent device fails with what to do', async () => {
    const { port: at } = await device();
    const args = ['--community', 'wrong', '--timeout', '50ms', '--retries', '0'];
    const { code, out, err } = await agent('test', `127.0.0.1:${at}`, ...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('does not answer');
    expect(err).toContain('mend: ');
    expect(err).not.toContain('wrong one: wrong');
  });

  test('wrong usage ends with 2', async () => {
    expect((await agent('test', 'a b', '--community', 'c')).code).toBe(2);
    expect((await agent('test', '127.0.0.1:9', '--community', 'c', '--format', 'xml')).code).toBe(
      2,
    );
    expect((await agent('test')).code).toBe(2);
  });

  test.each([
    [['--timeout', '5'], '--timeout "5" is not a duration', 'for example 15s'],
    [['--timeout', '0s'], '--timeout 0s is not between', 'for example 3s'],
    [['--retries', '9'], '--retries "9" is not a whole number from 0 to 5', 'for example 1'],
    [
      ['--profile', 'cisco-ioss'],
      'no profile "cisco-ioss" (did you mean "cisco-ios"?)',
      'leave it out',
    ],
    [['--profiles', '/nowhere'], 'the folder of SNMP profiles cannot be read', '/nowhere'],
  ])('%j is refused with the option and the mend', async (more, told, mend) => {
    const { code, err } = await agent('test', '127.0.0.1:9', '--community', 'c', ...more);
    expect(code).not.toBe(0);
    expect(err).toContain(told);
    expect(err).toContain(mend);
  });

  test('of a name that nobody knows says so', async () => {
    const { code, err } = await agent('test', 'no-such-name.invalid', '--community', 'c');
    expect(code).toBe(1);
    expect(err).toMatch(/the name "no-such-name\.invalid" has no address: /);
    expect(err).toMatch(/mend: .*write the IP address/);
    expect(err).not.toMatch(/ENOTFOUND|EAI_AGAIN|max_repetitions/);
  });

  test('of a port nobody listens on says so', async () => {
    const { port: at, close } = await openSimDevice(() => null);
    await close();
    const args = ['--community', 'c', '--timeout', '50ms', '--retries', '0'];
    const { err } = await agent('test', `127.0.0.1:${at}`, ...args);
    expect(err).toContain(`127.0.0.1:${at} is there, but nothing listens on this UDP port`);
    expect(err).toContain('mend: switch SNMP on at the device');
  });

  test('shows a port faster than ifSpeed can say as that', async () => {
    const fast: Record<string, SimValue> = {
      ...port(3, 'Te0/3'),
      [`${IF}.5.3`]: gauge(4_294_967_295),
    };
    delete fast[`${IFX}.15.3`];
    const opened = await openSimDevice(honest({ ...system(), ...fast }));
    devices.push(opened);
    const args = ['test', `127.0.0.1:${opened.port}`, '--community', 'public'];
    const { out } = await agent(...args);
    expect(out).toContain('at least 4.29 Gbit/s (ifSpeed is saturated;');
    expect(out).not.toContain('4294.967295');
    const json = JSON.parse((await agent(...args, '--format', 'json')).out);
    expect(json.rows.ports[0].speed_bps).toBe(4_294_967_295);
  });
});

describe('agent snmp discover', () => {
  test('prints targets to review that the agent’s configuration takes', async () => {
    const { port: at } = await device();
    const args = ['--port', String(at), '--community', 'public', '--retries', '0'];
    const { code, out } = await agent('discover', '127.0.0.1/32', ...args, '--timeout', '300ms');
    expect(code).toBe(0);
    expect(out).toContain('# 127.0.0.1: generic (no profile fits) Example OS 1.2');
    const { snmp } = parseYaml(out, 'found.yaml') as { snmp: object };
    const credentials = 'credentials:\n  NAME: { user: watch }\n';
    writeFileSync(join(home, 'snmp-credentials.yaml'), credentials, { mode: 0o600 });
    expect(snmpSettings(snmp, join(home, 'agent.yaml')).targets).toMatchObject([
      { name: 'core-1', address: '127.0.0.1', port: at },
    ]);
  });

  test('finds a device by its IPv6 address', async (context) => {
    const opened = await openSimDevice(honest({ ...system() }), '::1').catch(() => null);
    context.skip(opened === null, 'this host has no IPv6');
    if (opened !== null) devices.push(opened);
    const args = ['--port', String(opened?.port), '--community', 'public', '--timeout', '300ms'];
    const { code, out } = await agent('discover', '::1,127.0.0.1', ...args, '--retries', '0');
    expect(code).toBe(0);
    expect(parseYaml(out, 'x')).toMatchObject({ snmp: { targets: [{ address: '::1' }] } });
  });

  test('a range nobody answers in is an empty list', async () => {
    const { port: at } = await device();
    const args = [
      '--port',
      String(at),
      '--community',
      'wrong',
      '--timeout',
      '50ms',
      '--retries',
      '0',
    ];
    const { code, out } = await agent('discover', '127.0.0.1', ...args);
    expect(code).toBe(0);
    expect(out).toContain('targets: []');
  });

  test('devices of one name keep apart by address', () => {
    const one = { sysName: 'sw', sysDescr: '', sysObjectID: '', profile: 'x', reason: 'y' };
    const text = foundYaml(
      [
        { ...one, address: 'a1' },
        { ...one, address: 'a2' },
      ],
      { port: 161 },
    );
    expect(parseYaml(text, 'x')).toMatchObject({
      snmp: { targets: [{ name: 'sw' }, { name: 'a2' }] },
    });
  });
});
