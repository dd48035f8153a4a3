import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  checkExposure,
  isLoopback,
  loadSettings,
  parseListen,
  readSecret,
} from '../../src/collector/settings.ts';
import { Failure } from '../../src/shared/errors.ts';
import { DAY_MS } from '../../src/shared/units.ts';
import { projectFile } from '../support/parts.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function write(name: string, text: string, mode = 0o600): string {
  const file = join(directory, name);
  writeFileSync(file, text, { mode });
  return file;
}

const load = (file?: string, flags = {}) =>
  loadSettings({ file, machineTimezone: 'Asia/Shanghai', ...flags });

function failureOf(task: () => unknown): Failure {
  try {
    task();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

test('without a file everything has its default', () => {
  const settings = load();
  expect(settings.listen).toEqual({ host: '127.0.0.1', port: 8420 });
  expect(settings.data).toBe(resolve('data'));
  expect(settings.timezone).toBe('Asia/Shanghai');
  expect(settings.locale).toBe('zh-CN');
  expect(settings.token).toBeNull();
  expect(settings.store).toEqual({});
  expect(settings.policies.thresholds).toBe(projectFile('config/thresholds.yaml'));
});

test('the shipped example says what the defaults are and changes nothing', () => {
  const example = load(projectFile('config/collector.yaml'));
  expect(example).toEqual({ ...load(), data: example.data });
});

test('a file sets what it names, paths are relative to it', () => {
  write('token', 'abcdefghijklmnopqrst\n');
  const file = write(
    'collector.yaml',
    `data: store
listen: "[::]:9000"
timezone: UTC
locale: en
retention: { raw: 7d, histograms: 90d }
limits: { body: 2MiB, series_per_sender: 10, connections_per_address: 3 }
web: { token_file: token }
policies: { levels: my-levels.yaml }
`,
  );
  const settings = load(file);
  expect(settings.data).toBe(join(directory, 'store'));
  expect(settings.listen).toEqual({ host: '::', port: 9000 });
  expect(settings.store).toEqual({
    rawMs: 7 * DAY_MS,
    histogramMs: 90 * DAY_MS,
    seriesPerSender: 10,
  });
  expect(settings.bodyBytes).toBe(2 * 1024 * 1024);
  expect(settings.connectionsPerAddress).toBe(3);
  expect(settings.token).toBe('abcdefghijklmnopqrst');
  expect(settings.policies.levels).toBe(join(directory, 'my-levels.yaml'));
});

test('flags win over the file', () => {
  const file = write('collector.yaml', 'data: store\nlisten: 127.0.0.1:1\n');
  const settings = load(file, { data: '/elsewhere', listen: '127.0.0.1:2' });
  expect(settings.data).toBe('/elsewhere');
  expect(settings.listen.port).toBe(2);
});

test.each([
  ['listn: 1', /listn.*listen/s],
  ['timezone: Mars/Olympus', /Mars\/Olympus.*not an IANA time zone/],
  ['locale: fr', /locale: "fr" is not one of zh-CN, en/],
  ['retention: { raw: 30 days }', /retention\.raw.*not a duration/],
  ['limits: { body: 1 }', /limits\.body/],
  ['limits: { connections: 0 }', /limits\.connections/],
  ['a: 1\na: 2', /line 2/],
])('%s is refused with its place', (text, message) => {
  const failure = failureOf(() => load(write('collector.yaml', text)));
  expect(failure.code).toBe('config');
  expect(failure.message).toMatch(message);
  expect(failure.message).toContain('collector.yaml');
});

test.each([
  ['127.0.0.1:8420', '127.0.0.1', 8420],
  ['[::1]:80', '::1', 80],
  ['localhost:0', 'localhost', 0],
  [':8420', '0.0.0.0', 8420],
])('%s is an address to listen on', (text, host, port) => {
  expect(parseListen(text)).toEqual({ host, port });
});

test.each(['8420', '127.0.0.1', '1.2.3.4:70000', '::1:80', 'http://x:1'])(
  '%s is no address to listen on',
  (text) => {
    expect(failureOf(() => parseListen(text)).hint).toContain('HOST:PORT');
  },
);

test('loopback is recognised in every spelling', () => {
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']) {
    expect(isLoopback(host), host).toBe(true);
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.evil.example']) {
    expect(isLoopback(host), host).toBe(false);
  }
});

test('listening beyond loopback needs a token', () => {
  const open = load(undefined, { listen: '0.0.0.0:8420' });
  const failure = failureOf(() => checkExposure(open));
  expect(failure.message).toContain('without a token is refused');
  expect(failure.hint).toContain('web.token_file');
  expect(() => checkExposure({ ...open, token: 'abcdefghijklmnopqrst' })).not.toThrow();
  expect(() => checkExposure(load())).not.toThrow();
});

test('a secret that others can read is refused with the command that mends it', () => {
  const file = write('token', 'abcdefghijklmnopqrst');
  expect(readSecret(file)).toBe('abcdefghijklmnopqrst');
  chmodSync(file, 0o644);
  expect(failureOf(() => readSecret(file)).hint).toContain(`chmod 600 ${file}`);
});

test.each(['', 'short', 'two words of a token', 'zeile1zeile1zeile1\nzeile2'])(
  'a token file with %j is refused, and the text is not repeated',
  (text) => {
    const failure = failureOf(() => readSecret(write('token', text)));
    expect(failure.code).toBe('config');
    if (text !== '') expect(failure.message).not.toContain(text);
  },
);

test('a missing token file says how to make one', () => {
  const file = write('collector.yaml', 'web: { token_file: nowhere }');
  expect(failureOf(() => load(file)).message).toContain(join(directory, 'nowhere'));
});
