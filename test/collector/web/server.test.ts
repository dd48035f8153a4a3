/** Both doors of the room: TCP and the control socket. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { socketApi } from '../../../src/collector/cli/api.ts';
import { socketPath } from '../../../src/collector/directory.ts';
import { storedSnappy } from '../../../src/collector/import/stored-snappy.ts';
import { encodeSamples } from '../../../src/shared/remote-write.ts';
import { openStage, type Stage, sample, WRITE_HEADERS } from '../stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  // Closing waits for open requests by the manual clock.
  const closing = stage.close();
  await stage.clock.advance(10_000);
  await closing;
});

const tcp = (method: string, path: string, init: RequestInit = {}) =>
  fetch(`${stage.collector.url}${path}`, { method, ...init });

test('over TCP everybody on this host may look, and nobody may command', async () => {
  expect((await tcp('GET', '/api/v1/devices')).status).toBe(200);
  const refused = await tcp('POST', '/api/v1/agents', {
    headers: { 'content-type': 'application/json' },
    body: '{"name":"x"}',
  });
  expect(refused.status).toBe(403);
  expect((await refused.json()) as object).toMatchObject({
    error: { code: 'forbidden', hint: expect.stringContaining('collector command') },
  });
  expect((await tcp('POST', '/-/reload')).status).toBe(403);
});

test('over the socket the same request is done', async () => {
  const api = socketApi(socketPath(stage.directory));
  const made = await api.request({ method: 'POST', path: '/api/v1/agents', body: { name: 'x' } });
  expect(made.status).toBe(200);
  const list = await api.request({ method: 'GET', path: '/api/v1/agents' });
  expect(JSON.parse(list.body.toString()).agents).toMatchObject([{ name: 'x' }]);
});

test('nobody becomes local by saying so', async () => {
  for (const value of ['', '1', 'true', 'x'.repeat(64)]) {
    const answer = await tcp('POST', '/-/reload', { headers: { 'x-watchkeeper-local': value } });
    expect(answer.status).toBe(403);
  }
  const inside = await stage.collector.web.remote({ method: 'POST', url: '/-/reload' });
  expect(inside.statusCode).toBe(403);
});

test('a write over TCP and over the socket is the same write', async () => {
  const { token } = await stage.ask<{ token: string }>('POST', '/api/v1/agents', {
    name: 'prom',
    kind: 'remote-write',
  });
  const headers = { ...WRITE_HEADERS, authorization: `Bearer ${token}` };
  const body = (device: string): Buffer =>
    storedSnappy(encodeSamples([sample('load1', device, { value: 1, timeMs: stage.clock.now() })]));
  const over = await tcp('POST', '/api/v1/write', { headers, body: new Uint8Array(body('a')) });
  expect([over.status, over.headers.get('x-watchkeeper-receipt')]).toEqual([204, 'stored']);
  const api = socketApi(socketPath(stage.directory));
  const local = await api.request({
    method: 'POST',
    path: '/api/v1/write',
    headers,
    body: body('b'),
  });
  expect([local.status, local.headers['x-watchkeeper-receipt']]).toEqual([204, 'stored']);
  const { devices } = await stage.ask<{ devices: { name: string }[] }>('GET', '/api/v1/devices');
  expect(devices.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('large answers and several requests at once come whole over the socket', async () => {
  const api = socketApi(socketPath(stage.directory));
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      api.request({ method: 'GET', path: '/api/docs/openapi.json' }),
    ),
  );
  const sizes = new Set(answers.map(({ body }) => body.length));
  expect(sizes.size).toBe(1);
  expect(JSON.parse(answers[0]?.body.toString() ?? '').openapi).toBe('3.1.0');
});

test('a collector that is gone is named, with what to do', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'gone-'));
  const api = socketApi(socketPath(empty));
  const asked = api.request({ method: 'GET', path: '/-/healthy' });
  await expect(asked).rejects.toMatchObject({ code: 'unavailable', hint: expect.any(String) });
  rmSync(empty, { recursive: true, force: true });
});

test('after closing nobody answers, on neither door', async () => {
  const { url } = stage.collector;
  expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
  const closing = stage.collector.close();
  await stage.clock.advance(10_000);
  await closing;
  await expect(fetch(`${url}/-/healthy`)).rejects.toThrow();
  const api = socketApi(socketPath(stage.directory));
  await expect(api.request({ method: 'GET', path: '/' })).rejects.toThrow('did not answer');
});

test('readiness tells of starting and stopping, health only of life', async () => {
  expect(await (await tcp('GET', '/-/ready')).text()).toBe('ready\n');
  expect(await (await tcp('GET', '/-/healthy')).text()).toBe('healthy\n');
  const head = await tcp('HEAD', '/-/healthy');
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('requests that Node refuses have our form too', async () => {
  const long = await tcp('GET', `/${'x'.repeat(20_000)}`);
  expect(long.status).toBe(431);
  expect(long.headers.get('x-content-type-options')).toBe('nosniff');
  expect((await long.json()) as object).toMatchObject({ error: { code: 'too_large' } });
});
