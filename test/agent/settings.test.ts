import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../src/agent/default-settings.ts';
import { schemaOf } from '../../src/agent/schemas.ts';
import { loadSettings } from '../../src/agent/settings.ts';
import { projectFile } from '../support/parts.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function file(text: string): string {
  const name = join(home, 'agent.yaml');
  writeFileSync(name, text);
  return name;
}

test('without file and flags: the defaults, under the name of the host', async () => {
  const settings = await loadSettings({});
  expect(settings).toMatchObject({
    ...DEFAULTS,
    data: join(process.cwd(), 'data/agent'),
    name: hostname(),
    instance: hostname(),
  });
});

test('every key of the file arrives, in milliseconds and bytes', async () => {
  const settings = await loadSettings({
    config: file(`
collector: https://watch.example:8420
token_file: token
ca_file: /etc/ca.pem
data: spool
name: web-01
instance: web-01.example.com
labels: { site: hq, rack: "7" }
interval: 30s
intervals: { filesystem: 1m }
timeout: 3s
off: [hwmon, dmi]
spool: { max_size: 512MiB, max_age: 7d, min_free: 0.05 }
metrics_listen: 127.0.0.1:9108
paths: { proc: /host/proc, rootfs: /host/root }
log_level: debug
`),
  });
  expect(settings).toEqual({
    collector: 'https://watch.example:8420',
    tokenFile: join(home, 'token'),
    caFile: '/etc/ca.pem',
    data: join(home, 'spool'),
    name: 'web-01',
    instance: 'web-01.example.com',
    labels: { site: 'hq', rack: '7' },
    intervalMs: 30_000,
    intervals: { filesystem: 60_000 },
    timeoutMs: 3_000,
    off: ['hwmon', 'dmi'],
    spool: { maxBytes: 512 * 1024 ** 2, maxAgeMs: 7 * 86_400_000, minFreeRatio: 0.05 },
    metricsListen: '127.0.0.1:9108',
    paths: { proc: '/host/proc', sys: '/sys', rootfs: '/host/root' },
    logLevel: 'debug',
    snmp: null,
    probes: null,
    traps: null,
  });
});

/** What an example of the configuration names beside itself. */
function writeNamedFiles(): void {
  const files = {
    'snmp-credentials.yaml':
      'credentials: { core: { version: "2c", community: c, allow_clear_text: true } }',
    'probes.yaml': 'probes: { intranet: { kind: tcp, host: intranet.example, port: 80 } }',
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(home, name), text, { mode: 0o600 });
  }
}

const REMOTE = `
snmp:
  credentials_file: snmp-credentials.yaml
  credential: core
  targets: [{ address: 192.0.2.1, name: core-switch-1 }]
probes: probes.yaml
traps: { sources: [192.0.2.0/24], credentials: [core] }
`;

test('what is watched beside the host comes from the file and those it names', async () => {
  writeNamedFiles();
  const { snmp, probes, traps } = await loadSettings({ config: file(REMOTE) });
  expect(snmp?.targets.map(({ name, address }) => [name, address])).toEqual([
    ['core-switch-1', '192.0.2.1'],
  ]);
  expect(probes?.probes.map(({ name, kind }) => [name, kind])).toEqual([['intranet', 'tcp']]);
  expect(traps).toMatchObject({ port: 1162, sources: ['192.0.2.0/24'] });
});

test('one mistake in the file of credentials is told once, by whomever it is named', async () => {
  writeNamedFiles();
  writeFileSync(join(home, 'snmp-credentials.yaml'), 'credentials: { core: { usr: x } }');
  const failure = await loadSettings({ config: file(REMOTE) }).catch((error: unknown) => error);
  expect(String(failure).match(/names neither a user/g)).toHaveLength(1);
});

test('flags win over the file, and are relative to where one is', async () => {
  const config = file('collector: http://a:1\ntoken_file: t\ndata: d\n');
  const flags = { config, collector: 'http://b:2', tokenFile: 'here', data: 'there' };
  expect(await loadSettings(flags)).toMatchObject({
    collector: 'http://b:2',
    tokenFile: join(process.cwd(), 'here'),
    data: join(process.cwd(), 'there'),
  });
});

describe('the shipped example', () => {
  const shipped = projectFile('config/agent.yaml');

  test('is valid, and names nothing but the file of the token beside it', async () => {
    expect(await loadSettings({ config: shipped })).toEqual({
      ...(await loadSettings({})),
      tokenFile: projectFile('config/agent.token'),
    });
  });

  test('shows every key there is', async () => {
    const text = readFileSync(shipped, 'utf8');
    const schema = (await schemaOf('agent')) as { properties: Record<string, object> };
    for (const key of Object.keys(schema.properties))
      expect(text).toMatch(new RegExp(`^(# )?${key}:`, 'm'));
  });

  test('says what is true: its examples are accepted, its defaults are the defaults', async () => {
    const examples = readFileSync(shipped, 'utf8')
      .split('\n')
      .filter((line) => /^# +(- )?[a-z_]+:/.test(line))
      .map((line) => line.slice(2))
      .join('\n');
    writeNamedFiles();
    const settings = await loadSettings({ config: file(examples) });
    const { collector, intervalMs, timeoutMs, spool, logLevel } = DEFAULTS;
    expect(settings).toMatchObject({ collector, intervalMs, timeoutMs, spool, logLevel });
  });
});

describe('a mistake is named with file, path and reason', () => {
  const MISTAKES: readonly (readonly [string, string, string])[] = [
    ['colector: http://a:1', '(file)', 'unknown key "colector" (did you mean "collector"?)'],
    ['collector: watch.example', 'collector', 'http://host:8420'],
    ['collector: http://user:secret@a:1', 'collector', 'http://host:8420'],
    ['interval: 15', 'interval', 'must be text, not 15: write its unit, for example 15s'],
    ['name: ""', 'name', 'must not be empty'],
    ['spool: { min_free: 2 }', 'spool.min_free', 'must be at most 0.9'],
    ['labels: { a-b: x }', 'labels.a-b', 'the name "a-b" is not allowed: a label name matches'],
    ['probes: none.yaml', 'probes', 'cannot read'],
    ['snmp: { credentials_file: none.yaml, targets: [] }', 'snmp', 'the credentials file cannot'],
    ['interval: 15 seconds', 'interval', 'is not a duration'],
    ['interval: 100ms', 'interval', 'at least 1s'],
    ['intervals: { cpux: 3s }', 'intervals', 'unknown key "cpux"'],
    ['off: [cpux]', 'off[0]', 'is not one of'],
    ['off: hwmon', 'off', 'must be a list'],
    ['labels: { agent: x }', 'labels.agent', 'the agent sets this label itself'],
    ['labels: { __x: x }', 'labels.__x', 'are reserved'],
    ['labels: { 9x: x }', 'labels.9x', 'a label name matches'],
    ['labels: { site: 7 }', 'labels.site', 'must be text'],
    ['labels: { site: "a\\nb" }', 'labels.site', 'control characters'],
    [
      `labels: { ${Array.from({ length: 17 }, (_, i) => `l${i}: x`).join(', ')} }`,
      'labels',
      'more than 16 labels',
    ],
    ['spool: { max_size: 1G }', 'spool.max_size', 'is not a size'],
    ['spool: { maxsize: 1GiB }', 'spool', 'did you mean "max_size"'],
    ['spool: { min_free: 10 }', 'spool.min_free', '0.9'],
    ['metrics_listen: 0.0.0.0:9108', 'metrics_listen', 'only loopback'],
    ['log_level: verbose', 'log_level', 'is not one of debug, info, warn, error'],
    ['interval: 15s\ninterval: 20s', 'line 2', 'unique'],
    ['a: [', 'line', ''],
  ];

  test.each(MISTAKES)('%s', async (text, path, reason) => {
    const config = file(text);
    const failure = await loadSettings({ config }).catch((error) => error);
    expect(failure.code).toBe('config');
    expect(failure.message).toContain(`${config}: ${path}`);
    expect(failure.message).toContain(reason);
  });

  test('all of them at once', async () => {
    const config = file('colector: x\ninterval: 15\noff: [cpux]\n');
    const failure = await loadSettings({ config }).catch((error) => error);
    expect(failure.message.split('\n')).toHaveLength(3);
  });

  test('those of the parts and of the files they name are told with the others', async () => {
    writeNamedFiles();
    writeFileSync(join(home, 'probes.yaml'), 'probes: { x: { kind: tcp, host: -oops, port: 0 } }');
    const text = `colector: x\n${REMOTE.replace('192.0.2.1,', 'http://x,').replace('.0/24', '.0/33')}`;
    const config = file(text);
    const failure = await loadSettings({ config }).catch((error) => error);
    const places = failure.message.split('\n').map((line: string) => line.split(': ').slice(0, 2));
    expect(places).toEqual([
      [config, '(file)'],
      [config, 'snmp.targets[0].address'],
      [join(home, 'probes.yaml'), 'probes.x.host'],
      [join(home, 'probes.yaml'), 'probes.x.port'],
      [config, 'traps.sources[0]'],
    ]);
  });

  test('a file that is not there', async () => {
    await expect(loadSettings({ config: join(home, 'none') })).rejects.toThrow('cannot read');
  });
});
