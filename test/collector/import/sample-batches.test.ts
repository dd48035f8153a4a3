import { expect, test } from 'vitest';
import { SampleBatcher, sampleBatches } from '../../../src/collector/import/sample-batches.ts';
import { LIMITS, makeLabels, type Sample } from '../../../src/shared/sample.ts';
import { decodeWrite } from './decode-write.ts';

const series = (name: string, device: string) =>
  makeLabels([
    ['__name__', name],
    ['instance', device],
  ]);

const tally = () => ({ bytes: 0, totalBytes: 0, rows: 0, badRows: 0 });

test('samples of devices in turn are gathered by device and series, in their order', async () => {
  const labels = [series('load1', 'a'), series('load1', 'b'), series('uptime_seconds', 'a')];
  function* samples(): Generator<Sample> {
    for (let i = 0; i < 30_000; i++) yield { labels: labels[i % 3]!, timeMs: i, value: -i };
  }
  const counts = tally();
  const found = new Map<string, number[]>();
  for await (const batch of sampleBatches(samples(), counts)) {
    expect(batch.samples).toBeLessThanOrEqual(LIMITS.samplesPerBatch);
    for (const { labels: own, samples: list } of decodeWrite(batch.body)) {
      expect(own.instance).toBe(batch.device);
      const key = `${own.__name__} ${own.instance}`;
      found.set(key, [...(found.get(key) ?? []), ...list.map(([timeMs]) => timeMs)]);
    }
  }
  expect(counts.rows).toBe(30_000);
  expect([...found.keys()].sort()).toEqual(['load1 a', 'load1 b', 'uptime_seconds a']);
  for (const [i, key] of ['load1 a', 'load1 b', 'uptime_seconds a'].entries()) {
    expect(found.get(key)).toEqual(Array.from({ length: 10_000 }, (_, n) => n * 3 + i));
  }
});

test('a sample without a device is a mistake of ours', () => {
  const batcher = new SampleBatcher();
  const labels = makeLabels([['__name__', 'load1']]);
  expect(() => batcher.add({ labels, timeMs: 1, value: 1 })).toThrow('BUG');
});

test('more series than are remembered cost nothing but a second place', () => {
  const batcher = new SampleBatcher();
  const first = series('load1', 'a');
  batcher.add({ labels: first, timeMs: 1, value: 1 });
  for (let i = 0; i < 50_001; i++) {
    batcher.add({ labels: series('load1', `d${i}`), timeMs: 1, value: 1 });
  }
  batcher.add({ labels: first, timeMs: 2, value: 2 });
  batcher.buffers.flushAll();
  const mine = batcher.buffers
    .ready()
    .filter(({ device }) => device === 'a')
    .flatMap(({ body }) => decodeWrite(body))
    .flatMap(({ samples }) => samples);
  expect(mine).toEqual([
    [1, 1],
    [2, 2],
  ]);
});
