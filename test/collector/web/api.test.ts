/** The API over real rooms: what goes in is what comes out. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { routeTable } from '../../../src/collector/web/route-table.ts';
import { openStage, type Stage, sample } from '../stage.ts';

let stage: Stage;
let token: string;
beforeAll(async () => {
  stage = await openStage();
  ({ token } = await stage.ask<{ token: string }>('POST', '/api/v1/agents', {
    name: 'prom',
    kind: 'remote-write',
  }));
  for (let step = 0; step < 30; step++) {
    const timeMs = stage.clock.now();
    const item = { labels: { mountpoint: '/' }, timeMs };
    await stage.write(token, [
      sample('cpu_used_ratio', 'web', { value: 0.97, timeMs }),
      sample('filesystem_used_bytes', 'web', { value: 40, ...item }),
      sample('filesystem_size_bytes', 'web', { value: 100, ...item }),
      sample('node_load1', 'web', { value: 2, timeMs }),
    ]);
    await stage.clock.advance(15_000);
  }
});
afterAll(() => stage.close());

test('every JSON answer has the shape that is documented', async () => {
  const urls = [
    '/api/v1/status',
    '/api/v1/devices',
    '/api/v1/devices/web',
    '/api/v1/devices/web/history?indicator=cpu_used_ratio',
    '/api/v1/faults?state=all',
    '/api/v1/faults/F-000001',
    '/api/v1/agents',
    '/api/v1/thresholds/explain?device=web&indicator=cpu_used_ratio',
    '/api/v1/gaps',
    '/api/v1/audit?limit=10',
    '/api/v1/schema/thresholds',
    '/sd/prometheus',
    '/api/docs/openapi.json',
  ];
  const routes = routeTable({ text: async () => '' });
  for (const url of urls) {
    const path = url.split('?')[0] ?? '';
    const route = routes.find(
      (one) =>
        one.method === 'GET' && new RegExp(`^${one.path.replace(/:\w+/g, '[^/]+')}$`).test(path),
    );
    const answer = await stage.ask('GET', url);
    const shape = route?.answer as z.ZodType;
    expect(shape.safeParse(answer).error, url).toBeUndefined();
    // Nothing that nobody wrote down: unknown keys would be dropped by the parse.
    expect(shape.parse(answer), url).toEqual(answer);
  }
});

test('a device shows its facts, figures, newest data and faults', async () => {
  const device = await stage.ask<Record<string, unknown>>('GET', '/api/v1/devices/web');
  expect(device).toMatchObject({
    name: 'web',
    status: 'live',
    agents: ['prom'],
    open_faults: ['F-000001'],
  });
  expect(Date.parse(String(device.newest))).toBe(stage.clock.now() - 15_000);
  expect(device.indicators).toContainEqual({
    indicator: 'filesystem_used_bytes',
    item: '/',
    unit: 'bytes',
    value: 40,
    time: device.newest,
  });
});

test('history comes in slots, null where there was nothing', async () => {
  const { series } = await stage.ask<{ series: { start: string; mean: (number | null)[] }[] }>(
    'GET',
    `/api/v1/devices/web/history?indicator=cpu_used_ratio&from=${new Date(stage.clock.now() - 3_600_000).toISOString()}&to=${stage.clock.now() / 1000}`,
  );
  expect(series).toHaveLength(1);
  const [{ mean = [] } = {}] = series;
  expect(mean.filter((value) => value !== null).every((v) => Math.abs(v - 0.97) < 1e-6)).toBe(true);
  expect(mean.filter((value) => value !== null).length).toBeGreaterThanOrEqual(1);
  expect(mean).toContain(null);
});

test.each([
  ['from=yesterday', /"yesterday" is not a time/],
  ['from=2026-01-05T08:00:00', /is not a time/],
  ['from=2026-01-05T08:00:00Z&to=2026-01-04T08:00:00Z', /must be before/],
  ['from=2020-01-05T08:00:00Z', /at most 92 days/],
])('a window with %s is refused', async (window, message) => {
  const answer = await stage.collector.web.local({
    method: 'GET',
    url: `/api/v1/devices/web/history?indicator=load1&${window}`,
  });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error.message).toMatch(message);
});

test('an indicator that does not exist is refused with the one that was meant', async () => {
  const answer = await stage.collector.web.local({
    method: 'GET',
    url: '/api/v1/devices/web/history?indicator=cpu_used_ration',
  });
  expect(answer.json().error.message).toContain('did you mean "cpu_used_ratio"?');
});

test('people answer a fault, step by step, and the ledger keeps it', async () => {
  const step = (verb: string, body: object) =>
    stage.ask('POST', `/api/v1/faults/F-000001/${verb}`, body);
  await step('respond', { by: '王工' });
  await step('comment', { by: '王工', note: 'a batch job runs wild' });
  const { fault, ledger } = await stage.ask<{
    fault: { state: string };
    ledger: { kind: string; by: string; note: string }[];
  }>('GET', '/api/v1/faults/F-000001');
  expect(fault.state).toBe('responded');
  expect(ledger.map(({ kind }) => kind)).toEqual(['opened', 'responded', 'comment']);
  expect(ledger.at(-1)).toMatchObject({ by: '王工', note: 'a batch job runs wild' });
  const { entries } = await stage.ask<{ entries: { action: string; subject: string }[] }>(
    'GET',
    '/api/v1/audit?limit=1000',
  );
  expect(entries.filter(({ subject }) => subject === 'F-000001')).toHaveLength(2);
});

test('a step on a fault that does not exist, or by nobody, is refused', async () => {
  const post = (url: string, payload: object) =>
    stage.collector.web.local({ method: 'POST', url, payload });
  expect((await post('/api/v1/faults/F-999999/respond', {})).statusCode).toBe(404);
  expect((await post('/api/v1/faults/F-000001/respond', { by: '' })).statusCode).toBe(400);
  expect((await post('/api/v1/faults/1;drop/respond', {})).statusCode).toBe(400);
});

test('explain shows the layers and the verdict now', async () => {
  const { explanations } = await stage.ask<{
    explanations: { rule: string; winner: string; verdict: { state: string } }[];
  }>('GET', '/api/v1/thresholds/explain?device=web&indicator=cpu_used_ratio');
  const busy = explanations.find(({ rule }) => rule === 'cpu_busy');
  expect(busy?.verdict.state).toBe('breached');
  const nowhere = await stage.collector.web.local({
    method: 'GET',
    url: '/api/v1/thresholds/explain?device=nowhere&indicator=cpu_used_ratio',
  });
  expect(nowhere.statusCode).toBe(404);
});

test('a token is readable once, never listed, and void when revoked', async () => {
  const made = await stage.ask<{ token: string }>('POST', '/api/v1/agents', { name: 'a1' });
  const list = await stage.collector.web.local({ method: 'GET', url: '/api/v1/agents' });
  expect(list.body).not.toContain(made.token);
  const audit = await stage.collector.web.local({ method: 'GET', url: '/api/v1/audit?limit=1000' });
  expect(audit.body).not.toContain(made.token);
  const own = [
    sample('load1', 'a1', { value: 1, timeMs: stage.clock.now(), labels: { agent: 'a1' } }),
  ];
  expect(await stage.write(made.token, own)).toBe(204);
  const next = await stage.ask<{ token: string }>('POST', '/api/v1/agents/a1/rotate', {
    overlap_seconds: 0,
  });
  expect(await stage.write(made.token, own)).toBe(401);
  expect(await stage.write(next.token, own)).toBe(204);
  await stage.ask('POST', '/api/v1/agents/a1/revoke', {});
  expect(await stage.write(next.token, own)).toBe(401);
  const again = stage.ask('POST', '/api/v1/agents', { name: 'prom' });
  await expect(again).rejects.toThrow('conflict');
});

test.each(['import-abc', '', 'x'.repeat(129), 'a\nb', 'a\u202eb'])(
  'the sender name %j is refused',
  async (name) => {
    await expect(stage.ask('POST', '/api/v1/agents', { name })).rejects.toThrow('bad_request');
  },
);

test('labels of a device are set whole; impact has three words', async () => {
  await stage.ask('PUT', '/api/v1/devices/web/labels', { labels: { impact: 'high', room: 'a' } });
  const device = await stage.ask('GET', '/api/v1/devices/web');
  expect(device).toMatchObject({ labels: { impact: 'high', room: 'a' } });
  const bad = stage.ask('PUT', '/api/v1/devices/web/labels', { labels: { impact: 'huge' } });
  await expect(bad).rejects.toThrow('one of high, medium, low');
});

test('a device may have any name', async () => {
  const name = fc
    .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
    .filter((text) => !/^\.\.?$/.test(text) && Buffer.byteLength(text) <= 256)
    .filter((text) => !/\p{C}|\p{Zl}|\p{Zp}/u.test(text));
  const odd = ['a/b', 'a%2Fb', '?x=1', '#', 'c++', '空格 名', '"><script>', "'; --", '...', '%'];
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.constantFrom(...odd), name), async (device) => {
      const timeMs = stage.clock.now();
      const stored = await stage.write(token, [sample('load1', device, { value: 7, timeMs })]);
      expect(stored).toBe(204);
      const path = `/api/v1/devices/${encodeURIComponent(device)}`;
      expect(await stage.ask('GET', path)).toMatchObject({ name: device });
      const series = await stage.collector.web.local({ method: 'GET', url: `${path}/metrics` });
      expect(series.body).toContain(`load1 7 ${timeMs}\n`);
      await stage.ask('DELETE', path);
      const gone = await stage.collector.web.local({ method: 'GET', url: path });
      expect(gone.statusCode).toBe(404);
    }),
    { numRuns: 40 },
  );
});

test('discovery lists live devices at the address that was asked, and only those', async () => {
  const answer = await stage.collector.web.remote({
    method: 'GET',
    url: '/sd/prometheus',
    headers: { host: 'localhost:9999' },
  });
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  const targets = answer.json() as { targets: string[]; labels: Record<string, string> }[];
  expect(targets.find(({ labels }) => labels.instance === 'web')).toEqual({
    targets: ['localhost:9999'],
    labels: {
      __metrics_path__: '/api/v1/devices/web/metrics',
      instance: 'web',
      __meta_watchkeeper_kind: 'unknown',
      __meta_watchkeeper_agents: 'prom',
      __meta_watchkeeper_label_impact: 'high',
      __meta_watchkeeper_label_room: 'a',
    },
  });
});

test('with nothing to discover the answer is an empty list', async () => {
  const empty = await openStage();
  expect(await empty.ask('GET', '/sd/prometheus')).toEqual([]);
  await empty.close();
});

test('reload over the socket is audited, a refused one says why', async () => {
  const answer = await stage.collector.web.local({ method: 'POST', url: '/-/reload' });
  expect([answer.statusCode, answer.body]).toEqual([200, 'reloaded\n']);
  const { settings } = stage;
  stage.settings = { ...settings, policies: { ...settings.policies, levels: '/nowhere.yaml' } };
  const refused = await stage.collector.web.local({ method: 'PUT', url: '/-/reload' });
  expect(refused.json().error).toMatchObject({ code: 'config' });
  expect(refused.json().error.message).toContain('/nowhere.yaml');
  stage.settings = settings;
});

test('declared losses are listed with their sender', async () => {
  expect(await stage.ask('GET', '/api/v1/gaps')).toEqual({ gaps: [] });
});
