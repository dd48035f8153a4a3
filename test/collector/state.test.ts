import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadPolicies } from '../../src/collector/policies.ts';
import type { CollectorSettings } from '../../src/collector/settings.ts';
import { freeBytes, makeReload, type State } from '../../src/collector/state.ts';
import { silentLog } from '../../src/shared/log.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const TOKEN = 'new-main-token-0123456789';

function change(over: Partial<CollectorSettings>): void {
  stage.settings = { ...stage.settings, ...over };
}

test('a new token is asked for from the next request on', async () => {
  const read = (authorization?: string) =>
    stage.collector.web.remote({
      method: 'GET',
      url: '/api/v1/status',
      headers: {
        host: '127.0.0.1',
        ...(authorization === undefined ? {} : { authorization }),
      },
    });
  expect((await read()).statusCode).toBe(200);
  change({ token: TOKEN });
  await stage.collector.reload();
  expect((await read()).statusCode).toBe(401);
  expect((await read(`Bearer ${TOKEN}`)).statusCode).toBe(200);
  change({ token: null });
  await stage.collector.reload();
  expect((await read()).statusCode).toBe(200);
});

test('language and time zone of pages change with a reload', async () => {
  const page = async () => (await stage.collector.web.local({ method: 'GET', url: '/' })).body;
  expect(await page()).toContain('Asia/Shanghai');
  change({ locale: 'en', timezone: 'UTC' });
  await stage.collector.reload();
  expect(await page()).toContain('<html lang="en">');
  expect(await page()).toContain('UTC');
});

test.each([
  ['data', { data: '/elsewhere' }],
  ['listen', { listen: { host: '127.0.0.1', port: 1 } }],
  ['retention and limits', { store: { rawMs: 1 } }],
  ['limits.body', { bodyBytes: 1 }],
  ['limits.connections', { connections: 1 }],
  ['limits.connections_per_address', { connectionsPerAddress: 1 }],
] as [string, Partial<CollectorSettings>][])(
  'what needs a restart (%s) refuses the whole reload',
  async (name, over) => {
    change({ ...over, locale: 'en' });
    await expect(stage.collector.reload()).rejects.toMatchObject({
      code: 'config',
      message: `${name} cannot change while the collector runs`,
      hint: expect.stringContaining('restart'),
    });
    const page = await stage.collector.web.local({ method: 'GET', url: '/' });
    expect(page.body).toContain('<html lang="zh-CN">');
  },
);

test('after a refused reload a good one clears the mark', async () => {
  const isOk = async (): Promise<unknown> => {
    const status = await stage.ask<{ health: Record<string, unknown> }>('GET', '/api/v1/status');
    return status.health.config_reload_ok;
  };
  const { policies } = stage.settings;
  change({ policies: { ...policies, levels: '/nowhere.yaml' } });
  await expect(stage.collector.reload()).rejects.toThrow('nowhere.yaml');
  expect(await isOk()).toBe(false);
  change({ policies });
  await stage.clock.advance(5_000);
  await stage.collector.reload();
  expect(await isOk()).toBe(true);
});

test('channels that cannot be opened refuse the whole reload: nothing else was swapped', async () => {
  const policies = loadPolicies(stage.settings);
  const state: State = {
    ...{ settings: stage.settings, policies, reason: '', reloadOk: true, reloadMs: 0 },
    diskFreeBytes: 0,
  };
  const swapped: string[] = [];
  const room = (name: string) => ({ reload: () => void swapped.push(name) });
  const rooms = {
    evaluator: room('evaluator'),
    faults: room('faults'),
    faultDesk: {
      ...room('people'),
      notify: {
        reload: () => {
          throw new Error('the secret is gone');
        },
      },
    },
  } as unknown as Parameters<typeof makeReload>[1];
  const { clock } = stage;
  const reload = makeReload(
    { reread: () => ({ ...stage.settings }), clock, log: silentLog },
    rooms,
    state,
  );
  await expect(reload()).rejects.toThrow('the secret is gone');
  expect(swapped).toEqual([]);
  expect(state.settings).toBe(stage.settings);
  expect(state).toMatchObject({ policies, reloadOk: false });
});

test('free space is a number where there is a directory and unknown where there is none', () => {
  expect(freeBytes(stage.directory)).toBeGreaterThan(0);
  expect(freeBytes('/no/such/place')).toBeNaN();
});
