import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openCollector } from '../../src/collector/collector.ts';
import { Failure } from '../../src/shared/errors.ts';
import { silentLog } from '../../src/shared/log.ts';
import { openStage, type Stage, type StageOptions, sample } from './stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const start = async (options: StageOptions = {}): Promise<Stage> => {
  stage = await openStage(options);
  return stage;
};

interface FaultView {
  readonly id: string;
  readonly device: string;
  readonly rule: string;
  readonly state: string;
  readonly recovered: string | null;
}

const faults = async (state = 'all'): Promise<FaultView[]> =>
  (await stage.ask<{ faults: FaultView[] }>('GET', `/api/v1/faults?state=${state}`)).faults;

async function addToken(name: string, kind = 'remote-write'): Promise<string> {
  return (await stage.ask<{ token: string }>('POST', '/api/v1/agents', { name, kind })).token;
}

/** Writes one value of CPU use every 15 s for `seconds`, judged as it comes. */
async function runCpu(token: string, device: string, seconds: number, value: number) {
  const { clock } = stage;
  for (let s = 0; s < seconds; s += 15) {
    const timeMs = clock.now();
    expect(await stage.write(token, [sample('cpu_used_ratio', device, { value, timeMs })])).toBe(
      204,
    );
    await clock.advance(15_000);
  }
}

test('samples become a device with figures, a breach becomes a fault, recovery ends it', async () => {
  await start();
  const token = await addToken('prom');
  await runCpu(token, 'web', 240, 0.97);
  expect(await faults()).toEqual([]);
  await runCpu(token, 'web', 120, 0.97);
  expect(await faults('open')).toMatchObject([{ device: 'web', rule: 'cpu_busy', state: 'open' }]);
  const device = await stage.ask<{ indicators: { indicator: string; value: number }[] }>(
    'GET',
    '/api/v1/devices/web',
  );
  expect(device.indicators).toMatchObject([{ indicator: 'cpu_used_ratio', value: 0.97 }]);
  await runCpu(token, 'web', 60, 0.1);
  expect(await faults('open')).toEqual([]);
  expect(await faults()).toMatchObject([{ device: 'web', state: 'recovered' }]);
});

test('a restart neither forgets a hold timer nor doubles a fault', async () => {
  await start();
  const token = await addToken('prom');
  await runCpu(token, 'web', 240, 0.97);
  await stage.restart();
  await runCpu(token, 'web', 90, 0.97);
  expect(await faults('open')).toHaveLength(1);
  await stage.restart();
  await runCpu(token, 'web', 60, 0.97);
  expect(await faults()).toHaveLength(1);
  await stage.restart();
  await runCpu(token, 'web', 60, 0.1);
  expect(await faults()).toMatchObject([{ state: 'recovered' }]);
});

test('history that is imported is not judged', async () => {
  await start();
  const { token } = await stage.ask<{ token: string }>('POST', '/api/v1/imports', {
    agent: 'import:0123456789abcdef',
    epoch: 'a'.repeat(32),
  });
  await runCpu(token, 'old', 600, 0.99);
  expect(await faults()).toEqual([]);
  const device = await stage.ask<{ status: string }>('GET', '/api/v1/devices/old');
  expect(device.status).toBe('imported');
});

test('what ends in a demo is judged by its own times, once', async () => {
  await start();
  const agent = 'import:0123456789abcdef';
  const epoch = 'b'.repeat(32);
  const { token } = await stage.ask<{ token: string }>('POST', '/api/v1/imports', {
    agent,
    epoch,
    demo: ['demo-1'],
  });
  const end = stage.clock.now();
  const samples = Array.from({ length: 12 }, (_, i) =>
    sample('cpu_used_ratio', 'demo-1', { value: 0.97, timeMs: end - (11 - i) * 300_000 }),
  );
  expect(await stage.write(token, samples)).toBe(204);
  await stage.clock.advance(2_000);
  expect(await faults()).toEqual([]);
  await stage.ask('POST', `/api/v1/imports/${agent}/finish`, { devices: ['demo-1'] });
  expect(await faults('open')).toMatchObject([{ device: 'demo-1', rule: 'cpu_busy' }]);
  await stage.restart();
  await stage.clock.advance(5_000);
  expect(await faults('open')).toHaveLength(1);
  const device = await stage.ask<{ status: string; labels: object }>(
    'GET',
    '/api/v1/devices/demo-1',
  );
  expect(device).toMatchObject({ status: 'demo', labels: { demo: 'true' } });
  // The token of an import ends with it.
  expect(await stage.write(token, samples)).toBe(401);
});

test('removing a device closes its faults and forgets its samples', async () => {
  await start();
  const token = await addToken('prom');
  await runCpu(token, 'web', 360, 0.97);
  await stage.ask('DELETE', '/api/v1/devices/web');
  await stage.clock.advance(2_000);
  expect(await faults('open')).toEqual([]);
  expect(await faults()).toMatchObject([{ device: 'web', state: 'closed' }]);
  const { devices } = await stage.ask<{ devices: object[] }>('GET', '/api/v1/devices');
  expect(devices).toEqual([]);
  // One that still sends comes back.
  await runCpu(token, 'web', 15, 0.1);
  await expect(stage.ask('GET', '/api/v1/devices/web')).resolves.toMatchObject({ name: 'web' });
});

test('a second collector on the directory is refused, a verb too', async () => {
  await start();
  for (const serve of [true, false]) {
    const second = openCollector({
      settings: stage.settings,
      reread: () => stage.settings,
      clock: stage.clock,
      log: silentLog,
      version: '0',
      entry: null,
      serve,
    });
    await expect(second).rejects.toMatchObject({ code: 'conflict' });
  }
});

test('a taken port is named, and the directory is free again afterwards', async () => {
  await start();
  const port = Number(new URL(stage.collector.url).port);
  const other = openStage({ settings: { listen: { host: '127.0.0.1', port } } });
  await expect(other).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('the port is taken'),
    hint: expect.stringContaining('--listen'),
  });
});

test('an open address without a token is refused before anything is opened', async () => {
  await start();
  const open = openStage({ settings: { listen: { host: '0.0.0.0', port: 0 } } });
  await expect(open).rejects.toMatchObject({ code: 'config' });
});

test('a reload takes a good configuration and keeps the last good one otherwise', async () => {
  await start();
  const token = await addToken('prom');
  const file = join(stage.directory, 'thresholds.yaml');
  const shipped = readFileSync(stage.settings.policies.thresholds, 'utf8');
  writeFileSync(
    file,
    shipped.replace('open: "> 90%"', 'open: "> 20%"').replace('clear: "< 80%"', 'clear: "< 10%"'),
  );
  stage.settings = {
    ...stage.settings,
    policies: { ...stage.settings.policies, thresholds: file },
  };
  await stage.collector.reload();
  await runCpu(token, 'web', 360, 0.3);
  expect(await faults('open')).toMatchObject([{ rule: 'cpu_busy' }]);

  writeFileSync(file, 'rules: { cpu_busy: { kind: treshold } }');
  const failure = await stage.collector.reload().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Failure);
  expect((failure as Failure).message).toContain(file);
  expect(await faults('open')).toHaveLength(1);
  const status = await stage.ask<{ health: Record<string, unknown> }>('GET', '/api/v1/status');
  expect(status.health.config_reload_ok).toBe(false);
  expect(stage.logged.join('')).toContain('the last good one is kept');
});

test('health tells of ticks, disk and readiness', async () => {
  await start();
  await stage.clock.advance(3_000);
  const { health } = await stage.ask<{ health: Record<string, number> }>('GET', '/api/v1/status');
  expect(health).toMatchObject({ ready: true, tick_failures: 0, config_reload_ok: true });
  expect(health.ticks).toBeGreaterThanOrEqual(3);
  expect(health.disk_free_bytes).toBeGreaterThan(0);
});

test('a silent agent is a fault of its own and the only one', async () => {
  await start();
  const token = await addToken('web', 'agent');
  const own = { agent: 'web' };
  for (let s = 0; s < 60; s += 15) {
    const timeMs = stage.clock.now();
    const samples = [sample('cpu_used_ratio', 'web', { value: 0.2, timeMs, labels: own })];
    expect(await stage.write(token, samples)).toBe(204);
    await stage.clock.advance(15_000);
  }
  for (let s = 0; s < 120; s++) await stage.clock.advance(1_000);
  expect(await faults('open')).toMatchObject([{ device: 'web', rule: 'agent_silent' }]);
  const timeMs = stage.clock.now();
  await stage.write(token, [sample('cpu_used_ratio', 'web', { value: 0.2, timeMs, labels: own })]);
  await stage.clock.advance(3_000);
  expect(await faults('open')).toEqual([]);
});

test('without serving it lends its rooms to verbs and judges nothing', async () => {
  await start({ serve: false });
  expect(stage.collector.url).toBe('');
  const token = await addToken('prom');
  await runCpu(token, 'web', 360, 0.99);
  expect(await faults()).toEqual([]);
});
