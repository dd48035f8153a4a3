/** The verbs as real processes, with a collector running and without. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type CollectorProcess,
  collectorVerb,
  startCollector,
} from '../../support/collector-process.ts';

let directory: string;
let data: string;
let running: CollectorProcess | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cli-'));
  data = join(directory, 'data');
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(directory, { recursive: true, force: true });
});

const verb = (...args: string[]) => collectorVerb(...args, '--data', data);

/** The output of a verb that worked. */
function output(...args: string[]): string {
  const { status, stdout, stderr } = verb(...args);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

function file(name: string, text: string | Buffer, mode = 0o600): string {
  const path = join(directory, name);
  writeFileSync(path, text, { mode });
  return path;
}

const MAP = `time: { column: ts, unit: seconds }
device: { column: vm }
indicators:
  cpu_used_ratio: { column: cpu, scale: 0.01 }
  cpu_cores: { column: cores }
`;

/** A month of 5-minute rows of one server. */
function usage(): string {
  const rows = Array.from(
    { length: 31 * 288 },
    (_, i) => `web,${Math.floor(Date.UTC(2025, 11, 1) / 1000) + i * 300},${i % 50},4`,
  );
  return `vm,ts,cpu,cores\n${rows.join('\n')}\n`;
}

test('a month from import to report, without a collector running', () => {
  const csv = file('usage.csv.gz', gzipSync(usage()));
  const imported = output('import', 'csv', csv, '--map', file('map.yaml', MAP));
  expect(imported).toMatch(/^17,856 samples of 1 devices from 8,928 rows in /);
  expect(output('device', 'list')).toMatch(/^NAME.*\nweb .*imported/);
  const again = output('import', 'csv', csv, '--map', join(directory, 'map.yaml'));
  expect(again).toContain('4 of 4 batches were stored before');

  const month = ['--month', '2025-12', '--timezone', 'UTC'];
  const json = JSON.parse(output('report', 'capacity', ...month, '--format', 'json'));
  expect(json).toMatchObject({ report: 'capacity', month: '2025-12', timezone: 'UTC' });
  expect(json.devices).toMatchObject([{ device: 'web' }]);
  const out = join(directory, 'reports');
  const written = output(
    'report',
    'capacity',
    ...month,
    '--format',
    'html,csv,json',
    '--locale',
    'en',
    '--out',
    out,
  )
    .trimEnd()
    .split('\n');
  expect(written).toHaveLength(3);
  for (const path of written) expect(statSync(path).size).toBeGreaterThan(100);
  expect(readFileSync(written.find((path) => path.endsWith('.json'))!, 'utf8')).toContain('"web"');
}, 180_000);

test('verbs go through the running collector; serve says its address, stop is clean', async () => {
  running = await startCollector(data);
  const token = output('agent', 'add', 'prom', '--kind', 'remote-write')
    .trimEnd()
    .split('\n')
    .at(-1);
  expect(token).toMatch(/^\S{20,}$/);
  expect(output('agent', 'list')).toMatch(/prom +remote-write +valid +never/);
  const rotated = output('agent', 'rotate', 'prom', '--overlap', '0s').trimEnd().split('\n').at(-1);
  expect(rotated).not.toBe(token);
  output('agent', 'revoke', 'prom');
  expect(output('agent', 'list')).toMatch(/prom +remote-write +revoked/);
  expect(output('fault', 'list')).toBe('no faults\n');
  expect(output('device', 'list')).toBe('no devices yet\n');

  const csv = file('usage.csv', usage());
  output('import', 'csv', csv, '--map', file('map.yaml', MAP));
  expect(JSON.parse(output('device', 'list', '--json')).devices).toHaveLength(1);
  const report = output('report', 'capacity', '--month', '2025-12', '--format', 'json');
  expect(JSON.parse(report).devices).toHaveLength(1);
  output('device', 'label', 'web', '--set', 'impact=high', '--set', 'room=a b');
  expect(output('device', 'list', '--json')).toContain('"room": "a b"');
  output('device', 'remove', 'web');
  expect(output('device', 'list')).toBe('no devices yet\n');
  expect(statSync(join(data, 'collector.sock')).mode & 0o777).toBe(0o600);
  expect(await running.stop()).toBe(0);
  running = undefined;
}, 180_000);

test('the token on the last line works at once, also when made before the first start', async () => {
  const token = output('agent', 'add', 'web').trimEnd().split('\n').at(-1) ?? '';
  running = await startCollector(data);
  const answer = await fetch(`${running.url}/api/v1/write`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
    body: 'x',
  });
  // Past the door, but not a write request.
  expect(answer.status).toBe(415);
  const nobody = await fetch(`${running.url}/api/v1/write`, { method: 'POST', body: 'x' });
  expect(nobody.status).toBe(401);
});

test('two collectors on one directory: the second one says so and ends', async () => {
  running = await startCollector(data);
  const { status, stderr } = verb('serve', '--listen', '127.0.0.1:0');
  expect(status).toBe(1);
  expect(stderr).toContain(`another collector works on ${data}`);
  expect(stderr).toContain('mend:');
});

test('a killed collector leaves nothing that hinders the next', async () => {
  running = await startCollector(data);
  await running.kill();
  expect(output('agent', 'list')).toBe('no senders yet\n');
  running = await startCollector(data);
  expect((await fetch(`${running.url}/-/healthy`)).status).toBe(200);
});

test('SIGHUP takes a good configuration and keeps the last good one', async () => {
  const thresholds = file('thresholds.yaml', readFileSync('config/thresholds.yaml'));
  const config = file('collector.yaml', 'policies: { thresholds: thresholds.yaml }\n');
  running = await startCollector(data, { extraArgs: ['--config', config] });
  const { pid, url } = running;
  const metric = async (): Promise<string> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return /^watchkeeper_config_last_reload_success (\d)$/m.exec(text)?.[1] ?? '';
  };
  expect(await metric()).toBe('1');
  writeFileSync(thresholds, 'rules: { x: { kind: nonsense } }');
  process.kill(pid, 'SIGHUP');
  await expect.poll(metric).toBe('0');
  expect(running.log()).toContain('the last good one is kept');
  writeFileSync(thresholds, readFileSync('config/thresholds.yaml'));
  process.kill(pid, 'SIGHUP');
  await expect.poll(metric).toBe('1');
});

test('what serve cannot do it names, with the mend, and ends with 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const cases: [string[], RegExp][] = [
    [['--listen', `127.0.0.1:${port}`, '--data', data], /the port is taken\n {2}mend: /],
    [['--listen', '0.0.0.0:0', '--data', data], /without a token is refused/],
    [['--data', join(file('plain', ''), 'x')], /cannot write to the data directory/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = collectorVerb('serve', ...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at .*\(/);
    expect(status).toBe(1);
  }
  taken.close();
});

test('the program says its version', () => {
  expect(collectorVerb('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
