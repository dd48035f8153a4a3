import { expect, test } from 'vitest';
import { placeOf } from '../../../src/collector/store/append.ts';
import { Cursors } from '../../../src/collector/store/cursors.ts';
import { openSound } from '../../../src/collector/store/recover.ts';
import { createLog } from '../../../src/shared/log.ts';
import { append, restart, rig, series, T0, temporaryDirectory } from './rig.ts';

const up = series('up', { instance: 'a' });
const batch = (seq: number, epoch = 'e') => ({ cursor: { agent: 'a', epoch, seq } });

test.each([
  [1, 0, false, 'next'],
  [2, 0, false, 'ahead'],
  [2, 0, true, 'next'],
  [5, 5, false, 'duplicate'],
  [4, 5, true, 'duplicate'],
  [6, 5, false, 'next'],
  [8, 5, false, 'ahead'],
  [8, 5, true, 'next'],
] as const)('number %i after %i, losses declared: %s → %s', (seq, last, declared, place) => {
  expect(placeOf(seq, last, declared)).toBe(place);
});

test('a repeated batch is a duplicate and writes nothing', async () => {
  const { store } = await rig();
  await append(store, [[up, T0, 1]], batch(1));
  const before = store.stats();
  expect(await append(store, [[up, T0 + 1, 2]], batch(1))).toEqual({ kind: 'duplicate' });
  expect(store.stats().storedSamples).toBe(before.storedSamples);
  expect(store.latest.times[store.resolve(up, 't')]).toBe(T0);
});

test('a batch ahead is refused with the number that is expected', async () => {
  const { store } = await rig();
  expect(await append(store, [[up, T0, 1]], batch(3))).toEqual({ kind: 'gap', expected: 1 });
  await append(store, [[up, T0, 1]], batch(1));
  expect(await append(store, [[up, T0, 1]], batch(3))).toEqual({ kind: 'gap', expected: 2 });
  expect(store.cursor('a', 'e')).toBe(1);
});

test('a declared loss lets the numbers go on', async () => {
  const { store } = await rig();
  const gaps = [{ reason: 'quota', fromMs: T0 - 9, toMs: T0 - 1, samples: 9 } as const];
  const receipt = await append(store, [[up, T0, 1]], { ...batch(7), gaps });
  expect(receipt).toEqual({ kind: 'stored', samples: 1, duplicates: 0 });
  expect(store.cursor('a', 'e')).toBe(7);
  expect(store.stats().declaredLostSamples).toBe(9);
});

test('batches of one epoch inside one group are taken in order', async () => {
  const { store } = await rig();
  const receipts = await Promise.all(
    [1, 2, 2, 4, 3].map((seq) => append(store, [[up, T0 + seq, seq]], batch(seq))),
  );
  expect(receipts.map(({ kind }) => kind)).toEqual([
    'stored',
    'stored',
    'duplicate',
    'gap',
    'stored',
  ]);
  expect(store.cursor('a', 'e')).toBe(3);
  expect(store.stats().commits).toBe(1);
});

test('epochs and agents count on their own', async () => {
  const { store } = await rig();
  await append(store, [[up, T0, 1]], batch(1, 'old'));
  await append(store, [[up, T0 + 1, 1]], batch(1, 'new'));
  await append(store, [[up, T0 + 2, 1]], { cursor: { agent: 'b', epoch: 'old', seq: 1 } });
  expect([store.cursor('a', 'old'), store.cursor('a', 'new'), store.cursor('b', 'old')]).toEqual([
    1, 1, 1,
  ]);
  expect(store.cursor('a', 'never')).toBe(0);
});

test('a batch without a sample to store still counts', async () => {
  const first = await rig();
  await append(first.store, [], batch(1));
  await append(first.store, [[up, T0, 1]]);
  await append(first.store, [[up, T0, 1]], batch(2));
  const { store } = await restart(first);
  expect(store.cursor('a', 'e')).toBe(2);
});

test('cursors survive a restart, also when their journal rows are gone', async () => {
  const first = await rig();
  for (const seq of [1, 2, 3]) await append(first.store, [[up, T0 + seq, seq]], batch(seq));
  const second = await restart(first);
  expect(second.store.cursor('a', 'e')).toBe(3);
  await second.store.sealAll();
  const { store } = await restart(second);
  expect(store.cursor('a', 'e')).toBe(3);
  expect(await append(store, [[up, T0 + 9, 9]], batch(3))).toEqual({ kind: 'duplicate' });
});

test('an agent keeps 64 epochs; the one used longest ago is forgotten, on disk too', async () => {
  const first = await rig();
  await append(first.store, [[up, T0, 0]], batch(1, 'busy'));
  for (let i = 0; i < 70; i++) {
    await append(first.store, [[up, T0 + 1 + i, i]], batch(1, `epoch-${i}`));
    await append(first.store, [], batch(2 + i, 'busy'));
  }
  const known = (store: typeof first.store): string[] =>
    Array.from({ length: 70 }, (_, i) => `epoch-${i}`).filter((e) => store.cursor('a', e) > 0);
  expect(known(first.store)).toHaveLength(63);
  expect(first.store.cursor('a', 'busy')).toBe(71);
  const { store } = await restart(first);
  expect(known(store)).toEqual(known(first.store));
});

test('the number of a forgotten cursor is not given to another one', () => {
  const log = createLog({ write: () => {} });
  const database = openSound(`${temporaryDirectory()}/samples.db`, log, (opened) => opened);
  const cursors = new Cursors(database);
  const last = cursors.move('a', 'e', 500);
  cursors.write();
  cursors.commit();
  database.exec('DELETE FROM cursors');
  const again = new Cursors(database);
  again.load();
  expect(again.move('a', 'other', 1).id).toBeGreaterThan(last.id);
  database.close();
});

test('a failed transaction takes cursors back', () => {
  const log = createLog({ write: () => {} });
  const database = openSound(`${temporaryDirectory()}/samples.db`, log, (opened) => opened);
  const cursors = new Cursors(database);
  cursors.move('a', 'e', 1);
  cursors.commit();
  cursors.move('a', 'e', 2);
  cursors.move('a', 'e', 3);
  cursors.rollback();
  expect(cursors.seq('a', 'e')).toBe(1);
  database.close();
});
