import { expect, test } from 'vitest';
import { Pace, SAMPLES_PER_TURN } from '../../../src/collector/store/pace.ts';
import { append, appendAll, rig, series, T0 } from './rig.ts';

test('work is counted, and a breath starts the count anew', async () => {
  const pace = new Pace(100);
  expect(pace.spend(60)).toBe(false);
  expect(pace.spend(40)).toBe(true);
  await pace.breathe();
  expect(pace.spend(99)).toBe(false);
});

test('a breath lets those who wait have their turn', async () => {
  const order: string[] = [];
  setImmediate(() => order.push('other'));
  await new Pace().breathe();
  order.push('own');
  expect(order).toEqual(['other', 'own']);
});

test('a long read and a merge let others in many times, by the amount of work alone', async () => {
  const { store } = await rig();
  const many = Array.from({ length: 500 }, (_, i) => series(`m_${i}`, { instance: 'a' }));
  const scrape = (step: number) => many.map((own) => [own, T0 + step * 1000, step] as const);
  await appendAll(
    store,
    Array.from({ length: 400 }, (_, step) => scrape(step)),
  );
  const turnsDuring = async (work: Promise<unknown>): Promise<number> => {
    let turns = 0;
    let busy = true;
    const count = (): void => {
      turns++;
      if (busy) setImmediate(count);
    };
    setImmediate(count);
    await work;
    busy = false;
    return turns;
  };
  const samples = 500 * 400;
  const least = Math.floor(samples / SAMPLES_PER_TURN) - 1;
  expect(await turnsDuring(store.read('a', 0, T0 * 2))).toBeGreaterThanOrEqual(least);
  // Gathered, sealed, read again and merged.
  expect(await turnsDuring(store.sealAll())).toBeGreaterThanOrEqual(3 * least);
  expect(await turnsDuring(store.read('a', 0, T0 * 2))).toBeGreaterThanOrEqual(least);
});

test('maintain without a budget does one step', async () => {
  const { store } = await rig();
  for (const instance of ['a', 'b']) {
    const many = Array.from({ length: 1_000 }, (_, i) => series(`m_${i}`, { instance }));
    for (let step = 0; step < 40; step++) {
      await append(
        store,
        many.map((labels) => [labels, T0 + step * 1000, step] as const),
      );
    }
  }
  expect(await store.maintain(0)).toBe(true);
  expect(store.stats().blocks).toBe(1);
  expect(await store.maintain(0)).toBe(true);
  expect(store.stats().blocks).toBe(2);
});
