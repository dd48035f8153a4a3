/** `agent snmp …`: options made into credentials, and the verbs over a real device. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../src/agent/cli/cli.ts';
import { makeHost } from '../../../src/agent/run.ts';
import { credentialFrom, foundYaml, hostAndPort } from '../../../src/agent/snmp/command.ts';
import { addressesOf } from '../../../src/agent/snmp/discover.ts';
import { snmpSettings } from '../../../src/agent/snmp/settings.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { parseYaml } from '../../../src/shared/config.ts';
import { honest, openSimDevice, type SimDevice } from '../../support/snmp-device.ts';
import { port, system } from './devices.ts';

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
    [{}, 'no credential'],
    [{ community: 'c', snmpVersion: '4' }, 'version 4'],
    [{ v3User: 'u', v3PrivKey: 'privpass123' }, 'needs authentication'],
    [{ v3User: 'u', v3AuthKey: 'k', v3AuthProtocol: 'rot13' }, '--v3-auth-protocol'],
    [{ communityFile: '/nowhere/key' }, 'cannot be read'],
  ])('%j is refused', (options, told) => {
    expect(() => credentialFrom(options)).toThrow(told);
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

test.each(['-x', 'a:99999', 'a b', ''])('"%s" is no address', (text) => {
  expect(() => hostAndPort(text)).toThrow();
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

  test.each(['10.0.0.0/8', '1.2.3', '1.2.3.256', 'x', '1.2.3.4/33', ''])(
    '%s is refused',
    (range) => {
      expect(() => addressesOf(range)).toThrow('no range');
    },
  );
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
