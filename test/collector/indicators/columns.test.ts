import { describe, expect, test } from 'vitest';
import { type Column, createColumns } from '../../../src/collector/indicators/columns.ts';
import { compilePlan, type Plan } from '../../../src/collector/indicators/plan.ts';
import type { Sample } from '../../../src/shared/sample.ts';
import { DAY, MINUTE, STEP, samples, windows } from './samples.ts';

const NONE = Number.NaN;
const IDLE = (cpu: number) => `node_cpu_seconds_total{cpu="${cpu}",mode="idle"}`;
const READ = 'node_disk_read_bytes_total{device="sda"}';

/** The columns of the sums a plan has for an indicator, plus first. */
function columnsOf(list: readonly Sample[], indicator: string): Column[] {
  const read = windows(list);
  const plan: Plan = compilePlan(read.map(({ labels }, series) => ({ series, labels })));
  const columns = createColumns(plan, read);
  const output = plan.outputs.find(({ recipe }) => recipe.indicator === indicator);
  return (output?.sums ?? []).map((sum) => columns.sum(sum));
}

describe('a series by itself', () => {
  test('is its samples', () => {
    const [column] = columnsOf(samples('node_load1', [1, NONE, 3]), 'load1');
    expect(column?.values).toEqual(Float64Array.of(1, NONE, 3));
    expect(column?.from).toBeNull();
  });

  test('that is a counter is its gain per second, since the sample before', () => {
    const [column] = columnsOf(
      samples(READ, [100, 250, 250, 40, 70]),
      'disk_read_bytes_per_second',
    );
    expect(column?.values).toEqual(Float64Array.of(NONE, 10, 0, NONE, 2));
    expect(column?.from?.slice(1)).toEqual(column?.times.slice(0, -1));
  });

  test('has no rate over more than ten minutes, nor after a stale marker', () => {
    const apart = samples(READ, [0, 600, 1_200], { stepMs: 10 * MINUTE });
    const [atMost] = columnsOf(apart, 'disk_read_bytes_per_second');
    expect(atMost?.values).toEqual(Float64Array.of(NONE, 1, 1));
    const farther = samples(READ, [0, 600], { stepMs: 10 * MINUTE + 1 });
    const [more] = columnsOf(farther, 'disk_read_bytes_per_second');
    expect(more?.values).toEqual(Float64Array.of(NONE, NONE));
    const [stale] = columnsOf(samples(READ, [0, NONE, 30, 45]), 'disk_read_bytes_per_second');
    expect(stale?.values).toEqual(Float64Array.of(NONE, NONE, NONE, 1));
  });
});

describe('series added up', () => {
  test('share one array of times when they came with the same scrapes', () => {
    const list = [0, 1].flatMap((cpu) => samples(IDLE(cpu), [1, 2, 3]));
    const [count] = columnsOf(list, 'cpu_cores');
    expect(count?.values).toEqual(Float64Array.of(2, 2, 2));
    const modes = ['idle', 'user'].map((mode) => `node_cpu_seconds_total{cpu="0",mode="${mode}"}`);
    const [used, all] = columnsOf(
      modes.flatMap((name, i) => samples(name, [0, i === 0 ? 12 : 3])),
      'cpu_used_ratio',
    );
    expect(used?.times).toBe(all?.times);
    expect(all?.values[1]).toBeCloseTo(1, 12);
  });

  test('are unknown while one is missing, and go on when it has been away for long', () => {
    const always = samples(IDLE(0), Array(50).fill(1));
    const leaves = samples(IDLE(1), Array(5).fill(1));
    const [count] = columnsOf([...always, ...leaves], 'cpu_cores');
    const values = Array.from(count?.values ?? []);
    expect(values.slice(0, 5)).toEqual([2, 2, 2, 2, 2]);
    expect(values.slice(5, 45).every(Number.isNaN)).toBe(true);
    expect(values.slice(45)).toEqual([1, 1, 1, 1, 1]);
  });

  test('go on at once without one that said it ended, and take up one that is new', () => {
    const [count] = columnsOf(
      [
        ...samples(IDLE(0), [1, 1, 1, 1]),
        ...samples(IDLE(1), [1, 1, NONE]),
        ...samples(IDLE(2), [1], { startMs: DAY + 3 * STEP }),
      ],
      'cpu_cores',
    );
    expect(count?.values).toEqual(Float64Array.of(2, 2, 1, 2));
  });

  test('have no rate while a new one has none', () => {
    const [, all] = columnsOf(
      [
        ...samples('node_cpu_seconds_total{cpu="0",mode="user"}', [0, 15, 30, 45]),
        ...samples('node_cpu_seconds_total{cpu="1",mode="user"}', [0, 15], {
          startMs: DAY + 2 * STEP,
        }),
      ],
      'cpu_used_ratio',
    );
    expect(all?.values).toEqual(Float64Array.of(NONE, 1, NONE, 2));
  });
});
