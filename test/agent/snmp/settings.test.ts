import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { complaintAbout, readCredentials } from '../../../src/agent/snmp/credentials.ts';
import { loadProfiles } from '../../../src/agent/snmp/profiles.ts';
import { isHost, shippedProfiles, snmpSettings } from '../../../src/agent/snmp/settings.ts';
import { parseYaml } from '../../../src/shared/config.ts';
import { projectFile } from '../../support/parts.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snmp-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const CREDENTIALS = `
credentials:
  core:
    user: watch
    auth: { protocol: SHA-256, key: authpass123 }
    priv: { protocol: AES-256, key: privpass123 }
  old: { version: 2c, community: secret-name, allow_clear_text: true }
`;

const settings = (part: string) => {
  file('snmp-credentials.yaml', CREDENTIALS);
  return snmpSettings(parseYaml(part, 'agent.yaml'), join(folder, 'agent.yaml'));
};

describe('targets', () => {
  test('take what is said for all, unless they say it themselves', () => {
    const { targets, warnings } = settings(`
credentials_file: snmp-credentials.yaml
credential: core
interval: 30s
interfaces: { ignore: [^lo$], speeds: [{ name: ^wan, speed: 100Mbit }] }
targets:
  - address: 192.0.2.1
  - name: edge
    address: edge.example
    port: 1161
    credential: old
    profile: cisco-ios
    labels: { site: hq }
    interval: 5m
    timeout: 2s
    retries: 3
    neighbours: false
    interfaces: { only: [^Gi], speeds: [{ name: ^Gi0/1, speed: 2.5Gbit }] }
`);
    expect(targets[0]).toMatchObject({
      name: '192.0.2.1',
      port: 161,
      intervalMs: 30_000,
      timeoutMs: undefined,
      neighbours: true,
      interfaces: { only: [], ignore: ['^lo$'], speeds: [{ name: '^wan', bitsPerSecond: 1e8 }] },
      credential: {
        version: '3',
        auth: { protocol: 'sha256' },
        priv: { protocol: 'aes256b' },
        context: '',
      },
    });
    expect(targets[1]).toMatchObject({
      name: 'edge',
      address: 'edge.example',
      port: 1161,
      credential: { version: '2c', community: 'secret-name' },
      profile: 'cisco-ios',
      labels: { site: 'hq' },
      intervalMs: 300_000,
      timeoutMs: 2_000,
      retries: 3,
      neighbours: false,
    });
    expect(targets[1]?.interfaces.speeds[0]).toEqual({ name: '^Gi0/1', bitsPerSecond: 2.5e9 });
    expect(warnings).toEqual([
      'snmp: edge: SNMP v2c sends community and figures in clear; use v3 with auth and priv',
    ]);
  });

  test('in clear text are named in the warning, of many the first ten', () => {
    const targets = Array.from({ length: 13 }, (_, i) => `{ address: 192.0.2.${i} }`).join(', ');
    const part = `credentials_file: snmp-credentials.yaml\ncredential: old\ntargets: [${targets}]`;
    const { warnings } = settings(part);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^snmp: 192\.0\.2\.0, .*192\.0\.2\.9 and 3 more: SNMP v2c sends/);
  });

  test.each([
    [
      'snmp:',
      'targets: [{ address: a.b, credential: odl }]',
      '(did you mean "old"?); choose one of',
    ],
    ['a port', 'targets: [{ address: "192.0.2.1:161" }]', 'write address: 192.0.2.1 and port: 161'],
    ['IPv6 port', 'targets: [{ address: "[::1]:161" }]', 'write address: ::1 and port: 161'],
    ['scheme', 'targets: [{ address: "udp://sw" }]', 'has a scheme: write the host alone'],
    ['nothing', 'targets: [{ address: "" }]', 'is empty'],
    ['twice', 'targets: [{ address: a.b }, { address: a.b }]', 'give one of them another name'],
  ])('that are wrong (%s) are told with the mend', (_what, part, told) => {
    expect(() =>
      settings(`credentials_file: snmp-credentials.yaml\ncredential: core\n${part}`),
    ).toThrow(told);
  });

  test('without a credential say where one is named, and which there are', () => {
    const part = 'credentials_file: snmp-credentials.yaml\ntargets: [{ address: a.b }]';
    expect(() => settings(part)).toThrow(
      /here or under snmp\.credential; choose one .*: core, old/,
    );
  });

  test.each([
    ['a leading hyphen', 'targets: [{ address: -oops }]', 'snmp.targets[0].address'],
    ['a scheme', 'targets: [{ address: "udp://x" }]', 'snmp.targets[0].address'],
    [
      'no credential of that name',
      'targets: [{ address: a.b, credential: x }]',
      'targets[0].credential',
    ],
    ['a name twice', 'targets: [{ address: a.b }, { address: a.b }]', 'targets[1].name'],
    ['an unknown key', 'targets: [{ address: a.b, comunity: x }]', 'snmp.targets[0]'],
    ['too often', 'targets: [{ address: a.b, interval: 1s }]', 'snmp.targets[0].interval'],
    [
      'a label of ours',
      'targets: [{ address: a.b, labels: { job: x } }]',
      'snmp.targets[0].labels',
    ],
    [
      'no pattern',
      'targets: [{ address: a.b, interfaces: { ignore: ["("] } }]',
      'interfaces.ignore[0]',
    ],
    [
      'no speed',
      'targets: [{ address: a.b, interfaces: { speeds: [{ name: a, speed: 5 MB }] } }]',
      'speeds[0].speed',
    ],
  ])('refuses %s, with its path', (_what, part, path) => {
    const wrong = () =>
      settings(`credentials_file: snmp-credentials.yaml\ncredential: core\n${part}`);
    expect(wrong).toThrow(path);
    expect(wrong).not.toThrow('authpass123');
  });
});

test.each([
  ['192.0.2.1', true],
  ['2001:db8::1', true],
  ['core-1.example.com', true],
  ['sw_1', true],
  ['-v', false],
  ['a b', false],
  ['999.1.1.1', false],
  ['a..b', false],
  ['', false],
  ['x;reboot', false],
  [`${'a'.repeat(64)}.com`, false],
])('"%s" is a host: %s', (text, is) => {
  expect(isHost(text)).toBe(is);
});

describe('credentials', () => {
  test('must be for their owner alone', () => {
    const open = file('open.yaml', CREDENTIALS, 0o640);
    expect(() => readCredentials(open)).toThrow('open to others (mode 0640)');
    expect(readCredentials(open, 'win32').size).toBe(2);
  });

  test.each([
    [
      'clear text that nobody switched on',
      'a: { version: 2c, community: hush-hush }',
      'allow_clear_text',
    ],
    ['a short key', 'a: { user: u, auth: { protocol: sha256, key: hush } }', 'auth.key'],
    ['privacy alone', 'a: { user: u, priv: { protocol: aes, key: hush-hush } }', 'credentials.a'],
    ['MD5', 'a: { user: u, auth: { protocol: md5, key: hush-hush } }', 'sha, sha224'],
    [
      'DES',
      'a: { user: u, auth: { protocol: sha, key: hush-hush }, priv: { protocol: DES, key: hush-hush } }',
      'aes256r',
    ],
    ['an unknown key', 'a: { user: u, pasword: hush-hush }', 'unknown key "pasword"'],
    ['a number for a key', 'a: { user: u, auth: { protocol: sha, key: 12345678 } }', 'in quotes'],
    ['a version there is not', 'a: { version: 4, community: hush }', '"4" is not one of 1, 2c, 3'],
    ['nothing to be known by', 'a: { context: hush }', 'names neither a user'],
    ['v3 without a user', 'a: { version: 3 }', 'credentials.a.user: is missing'],
    ['a name that is none', '"a b": { user: u }', 'write letters, digits, - and _'],
  ])('refuse %s without telling secrets', (_what, one, told) => {
    const wrong = file('wrong.yaml', `credentials:\n  ${one}\n`);
    expect(() => readCredentials(wrong)).toThrow(told);
    expect(() => readCredentials(wrong)).not.toThrow(/hush|12345678/);
  });

  test.each([
    [{ version: '1', community: 'c' }, 'clear'],
    [{ version: '3', user: 'u', context: '' }, 'believes anybody'],
    [{ version: '3', user: 'u', context: '', auth: { protocol: 'sha', key: 'k' } }, 'without priv'],
  ] as const)('%j is complained about', (credential, told) => {
    expect(complaintAbout(credential)).toContain(told);
  });

  test('the example is right, and only shows how', () => {
    const example = projectFile('config/snmp-credentials.example.yaml');
    const copy = file('copy.yaml', readText(example));
    expect([...readCredentials(copy).values()].map(({ version }) => version).sort()).toEqual([
      '1',
      '2c',
      '3',
      '3',
    ]);
  });
});

function readText(path: string): string {
  return process.getBuiltinModule('node:fs').readFileSync(path, 'utf8');
}

describe('profiles', () => {
  const shipped = shippedProfiles(
    new URL('../../../src/agent/snmp/settings.ts', import.meta.url).href,
  );

  test('that are shipped are right, and there is one for what fits nothing', () => {
    const { all, byId } = loadProfiles([shipped]);
    expect(all.length).toBeGreaterThan(20);
    expect(byId.get('generic')?.match).toBeUndefined();
  });

  test('every mistake of every file is told in one run', () => {
    file('a.yaml', 'id: A b\ntitle: x\n');
    file('b.yaml', 'id: b\ntitle: x\nuse: [nothing]\nextends: b\n');
    file('c.yaml', 'id: b\ntitle: x\ncpu: [{ table: 1.3.6.1.4.1.9, percnt: { column: 5 } }]\n');
    file('d.yaml', 'id: d\ntitle: [\n');
    file('e.yaml', 'id: d\ntitle: e\ncpu: [{ percent: { column: 5, oid: 1.3.6.1.0 } }]\n');
    let text = '';
    try {
      loadProfiles([folder]);
    } catch (error) {
      text = String(error);
    }
    for (const told of [
      'a.yaml: id',
      'b.yaml: use[0]',
      'b.yaml: extends',
      'c.yaml',
      'd.yaml',
      'e.yaml',
    ]) {
      expect(text).toContain(told);
    }
  });

  test('a folder of ones own wins, and inherits what it leaves out', () => {
    const own = join(folder, 'own');
    mkdirSync(own);
    file(
      'base.yaml',
      'id: base\ntitle: Base\ncategory: switch\nmatch: [{ sysDescr: [x] }]\nfacts: { vendor: V }\n',
    );
    file('own/child.yaml', 'id: child\ntitle: Child\nextends: base\nfacts: { model: M }\n');
    file('own/base.yaml', 'id: base\ntitle: Ours\ncategory: router\nfacts: { vendor: W }\n');
    const { byId } = loadProfiles([join(folder, 'own')]);
    expect(byId.get('child')).toMatchObject({
      title: 'Child',
      category: 'router',
      facts: { vendor: 'W', model: 'M' },
    });
    expect(byId.get('child')?.match).toBeUndefined();
    expect(loadProfiles([own, own]).all).toHaveLength(2);
  });

  test('a folder that is not there is said so', () => {
    expect(() => loadProfiles([join(folder, 'none')])).toThrow('cannot be read');
  });
});
