/** `npm run demo` as a process, into a collector's directory and out again. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CollectorProcess, startCollector } from '../support/collector-process.ts';
import { projectFile } from '../support/parts.ts';

let directory: string;
let collector: CollectorProcess | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'demo-'));
});
afterEach(async () => {
  await collector?.stop();
  collector = undefined;
  rmSync(directory, { recursive: true, force: true });
});

function demo(...args: string[]): string {
  const run = spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      projectFile('tools/demo.ts'),
      ...['--data', directory, ...args],
    ],
    { encoding: 'utf8' },
  );
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
  return run.stdout;
}

test('a dozen marked servers with real faults come, come again whole, and go', async () => {
  expect(demo('--days', '2')).toContain('12 demo devices are in');
  collector = await startCollector(directory);
  const { url } = collector;
  // biome-ignore lint/suspicious/noExplicitAny: the shapes are tested where they are made.
  const get = async (path: string): Promise<any> => (await fetch(`${url}${path}`)).json();
  const { devices } = await get('/api/v1/devices');
  expect(devices).toHaveLength(12);
  for (const device of devices) {
    expect(device).toMatchObject({ status: 'demo', kind: 'server', labels: { demo: 'true' } });
    expect(device.indicators.length).toBeGreaterThan(10);
  }
  const { faults } = await get('/api/v1/faults');
  const rules = faults.map(
    (fault: { device: string; rule: string }) => `${fault.device} ${fault.rule}`,
  );
  // The cameras' link is full in the afternoon only.
  const always = rules.filter((rule: string) => rule !== 'demo-video-01 network_busy_out');
  expect(always.sort()).toEqual([
    'demo-app-01 cpu_busy',
    'demo-cache-01 memory_full',
    'demo-file-01 disk_full',
  ]);
  // Nobody is silent: history is not watched. Discovery does not offer it either.
  expect(await get('/sd/prometheus')).toEqual([]);

  expect(demo('--days', '1')).toMatch(/^12 demo devices are removed\n.*12 demo devices are in/);
  expect((await get('/api/v1/devices')).devices).toHaveLength(12);
  expect(demo('--remove')).toBe('12 demo devices are removed\n');
  expect((await get('/api/v1/devices')).devices).toEqual([]);
  expect((await get('/api/v1/faults')).faults).toEqual([]);
  expect(demo('--remove')).toBe('there are no demo devices\n');
}, 180_000);
