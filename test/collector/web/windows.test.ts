/** Maintenance windows through the API of a whole collector. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WINDOW_ROUTES } from '../../../src/collector/web/routes/windows.ts';
import { openStage, type Stage, sample } from '../stage.ts';
import { expectShape } from './shape.ts';

const HOUR = 3_600_000;
let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const at = (hours: number): string => new Date(stage.clock.now() + hours * HOUR).toISOString();
const body = (rest: object = {}): object => ({
  covers: { devices: ['web-*'] },
  schedule: { from: at(1), to: at(2) },
  reason: 'kernel update',
  approver: 'zhao',
  by: 'wang',
  ...rest,
});
const send = (
  method: 'GET' | 'POST',
  url: string,
  { payload, headers = {} }: { payload?: object; headers?: Record<string, string> } = {},
) =>
  stage.collector.web.local({
    method,
    url,
    headers,
    ...(payload === undefined ? {} : { payload }),
  });
const add = (rest: object = {}, headers: Record<string, string> = {}) =>
  send('POST', '/api/v1/windows', { payload: body(rest), headers });

test('a window is registered, shown, listed and ended, in the documented shape', async () => {
  const made = await add();
  expect([made.statusCode, made.headers.etag]).toEqual([200, '"1"']);
  expect(made.json()).toMatchObject({
    id: 'W-000001',
    state: 'upcoming',
    next: { from: at(1), to: at(2) },
    by: 'wang',
    approver: 'zhao',
    planned: true,
  });
  for (const url of [
    '/api/v1/windows',
    '/api/v1/windows/W-000001',
    '/api/v1/quiet',
    '/api/v1/windows/outcomes',
  ]) {
    expectShape(WINDOW_ROUTES, url, await stage.ask('GET', url));
  }
  const ended = await send('POST', '/api/v1/windows/W-000001/end', {
    payload: { by: 'zhao', note: 'not today' },
    headers: { 'if-match': '"1"' },
  });
  expect([ended.statusCode, ended.headers.etag]).toEqual([200, '"2"']);
  expect(ended.json()).toMatchObject({ state: 'past', ended_by: 'zhao', next: null });
});

test('recurring windows are given as cron with a zone, or as a calendar', async () => {
  const weekly = await add({ schedule: { cron: '30 2 * * 6', duration: '2h' } });
  expect(weekly.json()).toMatchObject({
    schedule: { cron: '30 2 * * 6', timezone: 'Asia/Shanghai', duration_seconds: 7_200 },
  });
  const office = await add({ schedule: { calendar: 'office', until: at(1_000) } });
  // It is 16:00 in Shanghai, so the office is open: this occurrence began unregistered.
  expect(office.json()).toMatchObject({ schedule: { calendar: 'office' }, planned: false });
});

const WRONG: readonly (readonly [string, () => object])[] = [
  ['body covers: names nothing', () => ({ covers: {} })],
  ['unknown key "device" (did you mean "devices"?)', () => ({ covers: { device: ['a'] } })],
  ['to: is in the past', () => ({ schedule: { from: at(-2), to: at(-1) } })],
  ['approver: is wang, who registers it', () => ({ approver: 'wang' })],
  ['cron: cron "often"', () => ({ schedule: { cron: 'often', duration: '1h' } })],
  ['calendar: "moon" is not in calendars.yaml', () => ({ schedule: { calendar: 'moon' } })],
  ['is not a time', () => ({ schedule: { from: 'soon', to: at(1) } })],
];

test('what is wrong is named with its field and reason', async () => {
  for (const [message, wrong] of WRONG) {
    const answer = await add(wrong());
    expect(answer.statusCode, message).toBe(400);
    expect(answer.json().error.message).toContain(message);
  }
});

test('an overlap with the same cover is a conflict; a stale ETag 412; what is not there 404', async () => {
  await add();
  expect((await add()).statusCode).toBe(409);
  const end = (id: string, etag: string) =>
    send('POST', `/api/v1/windows/${id}/end`, { payload: {}, headers: { 'if-match': etag } });
  expect((await end('W-000001', '"9"')).statusCode).toBe(412);
  expect((await end('W-000009', '"1"')).statusCode).toBe(404);
});

test('the same key twice makes one window', async () => {
  const headers = { 'idempotency-key': 'k-1' };
  const payload = body();
  const twice = [1, 2].map(() => send('POST', '/api/v1/windows', { payload, headers }));
  const [first, second] = await Promise.all(twice);
  expect(second!.json()).toEqual(first!.json());
  const { windows } = await stage.ask<{ windows: object[] }>('GET', '/api/v1/windows');
  expect(windows).toHaveLength(1);
});

test('a list is read to its end page by page', async () => {
  for (const group of 'abcde') await add({ covers: { groups: [group] } });
  const seen: string[] = [];
  let next: string | null = '';
  while (next !== null) {
    const query: string = next === '' ? '' : `&after=${next}`;
    const page: { windows: { id: string }[]; next: string | null } = await stage.ask(
      'GET',
      `/api/v1/windows?limit=2${query}`,
    );
    seen.push(...page.windows.map(({ id }) => id));
    next = page.next;
  }
  expect(seen).toEqual(['W-000005', 'W-000004', 'W-000003', 'W-000002', 'W-000001']);
});

test('a preview counts the devices and registers nothing', async () => {
  const { token } = await stage.ask<{ token: string }>('POST', '/api/v1/agents', {
    name: 'prom',
    kind: 'remote-write',
  });
  const timeMs = stage.clock.now();
  await stage.write(token, [
    sample('node_load1', 'web-01', { value: 1, timeMs }),
    sample('node_load1', 'db-01', { value: 1, timeMs }),
  ]);
  const payload = body({ covers: { devices: ['web-*', 'wbe-01'] } });
  const answer = await send('POST', '/api/v1/windows/preview', { payload });
  expect(answer.json()).toEqual({
    devices: ['web-01'],
    occurrences: [{ from: at(1), to: at(2) }],
    planned: true,
    warnings: ['no device is named "wbe-01"'],
  });
  expect(await stage.ask('GET', '/api/v1/windows')).toEqual({ windows: [], next: null });
});

test('how many windows are active is one look away', async () => {
  await add({ schedule: { from: at(0), to: at(1) } });
  await stage.clock.advance(2_000);
  const quiet = await stage.ask<{ active_windows: { id: string }[] }>('GET', '/api/v1/quiet');
  expect(quiet.active_windows.map(({ id }) => id)).toEqual(['W-000001']);
});
