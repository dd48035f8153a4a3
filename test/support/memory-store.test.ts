import { describe, expect, test } from 'vitest';
import { makeLabels } from '../../src/shared/sample.ts';
import { DAY_MS, HOUR_MS } from '../../src/shared/units.ts';
import { memoryStore } from './memory-store.ts';

const labels = (name: string, instance?: string) =>
  makeLabels([['__name__', name], ...(instance ? [['instance', instance] as const] : [])]);
const NONE = new Uint8Array();

describe('the store in memory', () => {
  test('reads in order of time, each time once, the first value standing', async () => {
    const store = memoryStore();
    const load = labels('load', 'a');
    const times = [30, 10, 20, 10];
    const receipt = await store.add(
      times.map((timeMs, value) => ({ labels: load, timeMs, value })),
    );
    expect(receipt).toEqual({ kind: 'stored', samples: 3, duplicates: 1 });
    const [window] = await store.read('a', 10, 30);
    expect(window?.times).toEqual(Float64Array.of(10, 20));
    expect(window?.values).toEqual(Float64Array.of(1, 2));
    expect(store.latest.values[window?.series ?? -1]).toBe(0);
    expect(store.newest('a')).toBe(30);
  });

  test('names a device by its instance, or by the sender', async () => {
    const store = memoryStore();
    await store.add([{ labels: labels('x', 'a'), timeMs: 1, value: 1 }], 'sender');
    await store.add([{ labels: labels('x'), timeMs: 1, value: 1 }], 'sender');
    expect(store.devices()).toEqual(['a', 'sender']);
    expect(store.takeChanged()).toEqual(['a', 'sender']);
    expect(store.takeChanged()).toEqual([]);
  });

  test('counts the changes of a device', () => {
    const store = memoryStore();
    expect(store.deviceRevision('a')).toBe(0);
    store.resolve(labels('x', 'a'), 's');
    const first = store.deviceRevision('a');
    store.resolve(labels('x', 'a'), 's');
    expect(store.deviceRevision('a')).toBe(first);
    store.resolve(labels('y', 'a'), 's');
    expect(store.deviceRevision('a')).toBeGreaterThan(first);
  });

  test('takes a numbered batch once and in order', async () => {
    const store = memoryStore();
    const shape = store.shape([store.resolve(labels('x', 'a'), 's')]);
    const send = (seq: number) =>
      store.append({
        sender: 's',
        shape,
        times: Float64Array.of(seq),
        values: Float64Array.of(seq),
        cursor: { agent: 's', epoch: 'e', seq },
      });
    expect(await send(1)).toMatchObject({ kind: 'stored' });
    expect(await send(1)).toEqual({ kind: 'duplicate' });
    expect(await send(3)).toEqual({ kind: 'gap', expected: 2 });
    expect(store.cursor('s', 'e')).toBe(1);
  });

  test('keeps an hour pending that got samples after it was read', async () => {
    const store = memoryStore();
    const add = (timeMs: number) => store.add([{ labels: labels('x', 'a'), timeMs, value: 1 }]);
    const day = { device: 'a', dayMs: 0, rollups: NONE, histograms: NONE };
    await add(5);
    await add(HOUR_MS);
    const [first, second] = store.pendingHours('a');
    await add(6);
    await store.writeRollup(day, [0, HOUR_MS], [first?.revision ?? 0, second?.revision ?? 0]);
    expect(store.pendingHours()).toMatchObject([{ device: 'a', hourMs: 0 }]);
    await store.writeRollup(day, [0]);
    expect(store.pendingHours()).toEqual([]);
    expect(await store.rollups('a', DAY_MS - 1, DAY_MS)).toEqual([day]);
    expect(await store.rollups('a', DAY_MS, 2 * DAY_MS)).toEqual([]);
  });

  test('forgets a removed device and voids the shapes of before', async () => {
    const store = memoryStore();
    const shape = store.shape([store.resolve(labels('x', 'a'), 's')]);
    await store.removeDevice('a');
    expect(store.devices()).toEqual([]);
    const times = Float64Array.of(1);
    await expect(store.append({ sender: 's', shape, times, values: times })).rejects.toThrow();
  });
});
