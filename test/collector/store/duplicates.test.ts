/** Senders that repeat, swap and overlap (F13): every sample once, every repetition counted. */
import { expect, test } from 'vitest';
import type { Store } from '../../../src/collector/store/store.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { append, appendAll, contents, type Point, restart, rig, series, T0 } from './rig.ts';

const AGENTS = 10;
const BATCHES = 300;
const labels = Array.from({ length: AGENTS }, (_, agent) =>
  ['cpu', 'memory', 'load'].map((name) => series(name, { instance: `host-${agent}` })),
);

/** Everything about a batch follows from its agent and number. */
const batch = (agent: number, seq: number): Point[] =>
  labels[agent]!.map((own, i) => [own, T0 + seq * 1000, agent * 1e6 + seq * 10 + i]);

const expected = (agent: number, i: number): [number, number][] =>
  Array.from({ length: BATCHES }, (_, k) => [T0 + (k + 1) * 1000, agent * 1e6 + (k + 1) * 10 + i]);

async function judge(store: Store): Promise<void> {
  for (let agent = 0; agent < AGENTS; agent++) {
    const found = await contents(store, `host-${agent}`);
    for (const [i, name] of ['cpu', 'memory', 'load'].entries()) {
      expect(found[`${name}{instance="host-${agent}"}`]).toEqual(expected(agent, i));
    }
  }
}

test('numbered batches, a fifth sent twice and a tenth swapped, are stored once and in order', async () => {
  let own = await rig();
  const random = manualClock(T0, 7);
  const next = new Array<number>(AGENTS).fill(1);
  const seen = { duplicate: 0, gap: 0, stored: 0 };
  let repeated = 0;
  let swapped = 0;
  const send = async (agent: number, seq: number): Promise<void> => {
    const cursor = { agent: `agent-${agent}`, epoch: 'e', seq };
    const receipt = await append(own.store, batch(agent, seq), { cursor });
    seen[receipt.kind]++;
  };
  for (let round = 0; next.some((seq) => seq <= BATCHES); round++) {
    const sending: Promise<void>[] = [];
    for (let agent = 0; agent < AGENTS; agent++) {
      const seq = next[agent]!;
      if (seq > BATCHES) continue;
      const dice = random.random();
      if (dice < 0.1 && seq < BATCHES) {
        // The later one overtakes: it is refused, and sent again in its turn.
        sending.push(send(agent, seq + 1), send(agent, seq));
        swapped++;
      } else if (dice < 0.3) {
        sending.push(send(agent, seq), send(agent, seq));
        repeated++;
      } else sending.push(send(agent, seq));
      next[agent] = seq + 1;
    }
    await Promise.all(sending);
    if (round % 90 === 60) await own.store.sealAll();
    if (round % 100 === 99) own = await restart(own);
  }
  expect(seen).toEqual({ stored: AGENTS * BATCHES, duplicate: repeated, gap: swapped });
  expect(repeated + swapped).toBeGreaterThan(AGENTS * BATCHES * 0.2);
  await judge(own.store);
});

test('requests without numbers that come again are dropped by series and time', async () => {
  const { store } = await rig();
  const random = manualClock(T0, 11);
  let repeated = 0;
  for (let seq = 1; seq <= BATCHES; seq++) {
    const again: Promise<unknown>[] = [];
    for (let agent = 0; agent < AGENTS; agent++) {
      const points = batch(agent, seq);
      again.push(append(store, points));
      if (random.random() >= 0.2) continue;
      const second = append(store, points);
      again.push(expect(second).resolves.toEqual({ kind: 'stored', samples: 0, duplicates: 3 }));
      repeated++;
    }
    await Promise.all(again);
  }
  expect(store.stats().duplicateSamples).toBe(repeated * 3);
  await judge(store);
});

test('whole history sent again, late and shuffled, changes nothing that is read', async () => {
  const { store } = await rig();
  const random = manualClock(T0, 13);
  for (let agent = 0; agent < AGENTS; agent++) {
    await appendAll(
      store,
      Array.from({ length: BATCHES }, (_, k) => batch(agent, k + 1)),
    );
  }
  await store.sealAll();
  const again = Array.from({ length: BATCHES }, (_, k) => k + 1).sort(() => random.random() - 0.5);
  for (const seq of again) await append(store, batch(0, seq));
  await judge(store);
  await store.sealAll();
  await judge(store);
  expect(store.stats().blockSamples).toBe(AGENTS * BATCHES * 3);
});
