/**
 * Power cuts (F3, F5): the files as they are at any moment, and with any part of the write-ahead
 * log torn off. What is found is always a state that was committed: some batches from the first
 * one on, the cursor that belongs to them, and everything else in step with it.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/shared/units.ts';
import { append, contents, crashCopy, type Point, type Rig, rig, series, T0 } from './rig.ts';

const DEVICES = ['a', 'b'];
const labels = DEVICES.map((instance) => [
  series('cpu', { instance }),
  series('memory', { instance }),
]);

/** Batch `seq` puts one sample into each series, eight minutes after the one before. */
const batch = (seq: number): Point[] =>
  labels.flatMap((own, device) =>
    own.map((one, i): Point => [one, T0 + seq * 480_000, device * 1e6 + i * 1e3 + seq]),
  );

const send = ({ store }: Rig, seq: number) =>
  append(store, batch(seq), { cursor: { agent: 'x', epoch: 'e', seq } });

const hoursUpTo = (seq: number): number[] => {
  const all = Array.from({ length: seq }, (_, i) => T0 + (i + 1) * 480_000);
  return [...new Set(all.map((timeMs) => Math.floor(timeMs / HOUR_MS) * HOUR_MS))];
};

/** Everything in the store is what the first `seq` batches, and no others, leave there. */
async function expectState(own: Rig, seq: number): Promise<void> {
  const { store } = own;
  for (const [device, name] of DEVICES.entries()) {
    const expected = (i: number): [number, number][] =>
      Array.from({ length: seq }, (_, k) => {
        const number = k + 1;
        return [T0 + number * 480_000, device * 1e6 + i * 1e3 + number];
      });
    const found = await contents(store, name);
    expect(found[`cpu{instance="${name}"}`] ?? []).toEqual(expected(0));
    expect(found[`memory{instance="${name}"}`] ?? []).toEqual(expected(1));
    expect(store.newest(name)).toBe(seq === 0 ? 0 : T0 + seq * 480_000);
    expect(store.pendingHours(name).map(({ hourMs }) => hourMs)).toEqual(hoursUpTo(seq));
  }
  expect(store.cursor('x', 'e')).toBe(seq);
  const { journalSamples, blockSamples, series: known } = store.stats();
  expect(journalSamples + blockSamples).toBe(seq * 4);
  expect(known).toBe(seq === 0 ? 0 : 4);
}

/** And it goes on from there, as if nothing had happened. */
async function expectGoesOn(own: Rig, seq: number): Promise<void> {
  if (seq > 0) expect(await send(own, seq)).toEqual({ kind: 'duplicate' });
  expect(await send(own, seq + 1)).toEqual({ kind: 'stored', samples: 4, duplicates: 0 });
  expect(await send(own, seq + 3)).toEqual({ kind: 'gap', expected: seq + 2 });
  await own.store.sealAll();
  await expectState(own, seq + 1);
}

test('after every single step, the files as they are hold all that was acknowledged', async () => {
  const own = await rig();
  let seq = 0;
  const care = [
    () => own.store.maintain(1_000),
    async () => {
      await own.clock.advance(2 * HOUR_MS);
      await own.store.maintain(0);
    },
    () => own.store.sealAll(),
    () => own.store.maintain(0),
  ];
  for (let step = 0; step < 24; step++) {
    if (step % 3 === 2) await care[Math.floor(step / 3) % care.length]!();
    else await send(own, ++seq);
    const copy = await rig({ directory: crashCopy(own) });
    await expectState(copy, seq);
    if (step % 6 === 5) await expectGoesOn(copy, seq);
    await copy.store.close();
  }
});

test('in the middle of sealing and merging nothing is lost and nothing doubled', async () => {
  const own = await rig();
  for (let seq = 1; seq <= 12; seq++) await send(own, seq);
  const copies: string[] = [];
  let busy = true;
  const watch = (): void => {
    copies.push(crashCopy(own));
    if (busy) setImmediate(watch);
  };
  setImmediate(watch);
  await own.store.sealAll();
  for (let seq = 13; seq <= 14; seq++) await send(own, seq);
  await own.store.sealAll();
  busy = false;
  expect(copies.length).toBeGreaterThan(5);
  for (const directory of copies) {
    const copy = await rig({ directory });
    const seq = copy.store.cursor('x', 'e');
    expect(seq).toBeGreaterThanOrEqual(12);
    await expectState(copy, seq);
    await copy.store.close();
  }
});

test('wherever the log is torn, a committed state is found, never a mixture', async () => {
  const own = await rig();
  for (let seq = 1; seq <= 5; seq++) await send(own, seq);
  await own.store.sealAll();
  for (let seq = 6; seq <= 9; seq++) await send(own, seq);
  await own.clock.advance(2 * HOUR_MS);
  await own.store.maintain(1_000);
  for (let seq = 10; seq <= 14; seq++) await send(own, seq);
  const whole = crashCopy(own);
  const log = readFileSync(join(whole, 'samples.db-wal'));
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.nat(log.length), fc.boolean(), async (length, garbage) => {
      const copy = join(whole, `torn-${length}-${garbage}`);
      cpSync(join(whole, 'samples.db'), join(copy, 'samples.db'));
      const kept = log.subarray(0, length);
      const tail = Buffer.alloc(garbage ? log.length - length : 0, 0xa5);
      writeFileSync(join(copy, 'samples.db-wal'), Buffer.concat([kept, tail]));
      const torn = await rig({ directory: copy });
      const seq = torn.store.cursor('x', 'e');
      seen.add(seq);
      await expectState(torn, seq);
      await expectGoesOn(torn, seq);
      await torn.store.close();
    }),
    {
      numRuns: 60,
      examples: [
        [log.length, false],
        [0, true],
      ],
    },
  );
  // The whole log holds all; without it there is what the last checkpoint left.
  expect(Math.max(...seen)).toBe(14);
  expect(Math.min(...seen)).toBeLessThan(14);
});
