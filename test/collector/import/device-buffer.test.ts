import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeviceBuffer } from '../../../src/collector/import/device-buffer.ts';
import { DeviceBuffers } from '../../../src/collector/import/device-buffers.ts';
import { LIMITS, makeLabels } from '../../../src/shared/sample.ts';
import { decodeWrite } from './decode-write.ts';

const labels = (name: string) =>
  makeLabels([
    ['__name__', name],
    ['instance', 'web'],
  ]);

test('samples come back grouped by series, and the buffer is empty after', () => {
  const buffer = new DeviceBuffer('web');
  const load = buffer.slot(labels('load1'));
  const unused = buffer.slot(labels('uptime_seconds'));
  const cpu = buffer.slot(labels('cpu_used_ratio'));
  expect([load, unused, cpu]).toEqual([0, 1, 2]);
  buffer.add(load, 1_000, 1.5);
  buffer.add(cpu, 1_000, 0.25);
  buffer.add(load, 2_000, -2);
  const batch = buffer.take();
  expect(batch).toMatchObject({ device: 'web', samples: 3 });
  expect(decodeWrite(batch.body)).toEqual([
    {
      labels: { ...labels('load1') },
      samples: [
        [1_000, 1.5],
        [2_000, -2],
      ],
    },
    { labels: { ...labels('cpu_used_ratio') }, samples: [[1_000, 0.25]] },
  ]);
  expect(buffer.take()).toMatchObject({ samples: 0, body: Buffer.alloc(0) });
});

test('any times and values survive the wire', () => {
  const sample = fc.tuple(fc.nat(2 ** 42), fc.double({ noNaN: true }));
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 50 }), (samples) => {
      const buffer = new DeviceBuffer('web');
      const slot = buffer.slot(labels('load1'));
      for (const [timeMs, value] of samples) buffer.add(slot, timeMs, value);
      expect(decodeWrite(buffer.take().body)[0]?.samples).toEqual(samples);
    }),
  );
});

test('a batch never has more samples than a request may, and none is left behind', () => {
  const buffers = new DeviceBuffers();
  const buffer = buffers.open('web');
  const slots = [0, 1, 2].map((i) => buffer.slot(labels(`series_${i}`)));
  const sizes: number[] = [];
  for (let row = 0; row < 5_000; row++) {
    for (const slot of slots) buffer.add(slot, row, row);
    buffers.grown(buffer, 3, 3);
    sizes.push(...buffers.ready().map(({ samples }) => samples));
  }
  buffers.flushAll();
  sizes.push(...buffers.ready().map(({ samples }) => samples));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(LIMITS.samplesPerBatch);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(15_000);
  expect(buffers.ready()).toEqual([]);
});

test('many half-full devices are emptied together before they take too much memory', () => {
  const buffers = new DeviceBuffers();
  for (let d = 0; d < 1_000; d++) buffers.open(`d${d}`).slot(labels('load1'));
  let batches = 0;
  for (let row = 0; row < 2_100; row++) {
    for (const name of buffers.devices) {
      const buffer = buffers.get(name)!;
      buffer.add(0, row, row);
      buffers.grown(buffer, 1, 1);
    }
    batches += buffers.ready().length;
  }
  expect(batches).toBe(1_000);
});
