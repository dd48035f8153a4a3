import { expect, test } from 'vitest';
import { Blocks } from '../../../src/collector/store/blocks.ts';
import { DeviceState } from '../../../src/collector/store/device-state.ts';
import { openSound } from '../../../src/collector/store/recover.ts';
import { createLog } from '../../../src/shared/log.ts';
import { temporaryDirectory } from './rig.ts';

function table() {
  const log = createLog({ write: () => {} });
  const database = openSound(`${temporaryDirectory()}/samples.db`, log, (opened) => opened);
  return { database, log, blocks: new Blocks(database, log) };
}

const device = new DeviceState(7, 'a');
const block = (fromMs: number, bytes: number, samples = 10) => ({
  level: 0,
  fromMs,
  toMs: fromMs + 9,
  samples,
  payload: new Uint8Array(bytes).fill(fromMs),
});
const sums = ({ count, samples, bytes }: Blocks) => ({ count, samples, bytes });

test('blocks are listed in the order of their writing, each with its facts', () => {
  const { blocks } = table();
  blocks.insert(device, block(50, 100));
  blocks.insert(new DeviceState(8, 'b'), block(1, 5));
  blocks.insert(device, block(10, 200));
  expect(blocks.list(device)).toEqual([
    { id: 1, level: 0, fromMs: 50, toMs: 59, samples: 10, bytes: 100 },
    { id: 3, level: 0, fromMs: 10, toMs: 19, samples: 10, bytes: 200 },
  ]);
  expect(blocks.payload(device, 3)).toEqual(Buffer.alloc(200, 10));
  expect(blocks.payload(device, 99)).toBeNull();
});

test('a merged block takes the place of the last of its parts', () => {
  const { blocks } = table();
  for (const fromMs of [10, 20, 30, 40]) blocks.insert(device, block(fromMs, 100));
  const [, second, third] = blocks.list(device);
  const merged = { ...block(20, 150, 18), level: 1, toMs: 39 };
  blocks.merge(device, [second!, third!], merged);
  expect(blocks.list(device).map(({ id, level, samples }) => [id, level, samples])).toEqual([
    [1, 0, 10],
    [3, 1, 18],
    [4, 0, 10],
  ]);
  expect(blocks.payload(device, 3)).toEqual(Buffer.alloc(150, 20));
});

test('the sums follow commits, not attempts, and agree with the table', () => {
  const { blocks, database, log } = table();
  blocks.insert(device, block(10, 100));
  blocks.insert(device, block(20, 100));
  expect(sums(blocks)).toEqual({ count: 0, samples: 0, bytes: 0 });
  blocks.commit();
  expect(sums(blocks)).toEqual({ count: 2, samples: 20, bytes: 200 });
  database.exec('BEGIN');
  blocks.insert(device, block(30, 100));
  database.exec('ROLLBACK');
  blocks.rollback();
  blocks.merge(device, blocks.list(device), { ...block(10, 150, 20), level: 1 });
  blocks.commit();
  expect(sums(blocks)).toEqual({ count: 1, samples: 20, bytes: 150 });
  blocks.delete(blocks.list(device));
  blocks.commit();
  expect(sums(blocks)).toEqual({ count: 0, samples: 0, bytes: 0 });
  blocks.insert(device, block(50, 7));
  const again = new Blocks(database, log);
  again.load();
  expect(sums(again)).toEqual({ count: 1, samples: 10, bytes: 7 });
});

test('bytes that changed are noticed, counted and not given out', () => {
  const { blocks, database } = table();
  blocks.insert(device, block(10, 100));
  database.exec("UPDATE blocks SET payload = x'00'");
  expect(blocks.payload(device, 1)).toBeNull();
  expect(blocks.corrupt).toBe(1);
});
