/** Windows through the room's door, on a real desk: registered, kept, audited, ended. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { ACTOR, quietRig, request } from './rig.ts';

const webs: { name: string; labels: Record<string, string> }[] = [
  { name: 'web-01', labels: { site: 'north' } },
  { name: 'web-02', labels: {} },
  { name: 'db-01', labels: {} },
];

test('a window is kept over a restart, with its audit entry', async () => {
  const rig = await quietRig();
  const window = await rig.room.windows.register(request(rig.clock.now() + HOUR_MS), ACTOR);
  expect(window).toMatchObject({
    id: 'W-000001',
    by: 'li.wei',
    approver: 'zhao',
    planned: true,
    registeredMs: rig.clock.now(),
    version: 1,
  });
  const again = await rig.restart();
  expect(again.windows.list({})).toEqual([window]);
  expect(await rig.audit()).toEqual(['li.wei window.register W-000001']);
});

test('what is refused leaves no trace', async () => {
  const rig = await quietRig();
  const past = request(rig.clock.now() - DAY_MS);
  await expect(rig.room.windows.register(past, ACTOR)).rejects.toThrow('to: is in the past');
  expect(rig.room.windows.list({})).toEqual([]);
  expect(await rig.audit()).toEqual([]);
});

test('the same window at an overlapping time is refused, naming the other', async () => {
  const rig = await quietRig();
  const soon = rig.clock.now() + HOUR_MS;
  await rig.room.windows.register(request(soon), ACTOR);
  await expect(rig.room.windows.register(request(soon + 1), ACTOR)).rejects.toMatchObject({
    code: 'conflict',
    message: 'it overlaps W-000001, which covers the same',
  });
  await rig.room.windows.register(request(soon + HOUR_MS), ACTOR);
  const others = request(soon, { covers: { devices: ['db-*'] } });
  await rig.room.windows.register(others, ACTOR);
  expect(rig.room.windows.list({}).map(({ id }) => id)).toEqual([
    'W-000003',
    'W-000002',
    'W-000001',
  ]);
});

test('a request sent twice makes one window', async () => {
  const rig = await quietRig();
  const soon = request(rig.clock.now() + HOUR_MS);
  const repeat = { key: 'k-1', request: soon };
  const first = await rig.room.windows.register(soon, ACTOR, repeat);
  expect(await rig.room.windows.register(soon, ACTOR, repeat)).toEqual(first);
  expect(rig.room.windows.list({})).toHaveLength(1);
  expect(await rig.audit()).toHaveLength(1);
  const other = request(rig.clock.now() + DAY_MS);
  await expect(
    rig.room.windows.register(other, ACTOR, { key: 'k-1', request: other }),
  ).rejects.toMatchObject({ code: 'conflict' });
});

test('a change has one window, however often it asks', async () => {
  const rig = await quietRig();
  const soon = request(rig.clock.now() + HOUR_MS, { origin: 'C-000001' });
  const first = await rig.room.windows.register(soon, ACTOR);
  expect(await rig.room.windows.register(soon, ACTOR)).toEqual(first);
});

test('a preview says what is covered, when, and what is probably not meant', async () => {
  const rig = await quietRig();
  rig.devices = webs;
  const { windows } = rig.room;
  const soon = rig.clock.now() + HOUR_MS;
  expect(windows.preview(request(soon))).toEqual({
    devices: ['web-01', 'web-02'],
    occurrences: [{ fromMs: soon, toMs: soon + HOUR_MS }],
    planned: true,
    warnings: [],
  });
  await windows.register(request(soon), ACTOR);
  const odd = request(rig.clock.now(), {
    covers: { devices: ['web-1', 'web-*'], labels: { site: 'n*' } },
    schedule: { kind: 'once', fromMs: rig.clock.now(), toMs: soon + 1 },
  });
  expect(windows.preview(odd).warnings).toEqual([
    'no device is named "web-1"',
    'it begins before it is registered: it does not count as planned',
    'some of it is also in W-000001',
  ]);
  expect(windows.preview(request(soon, { covers: { groups: ['x'] } })).warnings).toEqual([
    'it covers no device that is known now',
  ]);
  expect(windows.preview(request(soon + DAY_MS, { covers: { devices: ['*'] } })).warnings).toEqual([
    'it covers them all',
  ]);
});

test('windows are listed by what they are now', async () => {
  const rig = await quietRig();
  const { windows } = rig.room;
  for (const hours of [0.5, 3, 6]) {
    const fromMs = rig.clock.now() + hours * HOUR_MS;
    await windows.register(request(fromMs), ACTOR);
  }
  await rig.clock.advance(3.5 * HOUR_MS);
  const ids = (state: 'active' | 'upcoming' | 'past' | 'all') =>
    windows.list({ state }).map(({ id }) => id);
  expect(ids('past')).toEqual(['W-000001']);
  expect(ids('active')).toEqual(['W-000002']);
  expect(ids('upcoming')).toEqual(['W-000003']);
  expect(windows.list({ limit: 2 }).map(({ id }) => id)).toEqual(['W-000003', 'W-000002']);
  expect(windows.list({ limit: 2, after: 2 }).map(({ id }) => id)).toEqual(['W-000001']);
});

test('a window can be ended before its time, once, and only by who saw its newest version', async () => {
  const rig = await quietRig();
  const { windows } = rig.room;
  const { id } = await windows.register(request(rig.clock.now() + HOUR_MS), ACTOR);
  await rig.clock.advance(1.5 * HOUR_MS);
  const step = { by: 'zhao', note: 'done early', version: 7 };
  await expect(windows.end(id, step, ACTOR)).rejects.toMatchObject({ code: 'stale' });
  const ended = await windows.end(id, { ...step, version: 1 }, ACTOR);
  expect(ended).toMatchObject({ endedMs: rig.clock.now(), endedBy: 'zhao', version: 2 });
  expect(windows.stateOf(ended)).toBe('past');
  const late = { ...step, version: null };
  await expect(windows.end(id, late, ACTOR)).rejects.toThrow('W-000001 is over');
  await expect(windows.end('W-000099', late, ACTOR)).rejects.toMatchObject({ code: 'not_found' });
  expect(await rig.audit()).toContain('li.wei window.end W-000001');
});

test('one that is withdrawn before it begins never opens', async () => {
  const rig = await quietRig();
  const { windows } = rig.room;
  const { id } = await windows.register(request(rig.clock.now() + HOUR_MS), ACTOR);
  await windows.end(id, { by: 'zhao', note: '', version: null }, ACTOR);
  await rig.clock.advance(1.5 * HOUR_MS);
  expect(windows.stateOf(windows.show(id))).toBe('past');
  expect(windows.spansOf('web-01', 0, rig.clock.now() + DAY_MS)).toEqual([]);
});

test('planned time is told per device: what was registered late counts from then, as unplanned', async () => {
  const rig = await quietRig();
  rig.devices = webs;
  const { windows } = rig.room;
  const nowMs = rig.clock.now();
  await windows.register(request(nowMs - HOUR_MS / 2), ACTOR);
  await windows.register(request(nowMs + HOUR_MS), ACTOR);
  const half = HOUR_MS / 2;
  const spans = [
    { window: 'W-000001', fromMs: nowMs, toMs: nowMs + half, planned: false },
    { window: 'W-000002', fromMs: nowMs + HOUR_MS, toMs: nowMs + 2 * HOUR_MS, planned: true },
  ];
  expect(windows.spansOf('web-01', nowMs - DAY_MS, nowMs + DAY_MS)).toEqual(spans);
  expect(windows.spansOf('db-01', nowMs - DAY_MS, nowMs + DAY_MS)).toEqual([]);
  expect(windows.spansOf('web-01', nowMs, nowMs + 1.5 * HOUR_MS)[1]).toMatchObject({
    toMs: nowMs + 1.5 * HOUR_MS,
  });
});

test('a recurring window began late once and in time ever after', async () => {
  const rig = await quietRig();
  const nowMs = rig.clock.now();
  const hourly = request(nowMs, {
    schedule: {
      kind: 'cron',
      cron: '0 * * * *',
      timezone: 'UTC',
      durationMs: HOUR_MS / 2,
      untilMs: null,
    },
  });
  await rig.clock.advance(10 * 60_000);
  const window = await rig.room.windows.register(hourly, ACTOR);
  expect(window.planned).toBe(false);
  const spans = rig.room.windows.spansOf('web-01', nowMs, nowMs + 3 * HOUR_MS);
  expect(spans.map(({ planned }) => planned)).toEqual([false, true, true]);
});
