/** The spool on a real file system. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inspectSpool, openSpool, type Spool } from '../../../src/agent/spool/spool.ts';
import { nodeSpoolFs } from '../../../src/agent/spool/spool-fs.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { batchOf, CollectorModel, drain, sendOne, stepClock } from './parts.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'spool-'));
});
afterEach(() => rm(home, { recursive: true }));

const open = (seed = 1): Promise<Spool> =>
  openSpool({
    directory: join(home, 'a', 'spool'),
    clock: stepClock(seed),
    log: silentLog,
    maxBytes: 2 ** 24,
    maxAgeMs: 2 ** 40,
    minFreeRatio: 0,
  });

test('a spool survives its process, with what waits and what was counted', async () => {
  const spool = await open();
  for (const id of [1, 2, 3]) await spool.append(batchOf(id));
  const collector = new CollectorModel();
  await sendOne(spool, collector, 'live');
  await spool.close();
  const again = await open(2);
  expect(again.stats()).toMatchObject({ batches: 2, ackedSamples: batchOf(1).samples });
  await drain(again, collector);
  expect(collector.stored.map(({ id }) => id)).toEqual([1, 2, 3]);
  await again.close();
});

test('nobody but its owner can read it', async () => {
  const spool = await open();
  await spool.append(batchOf(1));
  await spool.close();
  const directory = join(home, 'a', 'spool');
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(directory)) {
    const { mode } = await stat(join(directory, name));
    expect(mode & 0o077, name).toBe(0);
  }
});

test('a look at it changes nothing, also while it is in use', async () => {
  const spool = await open();
  for (const id of [1, 2]) await spool.append(batchOf(id));
  const directory = join(home, 'a', 'spool');
  const before = await readdir(directory);
  const stats = await inspectSpool(directory, stepClock());
  expect(stats).toMatchObject({ batches: 2, samples: batchOf(1).samples + batchOf(2).samples });
  expect(stats!.diskFreeBytes).toBeGreaterThan(0);
  expect(await readdir(directory)).toEqual(before);
  const collector = new CollectorModel();
  await drain(spool, collector);
  expect(collector.ids.size).toBe(2);
  await spool.close();
});

test('where there is no spool there is nothing to see', async () => {
  expect(await inspectSpool(join(home, 'none'), stepClock())).toBeNull();
});

test('each operation does what the simulated disk does', async () => {
  const path = join(home, 'f');
  const file = await nodeSpoolFs.create(path);
  await file.append(Buffer.from('0123456789'));
  await file.sync();
  await file.append(Buffer.from('abc'));
  await file.close();
  await expect(nodeSpoolFs.create(path)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await nodeSpoolFs.size(path)).toBe(13);
  expect((await nodeSpoolFs.read(path, 8, 99)).toString()).toBe('89abc');
  await nodeSpoolFs.truncate(path, 4);
  await nodeSpoolFs.rename(path, join(home, 'g'));
  await nodeSpoolFs.syncDirectory(home);
  expect(await nodeSpoolFs.list(home)).toEqual(['g']);
  await nodeSpoolFs.unlink(join(home, 'g'));
  await expect(nodeSpoolFs.read(join(home, 'g'), 0, 1)).rejects.toMatchObject({ code: 'ENOENT' });
  const space = await nodeSpoolFs.space(home);
  expect(space.freeBytes).toBeLessThanOrEqual(space.totalBytes);
});
