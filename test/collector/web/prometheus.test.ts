/** Against Debian's promtool and Prometheus. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { FAMILIES } from '../../../src/collector/web/metrics/indicator-text.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { INDICATORS, type IndicatorName } from '../../../src/shared/indicator.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { needs } from '../../support/parts.ts';
import { openStage, type Stage, sample } from '../stage.ts';

let stage: Stage;
afterEach(() => stage.close());

/** One value of every indicator, for a device whose name needs escaping. */
async function writeEverything(device: string): Promise<void> {
  const { token } = await stage.ask<{ token: string }>('POST', '/api/v1/agents', {
    name: 'prom',
    kind: 'remote-write',
  });
  const timeMs = stage.clock.now();
  const samples = (Object.keys(INDICATORS) as IndicatorName[]).map((name) => {
    const { item } = INDICATORS[name];
    const labels: Record<string, string> = item === null ? {} : { [item]: 'C:\\ "x"' };
    return sample(name, device, { value: 0.5, timeMs, labels });
  });
  samples.push(sample('node_load1', device, { value: 3, timeMs, labels: { job: 'node' } }));
  expect(await stage.write(token, samples)).toBe(204);
  await stage.clock.advance(1_000);
}

const text = async (url: string): Promise<string> => {
  const answer = await stage.collector.web.local({ method: 'GET', url });
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  return answer.body;
};

test('promtool finds nothing to complain about', async (context) => {
  const promtool = needs('promtool', context);
  stage = await openStage();
  await writeEverything('we"b\\1');
  const body = await text('/metrics');
  const run = spawnSync(promtool, ['check', 'metrics'], { input: body, encoding: 'utf8' });
  expect(`${run.stdout}${run.stderr}`).toBe('');
  expect(run.status).toBe(0);
  for (const { name } of FAMILIES.values()) expect(body, name).toContain(`\n${name}{`);
});

test('own metrics count what happened', async () => {
  stage = await openStage({ clock: manualClock() });
  await writeEverything('web');
  const body = await text('/metrics');
  const value = (name: string): number =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1] ?? Number.NaN);
  const written = Object.keys(INDICATORS).length + 1;
  expect(value('watchkeeper_ingest_samples_total')).toBe(written);
  expect(value('watchkeeper_store_samples_total')).toBe(written);
  expect(value('watchkeeper_store_series')).toBe(written);
  expect(value('watchkeeper_ready')).toBe(1);
  expect(value('watchkeeper_config_last_reload_success')).toBe(1);
  expect(value('watchkeeper_disk_free_bytes')).toBeGreaterThan(0);
  expect(value('watchkeeper_resident_memory_bytes')).toBeGreaterThan(1e7);
  expect(body).toMatch(/^watchkeeper_ingest_requests_total\{code="204"\} 1$/m);
  expect(body).toMatch(/^watchkeeper_build_info\{version="1\.2\.3"\} 1$/m);
  expect(body).toMatch(/^watchkeeper_agent_heard_timestamp_seconds\{agent="prom"\} \d/m);
});

test('the text of a device reads back as what was written', async (context) => {
  const promtool = needs('promtool', context);
  stage = await openStage();
  await writeEverything('web');
  const body = await text('/api/v1/devices/web/metrics');
  expect(body).toMatch(/^node_load1\{job="node"\} 3 \d{13}$/m);
  const run = spawnSync(promtool, ['check', 'metrics'], { input: body, encoding: 'utf8' });
  // Help texts are not kept of foreign series; the format must be without error.
  expect(run.stderr).not.toMatch(/error while (parsing|linting)/);
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

test('a real Prometheus scrapes the collector and, by discovery, its devices', async (context) => {
  const prometheus = needs('prometheus', context);
  const wall = { ...systemClock };
  stage = await openStage({
    clock: { ...wall, advance: async () => {}, jump: () => {}, pending: () => 0 },
  });
  await writeEverything('web');
  const directory = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const port = await freePort();
  const { host } = new URL(stage.collector.url);
  writeFileSync(
    join(directory, 'prometheus.yml'),
    `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: watchkeeper
    honor_labels: true
    static_configs: [{ targets: ['${host}'] }]
  - job_name: watchkeeper-devices
    honor_labels: true
    http_sd_configs: [{ url: 'http://${host}/sd/prometheus', refresh_interval: 1s }]
`,
  );
  const child = spawn(
    prometheus,
    [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    const ask = async (query: string): Promise<{ metric: Record<string, string> }[]> => {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
      const answer = await fetch(url).catch(() => null);
      if (!answer?.ok) return [];
      return ((await answer.json()) as { data: { result: [] } }).data.result;
    };
    const polled = (query: string) =>
      expect.poll(() => ask(query), { timeout: 40_000, interval: 250 });
    await polled('node_load1').toMatchObject([{ metric: { instance: 'web', job: 'node' } }]);
    await polled('watchkeeper_cpu_used_ratio').toMatchObject([{ metric: { instance: 'web' } }]);
    await polled('up == 1').toHaveLength(2);
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  }
});
