import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { append, crashCopy, restart, rig, series, T0 } from './rig.ts';

const names = ['cpu', 'memory', 'disk'].map((name) => series(name, { instance: 'a' }));

test('one row per device and request, the cursor on the first of them', async () => {
  const { store, directory } = await rig();
  const cursor = { agent: 'x', epoch: 'e', seq: 1 };
  await append(
    store,
    [
      [names[0]!, T0, 1],
      [series('up', { instance: 'b' }), T0 + 5, 1],
    ],
    { cursor },
  );
  await append(store, [
    [names[0]!, T0 + 9, 1],
    [names[1]!, T0 + 7, 1],
  ]);
  const database = new Sqlite(join(directory, 'samples.db'), { readonly: true });
  const rows = database
    .prepare('SELECT device, cursor, seq, samples, from_ms, to_ms FROM journal ORDER BY id')
    .raw()
    .all();
  database.close();
  expect(rows).toEqual([
    [1, 1, 1, 1, T0, T0],
    [2, null, null, 1, T0 + 5, T0 + 5],
    [1, null, null, 2, T0 + 7, T0 + 9],
  ]);
});

test('only what is new of a request with duplicates is written', async () => {
  const { store, directory } = await rig();
  await append(store, [
    [names[0]!, T0, 1],
    [names[1]!, T0, 2],
  ]);
  await append(store, [
    [names[0]!, T0, 1],
    [names[1]!, T0 + 3, 2],
    [names[2]!, T0 + 5, 3],
  ]);
  const database = new Sqlite(join(directory, 'samples.db'), { readonly: true });
  const select = database.prepare('SELECT samples, from_ms, to_ms FROM journal WHERE id = 2').raw();
  expect(select.get()).toEqual([2, T0 + 3, T0 + 5]);
  database.close();
});

test('the newest samples after a restart are those from before, in whatever order samples came', async () => {
  const sample = fc.tuple(fc.nat(2), fc.nat(8), fc.nat(3));
  const steps = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.array(sample, { minLength: 1, maxLength: 5 }) },
      { weight: 1, arbitrary: fc.constant('seal' as const) },
    ),
    { maxLength: 25 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const own = await rig();
      for (const step of list) {
        if (step === 'seal') await own.store.sealAll();
        else {
          await append(
            own.store,
            step.map(([name, second, value]) => [names[name]!, T0 + second * 1000, value] as const),
          );
        }
      }
      const before = names.map((labels) => own.store.resolve(labels, 'tester'));
      const of = ({ store }: typeof own) =>
        names.map((labels) => {
          const number = store.resolve(labels, 'tester');
          return [store.latest.times[number], store.latest.values[number]];
        });
      const expected = of(own);
      const cut = await rig({ directory: crashCopy(own) });
      if (list.some((step) => step !== 'seal')) {
        expect(cut.store.devices()).toEqual(['a']);
      }
      expect(of(cut).filter(([time]) => time !== Number.NEGATIVE_INFINITY)).toEqual(
        expected.filter(([time]) => time !== Number.NEGATIVE_INFINITY),
      );
      expect(before).toHaveLength(3);
      await cut.store.close();
      await own.store.close();
    }),
    { numRuns: 60 },
  );
});

test('a journal of many rows comes back whole, over several loads', async () => {
  const first = await rig();
  const total = 10_050;
  for (let from = 0; from < total; from += 1_000) {
    await Promise.all(
      Array.from({ length: Math.min(1_000, total - from) }, (_, i) =>
        append(first.store, [[names[0]!, T0 + from + i, i]]),
      ),
    );
  }
  const { store } = await restart(first);
  expect(store.stats()).toMatchObject({ journalRows: total, journalSamples: total });
  const [window] = await store.read('a', 0, T0 * 2);
  expect(window!.times).toHaveLength(total);
  expect(store.newest('a')).toBe(T0 + total - 1);
});
