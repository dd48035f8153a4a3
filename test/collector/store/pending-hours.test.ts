import { expect, test } from 'vitest';
import type { Store } from '../../../src/collector/store/store.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { append, crashCopy, restart, rig, series, T0 } from './rig.ts';

const up = (instance: string) => series('up', { instance });
const hours = (store: Store, device?: string): string[] =>
  store.pendingHours(device).map((hour) => `${hour.device} ${(hour.hourMs - T0) / HOUR_MS}`);
const day = (device: string, dayMs = T0) => ({
  device,
  dayMs,
  rollups: Uint8Array.of(1),
  histograms: Uint8Array.of(2),
});

test('every hour that got samples is pending, oldest first, of all devices or of one', async () => {
  const { store } = await rig();
  await append(store, [
    [up('a'), T0 + 3 * HOUR_MS, 1],
    [up('b'), T0 + HOUR_MS - 1, 1],
    [up('a'), T0 + HOUR_MS, 1],
  ]);
  await append(store, [[up('a'), T0 + 3 * HOUR_MS + 5, 1]]);
  expect(hours(store)).toEqual(['b 0', 'a 1', 'a 3']);
  expect(hours(store, 'a')).toEqual(['a 1', 'a 3']);
  expect(hours(store, 'nobody')).toEqual([]);
  expect(store.stats().pendingHours).toBe(3);
});

test('writing a rollup clears the named hours and no others', async () => {
  const { store } = await rig();
  for (const hour of [0, 1, 2]) await append(store, [[up('a'), T0 + hour * HOUR_MS, 1]]);
  await store.writeRollup(day('a'), [T0, T0 + 2 * HOUR_MS, T0 + 9 * HOUR_MS]);
  expect(hours(store)).toEqual(['a 1']);
  expect(store.stats().pendingHours).toBe(1);
});

test('an hour that got samples since it was listed stays pending', async () => {
  const { store } = await rig();
  await append(store, [[up('a'), T0, 1]]);
  await append(store, [[up('a'), T0 + HOUR_MS, 1]]);
  const listed = store.pendingHours('a');
  await append(store, [[up('a'), T0 + 5, 2]]);
  await store.writeRollup(
    day('a'),
    listed.map(({ hourMs }) => hourMs),
    listed.map(({ revision }) => revision ?? -1),
  );
  expect(hours(store)).toEqual(['a 0']);
  const again = store.pendingHours('a');
  await store.writeRollup(day('a'), [T0], [again[0]?.revision ?? -1]);
  expect(hours(store)).toEqual([]);
});

test('samples that come in the same transaction as the rollup keep their hour pending', async () => {
  const { store } = await rig();
  await append(store, [[up('a'), T0, 1]]);
  const before = append(store, [[up('a'), T0 + 1, 1]]);
  const rollup = store.writeRollup(day('a'), [T0]);
  const after = append(store, [[up('a'), T0 + 2, 1]]);
  await Promise.all([before, rollup, after]);
  expect(store.stats().commits).toBe(2);
  expect(hours(store)).toEqual(['a 0']);
});

test('a cleared hour becomes pending again with a late sample', async () => {
  const { store } = await rig();
  await append(store, [[up('a'), T0, 1]]);
  await store.writeRollup(day('a'), [T0]);
  await append(store, [[up('a'), T0 + 1, 1]]);
  expect(hours(store)).toEqual(['a 0']);
  await store.writeRollup(day('a'), [T0]);
  await append(store, [[up('a'), T0 + 1, 1]]);
  expect(hours(store)).toEqual([]);
});

test('marks commit with their samples: they survive a restart and a power cut', async () => {
  const first = await rig();
  for (const hour of [0, 1]) await append(first.store, [[up('a'), T0 + hour * HOUR_MS, 1]]);
  await first.store.writeRollup(day('a'), [T0]);
  const cut = await rig({ directory: crashCopy(first) });
  expect(hours(cut.store)).toEqual(['a 1']);
  const second = await restart(first);
  expect(hours(second.store)).toEqual(['a 1']);
  await second.store.sealAll();
  expect(hours((await restart(second)).store)).toEqual(['a 1']);
});

test('hours before 1970 begin at the hour, too', async () => {
  const { store } = await rig();
  await append(store, [[up('a'), -1, 1]]);
  expect(store.pendingHours().map(({ hourMs }) => hourMs)).toEqual([-HOUR_MS]);
});

test('rollups come back by day, replaced when written again', async () => {
  const { store } = await rig();
  await append(store, [[up('a'), T0, 1]]);
  await store.writeRollup(day('a'), []);
  await store.writeRollup(day('a', T0 + DAY_MS), []);
  await store.writeRollup({ ...day('a'), rollups: Uint8Array.of(9, 9) }, []);
  const found = await store.rollups('a', T0 + 1, T0 + DAY_MS + 1);
  expect(found.map(({ dayMs, rollups }) => [dayMs - T0, [...rollups]])).toEqual([
    [0, [9, 9]],
    [DAY_MS, [1]],
  ]);
  expect(await store.rollups('a', T0 + DAY_MS, T0 + 2 * DAY_MS)).toHaveLength(1);
  expect(await store.rollups('a', T0 - DAY_MS, T0)).toEqual([]);
  expect(await store.rollups('nobody', T0, T0 + DAY_MS)).toEqual([]);
});

test('a rollup of a day that is none, or of a device that is none, is refused', async () => {
  const { store } = await rig();
  await append(store, [[up('a'), T0, 1]]);
  await expect(store.writeRollup(day('a', T0 + 1), [])).rejects.toThrow('BUG');
  await expect(store.writeRollup(day('b'), [])).rejects.toMatchObject({ code: 'not_found' });
});
