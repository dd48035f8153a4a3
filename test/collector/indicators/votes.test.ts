/** Several agents watch one device: what they say together, and what each says. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openHistory, openLiveIndicators } from '../../../src/collector/indicators/indicators.ts';
import { HOUR_MS, SLOT_MS } from '../../../src/shared/units.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { DAY, MINUTE, SECOND, sample, samples } from './samples.ts';

const ROUND = 30 * SECOND;

const says = (agent: string, more = ''): string =>
  `probe_success{agent="${agent}",job="probe"${more}}`;

function stand() {
  const store = memoryStore();
  const live = openLiveIndicators(store);
  const hear = async (text: string, timeMs: number, value: number): Promise<void> => {
    await store.add([sample(text, timeMs, value)]);
    live.update();
  };
  const reachable = (): number | undefined =>
    live.of('host').find(({ indicator }) => indicator === 'reachable')?.value;
  return { store, live, hear, reachable };
}

describe('a device watched by three agents', () => {
  test('is reachable by the share that get an answer', async () => {
    const { hear, reachable } = stand();
    for (const [i, agent] of ['a', 'b', 'c'].entries())
      await hear(says(agent), DAY + i * SECOND, 1);
    await hear(says('a'), DAY + ROUND, 1);
    expect(reachable()).toBe(1);
    await hear(says('b'), DAY + ROUND + SECOND, 0);
    await hear(says('a'), DAY + 2 * ROUND, 1);
    expect(reachable()).toBeCloseTo(2 / 3, 9);
    await hear(says('c'), DAY + 2 * ROUND + SECOND, 0);
    await hear(says('a'), DAY + 3 * ROUND, 1);
    expect(reachable()).toBeCloseTo(1 / 3, 9);
    await hear(says('a'), DAY + 4 * ROUND, 0);
    expect(reachable()).toBe(0);
  });

  test('is judged as often as one watched by a single agent', async () => {
    const { store, live } = stand();
    const times: number[] = [];
    for (let round = 0; round < 4; round++) {
      for (const [i, agent] of ['a', 'b', 'c'].entries()) {
        await store.add([sample(says(agent), DAY + round * ROUND + i * SECOND, 1)]);
        const changed = live.update().filter(({ indicator }) => indicator === 'reachable');
        times.push(...changed.map(({ timeMs }) => timeMs));
      }
    }
    expect(times).toEqual([0, 1, 2, 3].map((round) => DAY + round * ROUND));
  });

  test('an agent that fell silent has no voice after five minutes, and the next one leads', async () => {
    const { hear, reachable } = stand();
    await hear(says('a'), DAY, 0);
    await hear(says('b'), DAY + SECOND, 1);
    await hear(says('b'), DAY + 4 * MINUTE, 1);
    await hear(says('c'), DAY + 4 * MINUTE, 1);
    await hear(says('b'), DAY + 6 * MINUTE, 1);
    expect(reachable()).toBe(1);
  });

  test('tells who disagrees', async () => {
    const { hear, live } = stand();
    await hear(says('north'), DAY, 1);
    await hear(says('south'), DAY + SECOND, 0);
    expect(live.voices('host')).toEqual([
      { agent: 'north', timeMs: DAY, value: 1 },
      { agent: 'south', timeMs: DAY + SECOND, value: 0 },
    ]);
    expect(live.voices('nobody')).toEqual([]);
  });
});

test('one agent with several probes speaks once, by its first series', async () => {
  const { hear, reachable, live } = stand();
  await hear('probe_success{agent="a",job="icmp"}', DAY, 1);
  await hear('probe_success{agent="a",job="web"}', DAY, 0);
  await hear('probe_success{agent="b",job="icmp"}', DAY, 1);
  await hear('probe_success{agent="a",job="icmp"}', DAY + ROUND, 1);
  expect(reachable()).toBe(1);
  expect(live.voices('host').map(({ agent }) => agent)).toEqual(['a', 'b']);
});

test('a device of one agent, and of one that names none, is 1 or 0', async () => {
  const { hear, reachable, live } = stand();
  await hear('probe_success', DAY, 0);
  expect(reachable()).toBe(0);
  await hear('probe_success', DAY + ROUND, 1);
  expect(reachable()).toBe(1);
  expect(live.voices('host')).toEqual([{ agent: '', timeMs: DAY + ROUND, value: 1 }]);
});

test('figures nobody votes on have no voices', async () => {
  const { hear, live } = stand();
  await hear('node_load1', DAY, 1);
  expect(live.voices('host')).toEqual([]);
});

test('after a restart the voices are those of the newest samples', async () => {
  const { store, hear } = stand();
  await hear(says('a'), DAY, 0);
  await hear(says('b'), DAY, 1);
  const again = openLiveIndicators(store);
  expect(again.voices('host').map(({ value }) => value)).toEqual([0, 1]);
  expect(again.of('host')[0]?.value).toBe(0.5);
});

test('whatever the agents say, the share is that of their newest words', async () => {
  const words = fc.array(
    fc.record({ agent: fc.constantFrom('a', 'b', 'c', 'd'), up: fc.boolean() }),
    { minLength: 1, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(words, async (said) => {
      const { hear, live } = stand();
      const newest = new Map<string, boolean>();
      for (const [i, { agent, up }] of said.entries()) {
        await hear(says(agent), DAY + i * SECOND, up ? 1 : 0);
        newest.set(agent, up);
      }
      const heard = new Map(live.voices('host').map(({ agent, value }) => [agent, value === 1]));
      expect(heard).toEqual(newest);
    }),
    { numRuns: 50 },
  );
});

test('history averages what each agent saw', async () => {
  const { store } = stand();
  const every = { stepMs: MINUTE };
  await store.add(samples(says('a'), [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], every));
  await store.add(samples(says('b'), [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], every));
  const [reachable] = await openHistory(store).slots('host', DAY, DAY + HOUR_MS);
  expect(reachable).toMatchObject({ indicator: 'reachable', startMs: DAY });
  expect([...(reachable?.mean.slice(0, 3) ?? [])]).toEqual([0.5, 1, Number.NaN]);
  expect(reachable?.mean.length).toBe(HOUR_MS / SLOT_MS);
});
