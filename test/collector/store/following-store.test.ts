import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { append, contents, type Rig, rig, series, T0, temporaryDirectory } from './rig.ts';

const up = series('up', { instance: 'a' });

async function pair(): Promise<{ writer: Rig; reader: Rig }> {
  const writer = await rig();
  await append(writer.store, [[up, T0, 1]]);
  const reader = await rig({ directory: writer.directory, readOnly: true });
  return { writer, reader };
}

test('a reader sees what was committed before and after it was opened', async () => {
  const { writer, reader } = await pair();
  expect(await contents(reader.store, 'a')).toEqual({ 'up{instance="a"}': [[T0, 1]] });
  await append(writer.store, [
    [up, T0 + 1, 2],
    [series('new', { instance: 'b' }), T0, 3],
  ]);
  expect(await contents(reader.store, 'a')).toEqual({
    'up{instance="a"}': [
      [T0, 1],
      [T0 + 1, 2],
    ],
  });
  expect(await contents(reader.store, 'b')).toEqual({ 'new{instance="b"}': [[T0, 3]] });
  expect(reader.store.newest('a')).toBe(T0 + 1);
});

test('sealing, merging and pruning under a reader change nothing for it', async () => {
  const { writer, reader } = await pair();
  for (let round = 0; round < 9; round++) {
    await append(writer.store, [[up, T0 + 10 + round, round]]);
    await writer.clock.advance(2 * HOUR_MS);
    await writer.store.maintain(1_000);
    expect(await contents(reader.store, 'a')).toEqual(await contents(writer.store, 'a'));
  }
  await writer.store.sealAll();
  expect(await contents(reader.store, 'a')).toEqual(await contents(writer.store, 'a'));
  const { blocks, blockSamples, journalRows } = writer.store.stats();
  expect(reader.store.stats()).toMatchObject({ blocks, blockSamples, journalRows });
});

test('rollups, pending hours, cursors and gaps are followed, too', async () => {
  const { writer, reader } = await pair();
  expect(reader.store.pendingHours()).toHaveLength(1);
  const gap = { reason: 'quota', fromMs: T0, toMs: T0 + 1, samples: 3 } as const;
  const cursor = { agent: 'a', epoch: 'e', seq: 1 };
  await append(writer.store, [[up, T0 + HOUR_MS, 1]], { cursor, gaps: [gap] });
  await writer.store.writeRollup(
    { device: 'a', dayMs: T0, rollups: Uint8Array.of(4), histograms: Uint8Array.of(5) },
    [T0],
  );
  const hours = reader.store.pendingHours('a').map(({ hourMs }) => hourMs);
  expect(hours).toEqual([T0 + HOUR_MS]);
  expect(await reader.store.rollups('a', T0, T0 + DAY_MS)).toHaveLength(1);
  expect(await reader.store.gaps(T0, T0 + 1)).toHaveLength(1);
  expect(reader.store.cursor('a', 'e')).toBe(1);
});

test('a removed device is gone for the reader, and may come back', async () => {
  const { writer, reader } = await pair();
  await writer.store.removeDevice('a');
  expect(await contents(reader.store, 'a')).toEqual({});
  expect(reader.store.devices()).toEqual([]);
  await append(writer.store, [[up, T0 + 5, 5]]);
  expect(await contents(reader.store, 'a')).toEqual({ 'up{instance="a"}': [[T0 + 5, 5]] });
});

test('a reader that waits holds no checkpoint up', async () => {
  const { writer, reader } = await pair();
  await contents(reader.store, 'a');
  for (let i = 0; i < 200; i++) await append(writer.store, [[up, T0 + i, i]]);
  await writer.store.sealAll();
  const before = writer.store.stats().walBytes;
  for (let i = 0; i < 20; i++) await append(writer.store, [[up, T0 + 1000 + i, i]]);
  expect(writer.store.stats().walBytes).toBe(before);
});

test('a reader works on a closed store, and writes nothing', async () => {
  const { writer, reader } = await pair();
  await writer.store.close();
  const alone = await rig({ directory: writer.directory, readOnly: true });
  expect(await contents(alone.store, 'a')).toEqual({ 'up{instance="a"}': [[T0, 1]] });
  const refusal = { code: 'unavailable', hint: expect.stringContaining('collector') };
  expect(() => alone.store.resolve(up, 'x')).toThrow(expect.objectContaining(refusal));
  expect(() => alone.store.shape([1])).toThrow();
  for (const write of [
    () => alone.store.append({} as never),
    () => alone.store.removeDevice('a'),
    () => alone.store.sealAll(),
    () => alone.store.writeRollup({} as never, []),
  ]) {
    await expect(write()).rejects.toMatchObject(refusal);
  }
  expect(await alone.store.maintain(1)).toBe(false);
  expect(alone.store.takeChanged()).toEqual([]);
  expect(await contents(reader.store, 'a')).toEqual({ 'up{instance="a"}': [[T0, 1]] });
});

test('where there is no database a reader says so', async () => {
  const directory = temporaryDirectory();
  await expect(rig({ directory, readOnly: true, leaveOpen: true })).rejects.toMatchObject({
    code: 'not_found',
    hint: expect.stringContaining('--data'),
  });
});
