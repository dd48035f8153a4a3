/** The door's promises, one by one, on a real file. */
import { expect, test } from 'vitest';
import { DAY_MS } from '../../../src/shared/units.ts';
import {
  append,
  bitsOf,
  contents,
  doubleOf,
  request,
  restart,
  rig,
  STALE,
  series,
  T0,
} from './rig.ts';

const up = series('up', { instance: 'a' });
const load = series('load', { instance: 'a' });

test('what is appended is read back, in order, inside the window', async () => {
  const { store } = await rig();
  await append(store, [
    [up, T0 + 2, 2],
    [load, T0, 5],
  ]);
  await append(store, [[up, T0 + 1, 1]]);
  expect(await contents(store, 'a')).toEqual({
    'up{instance="a"}': [
      [T0 + 1, 1],
      [T0 + 2, 2],
    ],
    'load{instance="a"}': [[T0, 5]],
  });
  expect(await contents(store, 'a', T0, T0 + 1)).toEqual({ 'load{instance="a"}': [[T0, 5]] });
  expect(await contents(store, 'a', T0 + 1, T0 + 2)).toEqual({
    'up{instance="a"}': [[T0 + 1, 1]],
  });
  expect(await store.read('nobody', 0, T0 * 2)).toEqual([]);
});

test('the arrays of a batch are copied before append returns', async () => {
  const { store } = await rig();
  const batch = request(store, [
    [up, T0, 1],
    [load, T0 + 1, 2],
  ]);
  const done = store.append(batch);
  batch.times.fill(7);
  batch.values.fill(7);
  await done;
  expect(await contents(store, 'a')).toEqual({
    'up{instance="a"}': [[T0, 1]],
    'load{instance="a"}': [[T0 + 1, 2]],
  });
});

test('one turn of the event loop is one commit, in the order of the appends', async () => {
  const { store } = await rig();
  const receipts = await Promise.all(
    Array.from({ length: 50 }, (_, i) => append(store, [[up, T0 + (i % 10), i]])),
  );
  expect(store.stats().commits).toBe(1);
  expect(receipts.every(({ kind }) => kind === 'stored')).toBe(true);
  const values = (await contents(store, 'a'))['up{instance="a"}']!.map(([, value]) => value);
  expect(values).toEqual([40, 41, 42, 43, 44, 45, 46, 47, 48, 49]);
});

test('a large group does not wait for the end of the turn', async () => {
  const { store } = await rig();
  const batch = request(
    store,
    Array.from({ length: 1_000 }, (_, i) => [up, T0 + i, i] as const),
  );
  const all = Promise.all(Array.from({ length: 150 }, () => store.append(batch)));
  expect(store.stats().commits).toBe(1);
  await all;
  expect(store.stats().commits).toBe(2);
});

test('a request of several devices is stored for each of them', async () => {
  const { store } = await rig();
  const other = series('up', { instance: 'b' });
  const receipt = await append(store, [
    [up, T0, 1],
    [other, T0, 2],
    [load, T0, 3],
  ]);
  expect(receipt).toEqual({ kind: 'stored', samples: 3, duplicates: 0 });
  expect(Object.keys(await contents(store, 'a'))).toHaveLength(2);
  expect(await contents(store, 'b')).toEqual({ 'up{instance="b"}': [[T0, 2]] });
  expect(store.stats()).toMatchObject({ journalRows: 2, storedSamples: 3, devices: 2, series: 3 });
});

test('duplicates are dropped and counted, late samples stored and counted', async () => {
  const { store } = await rig();
  await append(store, [
    [up, T0, 1],
    [load, T0, 1],
  ]);
  expect(
    await append(store, [
      [up, T0, 1],
      [load, T0 + 1, 2],
    ]),
  ).toEqual({
    kind: 'stored',
    samples: 1,
    duplicates: 1,
  });
  expect(
    await append(store, [
      [up, T0 - 5, 9],
      [load, T0 + 1, 3],
    ]),
  ).toEqual({
    kind: 'stored',
    samples: 2,
    duplicates: 0,
  });
  expect(store.stats()).toMatchObject({ storedSamples: 5, duplicateSamples: 1, lateSamples: 2 });
  expect(await contents(store, 'a')).toEqual({
    'up{instance="a"}': [
      [T0 - 5, 9],
      [T0, 1],
    ],
    'load{instance="a"}': [
      [T0, 1],
      [T0 + 1, 3],
    ],
  });
});

test('stale markers keep their bits, in the newest samples, in the journal and in blocks', async () => {
  const { store } = await rig();
  const batch = request(store, [
    [up, T0, 1],
    [load, T0, 2],
  ]);
  batch.values.set(doubleOf(...STALE), 0);
  await store.append(batch);
  const number = store.resolve(up, 'tester');
  expect(store.latest.values[number]).toBeNaN();
  const bits = async (): Promise<string[]> =>
    (await store.read('a', T0, T0 + 1)).map(({ values }) => bitsOf(values[0]!));
  expect(bitsOf(store.latest.values[number]!)).toBe('7ff0000000000002');
  expect(await bits()).toEqual(['7ff0000000000002', bitsOf(2)]);
  await store.sealAll();
  expect(await bits()).toEqual(['7ff0000000000002', bitsOf(2)]);
  expect(await store.append(batch)).toMatchObject({ samples: 0, duplicates: 2 });
});

test('the newest sample of each series and device, and none before the first', async () => {
  const { store } = await rig();
  const number = store.resolve(up, 'tester');
  expect(store.latest.times[number]).toBe(Number.NEGATIVE_INFINITY);
  expect([store.newest('a'), store.newest('nobody')]).toEqual([0, 0]);
  await append(store, [
    [up, T0 + 5, 1],
    [load, T0 + 9, 2],
  ]);
  expect([store.latest.times[number], store.latest.values[number]]).toEqual([T0 + 5, 1]);
  expect(store.newest('a')).toBe(T0 + 9);
});

test('the newest samples grow with the series', async () => {
  const { store } = await rig();
  const many = Array.from({ length: 1_900 }, (_, i) => series(`m_${i}`, { instance: 'a' }));
  await append(
    store,
    many.map((labels, i) => [labels, T0, i] as const),
  );
  expect(store.latest.values[store.resolve(many[1_899]!, 'tester')]).toBe(1_899);
});

test('a failing request leaves the others of its turn alone', async () => {
  const { store } = await rig();
  const good = append(store, [[up, T0, 1]]);
  const bad = append(store, [[load, T0 + 0.5, 1]]);
  const also = append(store, [[load, T0, 1]]);
  await expect(bad).rejects.toMatchObject({ code: 'malformed' });
  expect(await good).toMatchObject({ samples: 1 });
  expect(await also).toMatchObject({ samples: 1 });
});

test('arrays that do not fit their shape are a mistake of ours', async () => {
  const { store } = await rig();
  const batch = { ...request(store, [[up, T0, 1]]), values: new Float64Array(2) };
  await expect(store.append(batch)).rejects.toThrow('BUG');
});

test('devices that changed are told once', async () => {
  const { store } = await rig();
  await append(store, [
    [up, T0, 1],
    [series('up', { instance: 'b' }), T0, 1],
  ]);
  expect([...store.takeChanged()].sort()).toEqual(['a', 'b']);
  expect(store.takeChanged()).toEqual([]);
  await append(store, [[up, T0, 1]]);
  expect(store.takeChanged()).toEqual([]);
  await append(store, [[up, T0 + 1, 1]]);
  expect(store.takeChanged()).toEqual(['a']);
});

test('series and devices are known by number, name and revision', async () => {
  const { store } = await rig();
  const number = store.resolve(up, 'tester');
  expect(store.labelsOf(number)).toEqual(up);
  expect(store.deviceOf(number)).toBe('a');
  expect(store.seriesOf('a')).toEqual([{ series: number, labels: up }]);
  const before = store.deviceRevision('a');
  store.resolve(load, 'tester');
  expect(store.deviceRevision('a')).toBeGreaterThan(before);
  expect([store.deviceRevision('nobody'), store.seriesOf('nobody')]).toEqual([0, []]);
  expect(store.devices()).toEqual(['a']);
});

test('a series keeps its number over a restart', async () => {
  const first = await rig();
  await append(first.store, [
    [up, T0, 1],
    [series('x', { zone: '值"\\' }), T0, 1],
  ]);
  const numbers = [up, series('x', { zone: '值"\\' })].map((l) => first.store.resolve(l, 'tester'));
  const { store } = await restart(first);
  expect([up, series('x', { zone: '值"\\' })].map((l) => store.resolve(l, 'tester'))).toEqual(
    numbers,
  );
  expect([...store.devices()].sort()).toEqual(['a', 'tester']);
  expect(store.resolve(series('new'), 'tester')).toBe(Math.max(...numbers) + 1);
});

test('a series that was only resolved is not durable, and does no harm', async () => {
  const first = await rig();
  first.store.resolve(up, 'tester');
  const { store } = await restart(first);
  expect(store.devices()).toEqual([]);
  await append(store, [[up, T0, 1]]);
  expect(await contents(store, 'a')).toEqual({ 'up{instance="a"}': [[T0, 1]] });
});

test('the limits of series count what is stored, also after a restart', async () => {
  const settings = { seriesPerSender: 2, seriesPerCollector: 3 };
  const first = await rig({ settings });
  await append(first.store, [
    [up, T0, 1],
    [load, T0, 1],
  ]);
  const { store } = await restart(first, { settings });
  expect(() => store.resolve(series('third'), 'tester')).toThrow(/2 series/);
  expect(() => store.resolve(up, 'tester')).not.toThrow();
  store.resolve(series('third'), 'other');
  expect(() => store.resolve(series('fourth'), 'other')).toThrow(/3 series/);
});

test('declared losses are stored with their batch and found by time', async () => {
  const first = await rig();
  const gaps = [
    { reason: 'quota', fromMs: T0, toMs: T0 + 10, samples: 5 },
    { reason: 'too_old', fromMs: T0 + 20, toMs: T0 + 30, samples: 7 },
  ] as const;
  const cursor = { agent: 'a', epoch: 'e', seq: 1 };
  await append(first.store, [[up, T0, 1]], { gaps, cursor });
  await append(first.store, [[up, T0, 1]], { gaps, cursor });
  await append(first.store, [], { gaps: gaps.slice(0, 1) });
  expect(first.store.stats().declaredLostSamples).toBe(17);
  const { store } = await restart(first);
  expect(store.stats().declaredLostSamples).toBe(17);
  expect(await store.gaps(T0 + 10, T0 + 20)).toEqual([
    { ...gaps[0], agent: 'a', receivedMs: T0 },
    { ...gaps[0], agent: 'tester', receivedMs: T0 },
  ]);
  expect(await store.gaps(T0 + 11, T0 + 20)).toEqual([]);
});

test('removing a device removes all of it, and voids shapes made before', async () => {
  const first = await rig();
  const { store } = first;
  const other = series('up', { instance: 'b' });
  await append(store, [
    [up, T0, 1],
    [other, T0, 2],
  ]);
  await store.sealAll();
  await append(store, [
    [up, T0 + 1, 1],
    [other, T0 + 1, 2],
  ]);
  await store.writeRollup(
    { device: 'a', dayMs: T0, rollups: new Uint8Array(1), histograms: new Uint8Array(1) },
    [],
  );
  const old = request(store, [
    [up, T0 + 2, 1],
    [other, T0 + 2, 1],
  ]);
  const { generation } = store;
  await store.removeDevice('a');
  expect(store.generation).toBeGreaterThan(generation);
  expect(store.devices()).toEqual(['b']);
  expect(store.newest('a')).toBe(0);
  expect(store.pendingHours('a')).toEqual([]);
  expect(await store.rollups('a', T0, T0 + DAY_MS)).toEqual([]);
  expect(await contents(store, 'a')).toEqual({});
  expect(store.stats()).toMatchObject({ series: 1, devices: 1, blocks: 1, journalRows: 1 });
  await expect(store.append(old)).rejects.toMatchObject({ code: 'unavailable', retry: true });
  await append(store, [[up, T0 + 3, 3]]);
  const { store: again } = await restart(first);
  expect(await contents(again, 'a')).toEqual({ 'up{instance="a"}': [[T0 + 3, 3]] });
  expect((await contents(again, 'b'))['up{instance="b"}']).toHaveLength(2);
  await expect(again.removeDevice('nobody')).rejects.toMatchObject({ code: 'not_found' });
});

test('the number of a removed device is not used again: its rows in the journal stay nobody’s', async () => {
  const first = await rig();
  await append(first.store, [[up, T0 + 9_000, 1]]);
  await first.store.removeDevice('a');
  const second = await restart(first);
  await append(second.store, [[series('up', { instance: 'b' }), T0, 2]]);
  const { store } = await restart(second);
  expect(store.newest('b')).toBe(T0);
  expect(store.stats()).toMatchObject({ journalRows: 1, journalSamples: 1 });
  expect(await contents(store, 'b')).toEqual({ 'up{instance="b"}': [[T0, 2]] });
});

test('windows meet blocks at their very first and last sample', async () => {
  const { store } = await rig();
  await append(store, [
    [up, T0, 1],
    [load, T0 + 10, 2],
  ]);
  await store.sealAll();
  expect(await contents(store, 'a', T0 - 5, T0)).toEqual({});
  expect(await contents(store, 'a', T0 - 5, T0 + 1)).toEqual({ 'up{instance="a"}': [[T0, 1]] });
  expect(await contents(store, 'a', T0 + 10, T0 + 99)).toEqual({
    'load{instance="a"}': [[T0 + 10, 2]],
  });
  expect(await contents(store, 'a', T0 + 11, T0 + 99)).toEqual({});
});

test('a device removed while it is read, sealed and sent to is gone', async () => {
  const { store } = await rig();
  for (let i = 0; i < 50; i++) await append(store, [[up, T0 + i, i]]);
  const work = [store.read('a', 0, T0 * 2), store.sealAll(), append(store, [[up, T0 + 99, 1]])];
  const removal = store.removeDevice('a');
  await Promise.all([...work, removal]);
  expect(await contents(store, 'a')).toEqual({});
  expect(store.stats()).toMatchObject({ blocks: 0, blockSamples: 0, journalSamples: 0 });
});

test('counters agree with the file after a restart', async () => {
  const first = await rig();
  for (let i = 0; i < 30; i++)
    await append(first.store, [
      [up, T0 + i, i],
      [load, T0 + i, i],
    ]);
  await first.store.sealAll();
  for (let i = 30; i < 35; i++) await append(first.store, [[up, T0 + i, i]]);
  const before = first.store.stats();
  const { store } = await restart(first);
  for (const name of [
    'series',
    'devices',
    'journalRows',
    'journalSamples',
    'blocks',
    'blockSamples',
    'blockBytes',
    'pendingHours',
  ] as const) {
    expect(store.stats()[name], name).toBe(before[name]);
  }
});

test('closing commits what is waiting; afterwards nothing is taken', async () => {
  const first = await rig();
  const waiting = append(first.store, [[up, T0, 1]]);
  await first.store.close();
  expect(await waiting).toMatchObject({ kind: 'stored' });
  const late = append(first.store, [[up, T0 + 1, 1]]);
  await expect(late).rejects.toMatchObject({ code: 'unavailable' });
  expect(await first.store.maintain(1)).toBe(false);
  await expect(first.store.sealAll()).rejects.toMatchObject({ code: 'unavailable' });
  await first.store.close();
  const { store } = await rig({ directory: first.directory });
  expect(await contents(store, 'a')).toEqual({ 'up{instance="a"}': [[T0, 1]] });
});

test('append dates and commits are told', async () => {
  const { store, clock } = await rig();
  expect(store.stats()).toMatchObject({ commits: 0, lastAppendMs: 0 });
  await clock.advance(5_000);
  await append(store, [[up, T0, 1]]);
  expect(store.stats()).toMatchObject({ commits: 1, lastAppendMs: T0 + 5_000 });
  expect(store.stats().databaseBytes).toBeGreaterThan(0);
  expect(store.stats().walBytes).toBeGreaterThan(0);
});
