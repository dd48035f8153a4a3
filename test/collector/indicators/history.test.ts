import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DayHistogram,
  openHistory,
  type SlotSeries,
} from '../../../src/collector/indicators/indicators.ts';
import type { Store } from '../../../src/collector/store/store.ts';
import type { Sample } from '../../../src/shared/sample.ts';
import { DAY_MS, SLOT_MS } from '../../../src/shared/units.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { pasts } from './past.ts';
import { DAY, HOUR, MINUTE, STEP, sample, samples } from './samples.ts';

const FROM = DAY - DAY_MS;
const TO = DAY + 2 * DAY_MS;
const READ = 'node_disk_read_bytes_total{device="sda"}';
const ALL = { budgetMs: Number.POSITIVE_INFINITY };

async function everything(
  store: Store,
): Promise<{ slots: readonly SlotSeries[]; days: readonly DayHistogram[] }> {
  const history = openHistory(store);
  return {
    slots: await history.slots('host', FROM, TO),
    days: await history.histograms('host', FROM, TO),
  };
}

async function storeWith(list: readonly Sample[]) {
  const store = memoryStore();
  await store.add(list);
  return store;
}

const meanOf = (list: readonly SlotSeries[], indicator: string): Float64Array | undefined =>
  list.find((one) => one.indicator === indicator)?.mean;

describe('slots', () => {
  test('of a counter are what it gained per second, over midnight too', async () => {
    // 15 kB every 15 s, from 23:00 to 01:00, each scrape four seconds past the quarter minute.
    const values = Array.from({ length: (2 * HOUR) / STEP }, (_, i) => 15_000 * i);
    const store = await storeWith(samples(READ, values, { startMs: DAY - HOUR + 4_000 }));
    const history = openHistory(store);
    const slots = await history.slots('host', DAY - HOUR, DAY + HOUR);
    expect(slots).toMatchObject([{ indicator: 'disk_read_bytes_per_second', item: 'sda' }]);
    expect(slots[0]?.startMs).toBe(DAY - HOUR);
    expect(slots[0]?.mean).toEqual(new Float64Array(24).fill(1_000));
    await history.rollUp(ALL);
    expect(await history.slots('host', DAY - HOUR, DAY + HOUR)).toEqual(slots);
  });

  test('are rounded outward, and NaN where there was nothing', async () => {
    const store = await storeWith([sample('node_load1', DAY + 7 * MINUTE, 3)]);
    const [load] = await openHistory(store).slots('host', DAY + 3 * MINUTE, DAY + 12 * MINUTE);
    expect(load?.startMs).toBe(DAY);
    expect(load?.mean).toEqual(Float64Array.of(Number.NaN, 3, Number.NaN));
    expect(load?.max[0]).toBeNaN();
  });

  test('keep an import of one sample per slot to the bit', async () => {
    const values = Array.from({ length: 288 }, (_, i) => Math.abs(Math.sin(i)) * 0.01);
    const store = await storeWith(samples('cpu_used_ratio', values, { stepMs: SLOT_MS }));
    const history = openHistory(store);
    await history.rollUp(ALL);
    const [cpu] = await history.slots('host', DAY, DAY + DAY_MS);
    expect(Array.from(cpu?.mean ?? [])).toEqual(values);
    expect(Array.from(cpu?.max ?? [])).toEqual(values);
  });

  test('give only what is asked for, of the device asked for, in a stable order', async () => {
    const store = await storeWith([
      sample('node_load1', DAY, 1),
      sample('node_memory_MemTotal_bytes', DAY, 2),
      sample('pg_database_size_bytes{datname="b"}', DAY, 4),
      sample('pg_database_size_bytes{datname="a"}', DAY, 3),
      sample('node_load1{instance="other"}', DAY, 9),
    ]);
    const history = openHistory(store);
    const names = async (...only: Parameters<typeof history.slots>[3] & object) =>
      (await history.slots('host', DAY, DAY + HOUR, only.length > 0 ? only : undefined)).map(
        ({ indicator, item }) => `${indicator}${item}`,
      );
    const all = ['load1', 'memory_size_bytes', 'database_used_bytesa', 'database_used_bytesb'];
    expect(await names()).toEqual(all);
    expect(await names('load1')).toEqual(['load1']);
    await history.rollUp(ALL);
    expect(await names()).toEqual(all);
    expect(await names('memory_size_bytes', 'load1')).toEqual(all.slice(0, 2));
    expect(await history.slots('nobody', DAY, DAY + HOUR)).toEqual([]);
  });
});

describe('rolled up or not', () => {
  test('makes no difference, whenever hours are rolled up and in whatever order samples come', async () => {
    const order = fc.array(fc.nat(), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(pasts(DAY - 2 * HOUR, 40), order, fc.nat(99), async (past, cuts, turn) => {
        const list = past.flat();
        const direct = await everything(await storeWith(list));

        const store = memoryStore();
        const history = openHistory(store);
        const mixed = list.map((one, i) => ({
          one,
          key: (i * 7919 + turn * 104_729) % list.length,
        }));
        mixed.sort((a, b) => a.key - b.key);
        const size = Math.ceil(list.length / cuts.length);
        for (const [i, cut] of cuts.entries()) {
          await store.add(mixed.slice(i * size, (i + 1) * size).map(({ one }) => one));
          await history.rollUp({ nowMs: FROM + (cut % 72) * HOUR, ...ALL });
        }
        expect(await everything(store)).toEqual(direct);
        await history.rollUp(ALL);
        expect(store.pendingHours()).toEqual([]);
        expect(await everything(store)).toEqual(direct);
      }),
      { numRuns: 60 },
    );
  });

  test('makes no difference for a few late scrapes either, each rolled up by itself', async () => {
    const late = fc.uniqueArray(fc.nat(79), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(pasts(DAY - 15 * MINUTE, 80), late, async (past, indexes) => {
        const store = memoryStore();
        const history = openHistory(store);
        await store.add(past.filter((_, i) => !indexes.includes(i)).flat());
        await history.rollUp(ALL);
        for (const i of indexes) {
          await store.add(past[i] ?? []);
          await history.rollUp(ALL);
        }
        expect(await everything(store)).toEqual(await everything(await storeWith(past.flat())));
      }),
      { numRuns: 60 },
    );
  });

  test('makes no difference when every scrape is rolled up as it comes', async () => {
    await fc.assert(
      fc.asyncProperty(pasts(DAY - 30 * MINUTE, 30), async (past) => {
        const store = memoryStore();
        const history = openHistory(store);
        for (const scrape of past) {
          await store.add(scrape);
          await history.rollUp(ALL);
        }
        expect(await everything(store)).toEqual(await everything(await storeWith(past.flat())));
      }),
      { numRuns: 30 },
    );
  });

  test('a slot does not depend on how much of the past is read', async () => {
    await fc.assert(
      fc.asyncProperty(pasts(DAY, 40), fc.nat(40), fc.nat(40), async (past, from, length) => {
        const history = openHistory(await storeWith(past.flat()));
        const whole = await history.slots('host', DAY, TO);
        const startMs = DAY + from * SLOT_MS;
        const part = await history.slots('host', startMs, startMs + (length + 1) * SLOT_MS);
        for (const { indicator, item, mean, max, last } of part) {
          const same = whole.find((w) => w.indicator === indicator && w.item === item);
          expect(mean).toEqual(same?.mean.slice(from, from + length + 1));
          expect(max).toEqual(same?.max.slice(from, from + length + 1));
          expect(last).toEqual(same?.last.slice(from, from + length + 1));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a late sample corrects an hour that was rolled up, and the hour after it', async () => {
    const first = [sample(READ, DAY + 50 * MINUTE, 0), sample(READ, DAY + 66 * MINUTE, 9_600)];
    const store = await storeWith(first);
    const history = openHistory(store);
    await history.rollUp(ALL);
    // Sixteen minutes apart: nobody knows.
    expect(await history.slots('host', DAY, DAY + 2 * HOUR)).toEqual([]);
    await store.add([sample(READ, DAY + 58 * MINUTE, 960)]);
    await history.rollUp(ALL);
    const mean = meanOf(
      await history.slots('host', DAY, DAY + 2 * HOUR),
      'disk_read_bytes_per_second',
    );
    // 960 in eight minutes is 2/s; 8640 in the next eight is 18/s.
    expect(Array.from(mean?.slice(10, 14) ?? [])).toEqual([2, (3 * 2 + 2 * 18) / 5, 18, 18]);
  });

  test('rates are not negative and not more than the counter can have gained', async () => {
    await fc.assert(
      fc.asyncProperty(pasts(DAY, 30), async (past) => {
        const slots = await openHistory(await storeWith(past.flat())).slots('host', DAY, TO);
        for (const { indicator, mean, max } of slots) {
          mean.forEach((value, i) => {
            if (Number.isNaN(value)) return;
            expect(value, indicator).toBeGreaterThanOrEqual(0);
            expect(max[i], indicator).toBeGreaterThanOrEqual(value);
            if (indicator.endsWith('_ratio')) expect(value).toBeLessThanOrEqual(1);
          });
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('rollUp', () => {
  const load = (hours: readonly number[]) =>
    hours.map((hour) => sample('node_load1', DAY + hour * HOUR + MINUTE, hour));
  const pending = (store: Store): number[] =>
    store.pendingHours().map(({ hourMs }) => (hourMs - DAY) / HOUR);

  test('takes hours that ended two minutes ago', async () => {
    const store = await storeWith(load([0, 1, 2]));
    const history = openHistory(store);
    await history.rollUp({ nowMs: DAY + 2 * HOUR + 2 * MINUTE - 1, ...ALL });
    expect(pending(store)).toEqual([1, 2]);
    await history.rollUp({ nowMs: DAY + 2 * HOUR + 2 * MINUTE, ...ALL });
    expect(pending(store)).toEqual([2]);
    await history.rollUp(ALL);
    expect(pending(store)).toEqual([]);
  });

  test('stops when its time is used up, and says that more is waiting', async () => {
    const store = await storeWith(load([0, 24, 48]));
    let ticks = 0;
    const clock = { ...manualClock(), monotonic: () => 10 * ticks++ };
    const history = openHistory(store, clock);
    expect(await history.rollUp({ budgetMs: 5 })).toBe(true);
    expect(pending(store)).toEqual([24, 48]);
    expect(await history.rollUp({ budgetMs: 1_000 })).toBe(false);
    expect(pending(store)).toEqual([]);
    expect(await history.rollUp({ budgetMs: 5 })).toBe(false);
  });

  test('does not run twice at a time', async () => {
    const store = await storeWith(load([0, 24]));
    const history = openHistory(store);
    const both = await Promise.all([history.rollUp(ALL), history.rollUp(ALL)]);
    expect(both).toEqual([false, false]);
    expect(pending(store)).toEqual([]);
  });

  test('leaves an hour pending that got a sample while it was rolled up', async () => {
    const store = await storeWith(load([3]));
    const history = openHistory(
      altered(store, {
        writeRollup: async (...written) => {
          await store.add([sample('node_load1', DAY + 3 * HOUR + 2 * MINUTE, 5)]);
          await store.writeRollup(...written);
        },
      }),
    );
    await history.rollUp(ALL);
    expect(pending(store)).toEqual([3]);
    const [late] = await openHistory(store).slots('host', DAY + 3 * HOUR, DAY + 4 * HOUR);
    expect(late?.mean[0]).toBe(4);
  });

  test('keeps slots whose raw samples are gone', async () => {
    const list = Array.from({ length: 24 * 12 }, (_, i) =>
      sample('node_load1', DAY + i * SLOT_MS, i),
    );
    const store = await storeWith(list);
    await openHistory(store).rollUp(ALL);
    const before = await openHistory(store).slots('host', DAY, DAY + DAY_MS);

    // Retention took everything before 06:00; then a sample of 06:02 comes late.
    const cut = DAY + 6 * HOUR;
    await store.add([sample('node_load1', cut + 2 * MINUTE, 74)]);
    const pruned = openHistory(
      altered(store, {
        read: (device, fromMs, toMs) => store.read(device, Math.max(cut, fromMs), toMs),
      }),
    );
    const onTheFly = await pruned.slots('host', DAY, DAY + DAY_MS);
    await pruned.rollUp(ALL);
    const after = await pruned.slots('host', DAY, DAY + DAY_MS);
    expect(after).toEqual(onTheFly);
    expect(after[0]?.mean[72]).toBe(73);
    const unchanged = (list: readonly SlotSeries[]) => list[0]?.mean.filter((_, i) => i !== 72);
    expect(unchanged(after)).toEqual(unchanged(before));
  });

  test('leaves a day alone of which only the histogram is kept', async () => {
    const store = await storeWith(load([4, 5, 7]));
    const history = openHistory(store);
    await history.rollUp(ALL);
    const [day] = await store.rollups('host', DAY, DAY + DAY_MS);
    await store.writeRollup({ ...day!, rollups: new Uint8Array() }, []);
    const kept = await history.histograms('host', DAY, DAY + DAY_MS);
    await store.add(load([6]));
    expect(await history.histograms('host', DAY, DAY + DAY_MS)).toEqual(kept);
    const pruned = openHistory(
      altered(store, { read: (device, _, toMs) => store.read(device, DAY + 6 * HOUR, toMs) }),
    );
    await pruned.rollUp(ALL);
    expect(pending(store)).toEqual([]);
    expect(await history.histograms('host', DAY, DAY + DAY_MS)).toEqual(kept);
  });

  test('makes a day anew that was damaged, as far as the raw samples are there', async () => {
    const store = await storeWith(load([5, 7]));
    const history = openHistory(store);
    await history.rollUp(ALL);
    const [day] = await store.rollups('host', DAY, DAY + DAY_MS);
    await store.writeRollup({ ...day!, rollups: new Uint8Array() }, []);
    await store.add(load([6]));
    await history.rollUp(ALL);
    expect(await everything(store)).toEqual(await everything(await storeWith(load([5, 6, 7]))));
  });

  test('goes on after a failure', async () => {
    const store = await storeWith(load([0, 24]));
    let failures = 1;
    const history = openHistory(
      altered(store, {
        read: (...window) =>
          failures-- > 0 ? Promise.reject(new Error('disk')) : store.read(...window),
      }),
    );
    await expect(history.rollUp(ALL)).rejects.toThrow('disk');
    expect(await history.rollUp(ALL)).toBe(false);
    await history.rollUp(ALL);
    expect(pending(store)).toEqual([]);
  });
});

describe('histograms', () => {
  test('hold each slot of the day once', async () => {
    const values = Array.from({ length: 288 * 2 }, (_, i) => (i % 288) / 288);
    const store = await storeWith(samples('cpu_used_ratio', values, { stepMs: SLOT_MS }));
    const days = await openHistory(store).histograms('host', DAY + HOUR, DAY + DAY_MS + 1);
    expect(days.map(({ dayMs, scale }) => [dayMs, scale])).toEqual([
      [DAY, 'linear'],
      [DAY + DAY_MS, 'linear'],
    ]);
    for (const { counts, max, last } of days) {
      expect(counts.reduce((a, b) => a + b, 0)).toBe(288);
      expect([max, last]).toEqual([287 / 288, 287 / 288]);
    }
  });
});

/** The store with some of its functions replaced. */
function altered(store: Store, changes: Partial<Store>): Store {
  return Object.assign(Object.create(store), changes) as Store;
}
