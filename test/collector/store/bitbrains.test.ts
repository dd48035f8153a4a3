/** A recorded trace of real servers: small on disk, and bit for bit what was recorded. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { wordsOf } from '../../../src/collector/store/block-codec/double-column.ts';
import { DAY_MS } from '../../../src/shared/units.ts';
import { sharedFile } from '../../support/parts.ts';
import { append, type Point, rig, series } from './rig.ts';

/** Column name → what it becomes, and the factor to base units; as in `bitbrains.map.yaml`. */
const COLUMNS: readonly (readonly [column: string, name: string, scale: number])[] = [
  ['cores', 'cpu_cores', 1],
  ['cpu_pct', 'cpu_used_ratio', 0.01],
  ['mem_cap_kb', 'memory_size_bytes', 1024],
  ['mem_kb', 'memory_used_bytes', 1024],
  ['rd', 'disk_read_bytes_per_second', 1024],
  ['wr', 'disk_written_bytes_per_second', 1024],
  ['rx', 'network_receive_bytes_per_second', 1024],
  ['tx', 'network_transmit_bytes_per_second', 1024],
];
const MACHINES = ['4', '51', '95', '323', '346', '413'];

interface Machine {
  readonly times: number[];
  readonly values: number[][];
}

function readTrace(file: string): Map<string, Machine> {
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString().split('\n');
  const names = header.split(',');
  const machines = new Map<string, Machine>();
  for (const line of lines) {
    const cells = line.split(',');
    const name = cells[names.indexOf('vm')]!;
    if (!MACHINES.includes(name)) continue;
    const machine = machines.get(name) ?? { times: [], values: COLUMNS.map(() => []) };
    machines.set(name, machine);
    machine.times.push(Number(cells[names.indexOf('ts')]) * 1000);
    for (const [i, [column, , scale]] of COLUMNS.entries()) {
      machine.values[i]!.push(Number(cells[names.indexOf(column)]) * scale);
    }
  }
  return machines;
}

test('three months of six servers: at most 0.75 bytes a sample, and every bit as recorded', async (context) => {
  const machines = readTrace(sharedFile('data/bitbrains_rnd_60vm_5min.csv.gz', context));
  expect(machines.size).toBe(MACHINES.length);
  const { store } = await rig({ settings: { rawMs: 400 * DAY_MS } });
  let samples = 0;
  for (const [name, { times, values }] of machines) {
    const labels = COLUMNS.map(([, metric]) => series(metric, { instance: name }));
    for (let from = 0; from < times.length; from += 500) {
      const points: Point[] = [];
      for (let row = from; row < Math.min(from + 500, times.length); row++) {
        for (const [i, own] of labels.entries()) points.push([own, times[row]!, values[i]![row]!]);
      }
      await append(store, points);
      samples += points.length;
    }
    await store.maintain(1_000);
  }
  await store.sealAll();
  const { blockBytes, blockSamples, blocks } = store.stats();
  expect([blockSamples, blocks]).toEqual([samples, MACHINES.length]);
  expect(blockBytes / blockSamples).toBeLessThan(0.75);
  for (const [name, machine] of machines) {
    const windows = await store.read(name, 0, Number.MAX_SAFE_INTEGER);
    expect(windows).toHaveLength(COLUMNS.length);
    for (const { labels, times, values } of windows) {
      const column = COLUMNS.findIndex(([, metric]) => metric === labels.__name__);
      expect(times).toEqual(Float64Array.from(machine.times));
      expect(wordsOf(values)).toEqual(wordsOf(Float64Array.from(machine.values[column]!)));
    }
  }
});
