import { expect, test } from 'vitest';
import { DeviceState } from '../../../src/collector/store/device-state.ts';
import { dueForRetention, pastTerm } from '../../../src/collector/store/retention.ts';
import type { Store } from '../../../src/collector/store/store.ts';
import { DAY_MS } from '../../../src/shared/units.ts';
import { append, contents, rig, series, T0 } from './rig.ts';

const up = series('up', { instance: 'a' });
const settings = { rawMs: 3 * DAY_MS, rollupMs: 10 * DAY_MS, histogramMs: 20 * DAY_MS };

/** One sample per day in a block of its own, rolled up. */
async function day(store: Store, number: number, device = 'a'): Promise<void> {
  const dayMs = T0 + number * DAY_MS;
  await append(store, [[series('up', { instance: device }), dayMs, number]]);
  await store.sealAll();
  await store.writeRollup(
    { device, dayMs, rollups: Uint8Array.of(1, number), histograms: Uint8Array.of(2, number) },
    store.pendingHours(device).map(({ hourMs }) => hourMs),
  );
}

test('raw samples, rollups and histograms go when their own term is over', async () => {
  const { store, clock } = await rig({ settings });
  for (let number = 0; number <= 25; number++) {
    await clock.advance(DAY_MS);
    await day(store, number);
  }
  await store.maintain(1_000);
  const kept = (await contents(store, 'a'))['up{instance="a"}'] ?? [];
  // A block may hold some days more than the term, never fewer.
  expect(kept.map(([, value]) => value)).toEqual([22, 23, 24, 25]);
  const days = await store.rollups('a', T0, T0 + 99 * DAY_MS);
  const with_ = (part: 'rollups' | 'histograms') =>
    days.filter((one) => one[part].length > 0).map(({ dayMs }) => (dayMs - T0) / DAY_MS);
  expect([with_('rollups')[0], with_('rollups').length]).toEqual([15, 11]);
  expect([with_('histograms')[0], with_('histograms').length]).toEqual([5, 21]);
  expect(days).toHaveLength(21);
  expect(store.stats().blockSamples).toBe(4);
});

test('retention counts from the newest sample of the device, so imported history stays', async () => {
  const { store, clock } = await rig({ settings });
  await clock.advance(300 * DAY_MS);
  for (const number of [0, 1, 2]) await day(store, number, 'old');
  await day(store, 300, 'new');
  await store.maintain(1_000);
  expect((await contents(store, 'old'))['up{instance="old"}']).toHaveLength(3);
});

test('raw samples whose rollups are not written yet are kept', async () => {
  const { store, clock } = await rig({ settings });
  await clock.advance(30 * DAY_MS);
  await append(store, [[up, T0, 1]]);
  await store.sealAll();
  await append(store, [[up, T0 + 30 * DAY_MS, 2]]);
  await store.sealAll();
  await store.maintain(1_000);
  expect((await contents(store, 'a'))['up{instance="a"}']).toHaveLength(2);
  const hours = store.pendingHours('a').map(({ hourMs }) => hourMs);
  const rollup = {
    device: 'a',
    dayMs: T0,
    rollups: new Uint8Array(1),
    histograms: new Uint8Array(1),
  };
  await store.writeRollup(rollup, hours);
  await append(store, [[up, T0 + 31 * DAY_MS, 3]]);
  await store.maintain(1_000);
  expect((await contents(store, 'a'))['up{instance="a"}']).toHaveLength(2);
  expect((await contents(store, 'a'))['up{instance="a"}']?.[0]?.[1]).toBe(2);
});

test('a sample from the far future does not date everything else out of its term', async () => {
  const { store } = await rig({ settings });
  await day(store, 0);
  await append(store, [[up, T0 + 9_000 * DAY_MS, 1]]);
  await store.maintain(1_000);
  expect((await contents(store, 'a'))['up{instance="a"}']).toHaveLength(2);
});

test('a device is looked at once per day of its own time', () => {
  const device = new DeviceState(1, 'a');
  device.newestMs = T0 + 5;
  expect(dueForRetention(device)).toBe(true);
  device.retainedDayMs = T0;
  expect(dueForRetention(device)).toBe(false);
  device.newestMs = T0 + DAY_MS;
  expect(dueForRetention(device)).toBe(true);
});

test('a bounded number of blocks goes at a time', () => {
  const blocks = Array.from({ length: 200 }, (_, i) => ({
    id: i,
    level: 0,
    fromMs: i,
    toMs: i,
    samples: 1,
    bytes: 1,
  }));
  expect(pastTerm(blocks, 1_000)).toHaveLength(64);
  expect(pastTerm(blocks, 3)).toHaveLength(3);
});

test('declared losses are forgotten with the histograms', async () => {
  const { store, clock } = await rig({ settings });
  const gap = { reason: 'quota', fromMs: T0, toMs: T0 + 1, samples: 3 } as const;
  await append(store, [[up, T0, 1]], { gaps: [gap] });
  await store.maintain(1_000);
  expect(await store.gaps(T0, T0 + 2)).toHaveLength(1);
  await clock.advance(21 * DAY_MS);
  await store.maintain(1_000);
  expect(await store.gaps(T0, T0 + 2)).toEqual([]);
});
