import { describe, expect, test } from 'vitest';
import { compilePlan } from '../../../src/collector/indicators/plan.ts';
import { series } from './samples.ts';

const entries = (...texts: string[]) =>
  texts.map((text, number) => ({ series: number, labels: series(text) }));
const summary = (...texts: string[]) =>
  compilePlan(entries(...texts)).figures.map(({ indicator, item }) => `${indicator}{${item}}`);

describe('compilePlan', () => {
  test('ignores series no recipe takes, and a device without any', () => {
    expect(compilePlan([])).toEqual({ cells: [], guards: [], sums: [], outputs: [], figures: [] });
    expect(summary('node_forks_total', 'go_goroutines')).toEqual([]);
  });

  test('makes nothing of a recipe that lacks a part', () => {
    expect(summary('node_memory_MemAvailable_bytes')).toEqual([]);
    expect(summary('node_memory_MemTotal_bytes')).toEqual(['memory_size_bytes{}']);
  });

  test('works without a series that only guards', () => {
    const { outputs } = compilePlan(entries('node_timex_offset_seconds'));
    expect(outputs).toHaveLength(1);
    expect(outputs[0]?.when).toBe(-1);
  });

  test('reads a series once, however many recipes take it', () => {
    const modes = ['idle', 'iowait', 'steal', 'user'];
    const plan = compilePlan(
      entries(...modes.map((mode) => `node_cpu_seconds_total{cpu="0",mode="${mode}"}`)),
    );
    // As rates for the ratios, and `idle` as it is for the count.
    expect(plan.cells).toHaveLength(5);
    const [used, , iowait] = plan.outputs;
    expect(used?.over).toEqual(iowait?.over);
  });

  test('adds up in the order of labels, not of series numbers', () => {
    const texts = ['1', '0', '2'].map((cpu) => `node_cpu_seconds_total{cpu="${cpu}",mode="idle"}`);
    const plan = compilePlan(entries(...texts));
    const count = plan.sums.find(({ counts }) => counts);
    expect(Array.from(count?.cells ?? [], (cell) => plan.cells[cell]?.series)).toEqual([1, 0, 2]);
  });

  test('does not join series that differ in a label', () => {
    expect(
      summary('node_memory_SwapTotal_bytes{job="a"}', 'node_memory_SwapFree_bytes{job="b"}'),
    ).toEqual(['swap_size_bytes{}']);
  });

  test('prefers earlier rows, then the order of labels', () => {
    const plan = compilePlan(
      entries('node_load1{job="b"}', 'load1{job="z"}', 'node_load1{job="a"}'),
    );
    const [figure] = plan.figures;
    const order = figure?.outputs.map((output) => {
      const [sum = -1] = plan.outputs[output]?.plus ?? [];
      return plan.cells[plan.sums[sum]?.cells[0] ?? -1]?.series;
    });
    expect(order).toEqual([1, 2, 0]);
  });

  test('hides the longer of two mount points of one device, of one job', () => {
    const size = (mountpoint: string, device: string, job: string) =>
      `node_filesystem_size_bytes{device="${device}",fstype="xfs",mountpoint="${mountpoint}",job="${job}"}`;
    const { outputs } = compilePlan(
      entries(
        size('/srv/data', '/dev/sdb', 'a'),
        size('/srv', '/dev/sdb', 'a'),
        size('/srv/data', '/dev/sdb', 'b'),
        size('/opt', '/dev/sdc', 'a'),
      ),
    );
    expect(
      outputs.map(({ item, hiddenBy }) => [item, hiddenBy.map((o) => outputs[o]?.item)]),
    ).toEqual(
      expect.arrayContaining([
        ['/srv/data', ['/srv']],
        ['/srv/data', []],
        ['/opt', []],
      ]),
    );
  });
});
