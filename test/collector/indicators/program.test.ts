import { describe, expect, test } from 'vitest';
import { compilePlan } from '../../../src/collector/indicators/plan.ts';
import { compileProgram } from '../../../src/collector/indicators/program.ts';
import { scrape } from './samples.ts';

describe('compileProgram', () => {
  const plan = compilePlan(
    scrape('small-host-1', 0).map(({ labels }, series) => ({ series, labels })),
  );
  const program = compileProgram(plan);

  test('says of every sum the same as the plan', () => {
    plan.sums.forEach(({ cells, counts }, s) => {
      const flat = program.sumCells.slice(program.sumStarts[s], program.sumStarts[s + 1]);
      expect(flat).toEqual(cells);
      expect(program.sumCounts[s]).toBe(counts ? 1 : 0);
    });
    expect(program.sumStarts.at(-1)).toBe(program.sumCells.length);
  });

  test('says of every output the same as the plan', () => {
    plan.outputs.forEach(({ plus, minus, over, when }, o) => {
      const [a, b, c, d] = program.outputStarts.slice(4 * o, 4 * o + 4);
      expect([...program.outputSums.slice(a, b)]).toEqual(plus);
      expect([...program.outputSums.slice(b, c)]).toEqual(minus);
      expect([...program.outputSums.slice(c, d)]).toEqual(over);
      expect(program.outputWhen[o]).toBe(when);
    });
  });

  test('knows where there is something to choose', () => {
    plan.figures.forEach(({ indicator, item, outputs }, f) => {
      const hidden = plan.outputs[outputs[0] ?? -1]?.hiddenBy.length !== 0;
      const expected = outputs.length === 1 && !hidden ? outputs[0] : -1;
      expect(program.figureOutput[f], `${indicator} ${item}`).toBe(expected);
    });
    // Two recipes for the uptime, two mount points of one device.
    expect([...program.figureOutput].filter((output) => output === -1).length).toBeGreaterThan(1);
  });

  test('of nothing is nothing', () => {
    const empty = compileProgram(compilePlan([]));
    expect(empty.cellSeries).toHaveLength(0);
    expect(empty.sumStarts).toEqual(Int32Array.of(0));
  });
});
