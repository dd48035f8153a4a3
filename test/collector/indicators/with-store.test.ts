import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHistory, openLiveIndicators } from '../../../src/collector/indicators/indicators.ts';
import { openStore, type Store } from '../../../src/collector/store/store.ts';
import { silentLog } from '../../../src/shared/log.ts';
import type { Sample } from '../../../src/shared/sample.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { DAY, HOUR, MINUTE, STEP, samples, scrape } from './samples.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'watchkeeper-indicators-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (): Promise<Store> =>
  openStore({ directory, clock: manualClock(DAY + 3 * HOUR), log: silentLog });

async function append(store: Store, list: readonly Sample[]): Promise<void> {
  await store.append({
    sender: 'test',
    shape: store.shape(list.map(({ labels }) => store.resolve(labels, 'test'))),
    times: Float64Array.from(list, ({ timeMs }) => timeMs),
    values: Float64Array.from(list, ({ value }) => value),
  });
}

/** An hour and a half of a disk and a load, and a recorded scrape at its end. */
const PAST = [
  ...samples(
    'node_disk_read_bytes_total{device="sda"}',
    [...Array(360).keys()].map((i) => i * i),
  ),
  ...samples(
    'node_load1',
    [...Array(360).keys()].map((i) => i % 11),
  ),
  ...scrape('small-host-1', DAY + 90 * MINUTE),
  ...scrape('small-host-2', DAY + 90 * MINUTE + STEP),
];

test('the store on disk gives the same history as the one in memory, also after a restart', async () => {
  const memory = memoryStore();
  await memory.add(PAST);
  const expected = await openHistory(memory).slots('host', DAY, DAY + 2 * HOUR);
  expect(expected.length).toBeGreaterThan(30);

  let store = await open();
  for (let at = 0; at < PAST.length; at += 100) await append(store, PAST.slice(at, at + 100));
  expect(await openHistory(store).slots('host', DAY, DAY + 2 * HOUR)).toEqual(expected);
  const options = { nowMs: DAY + HOUR + 2 * MINUTE, budgetMs: 1e9 };
  expect(await openHistory(store).rollUp(options)).toBe(false);
  expect(store.pendingHours().map(({ hourMs }) => hourMs)).toEqual([DAY + HOUR]);
  await store.close();

  store = await open();
  const history = openHistory(store);
  expect(await history.slots('host', DAY, DAY + 2 * HOUR)).toEqual(expected);
  await history.rollUp({ budgetMs: 1e9 });
  expect(store.pendingHours()).toEqual([]);
  expect(await history.slots('host', DAY, DAY + 2 * HOUR)).toEqual(expected);
  await store.close();
});

test('live values come from what was committed', async () => {
  const store = await open();
  const live = openLiveIndicators(store);
  await append(store, scrape('small-host-1', DAY));
  live.update();
  await append(store, scrape('small-host-2', DAY + STEP));
  const used = live.update().find(({ indicator }) => indicator === 'cpu_used_ratio');
  expect(used).toMatchObject({ device: 'host', timeMs: DAY + STEP });
  expect(used?.value).toBeCloseTo(5.5 / 30, 9);
  await store.close();
});
