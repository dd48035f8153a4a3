import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createColumns } from '../../../src/collector/indicators/columns.ts';
import {
  createDeviceState,
  evaluateDevice,
} from '../../../src/collector/indicators/device-state.ts';
import { computeSlots } from '../../../src/collector/indicators/figure-slots.ts';
import { openHistory, openLiveIndicators } from '../../../src/collector/indicators/indicators.ts';
import { outputColumn } from '../../../src/collector/indicators/output-column.ts';
import { compilePlan, type Output } from '../../../src/collector/indicators/plan.ts';
import { labelsKey, type Sample } from '../../../src/shared/sample.ts';
import { SLOT_MS } from '../../../src/shared/units.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { pasts } from './past.ts';
import { DAY, HOUR, MINUTE, samples, scrape, windows } from './samples.ts';

/** What each output of the plan had at each time: live, one scrape after the other. */
function liveColumns(scrapes: readonly (readonly Sample[])[]): string[] {
  const list = windows(scrapes.flat());
  const plan = compilePlan(list.map(({ labels }, series) => ({ series, labels })));
  const state = createDeviceState('host', plan);
  const numbers = new Map(list.map(({ labels }, series) => [labelsKey(labels), series]));
  const latest = {
    times: new Float64Array(list.length),
    values: new Float64Array(list.length).fill(Number.NaN),
  };
  const seen: string[] = [];
  for (const one of scrapes) {
    for (const { labels, timeMs, value } of one) {
      const number = numbers.get(labelsKey(labels)) ?? 0;
      latest.times[number] = timeMs;
      latest.values[number] = value;
    }
    const before = state.reading.outputTimes.slice();
    evaluateDevice(state, latest, []);
    state.reading.outputTimes.forEach((time, output) => {
      const value = state.reading.outputValues[output];
      if (time !== before[output] && !Number.isNaN(value)) seen.push(`${output} ${time} ${value}`);
    });
  }
  return seen.sort();
}

/** The same, from the columns of the whole window at once. */
function historyColumns(scrapes: readonly (readonly Sample[])[]): string[] {
  const list = windows(scrapes.flat());
  const plan = compilePlan(list.map(({ labels }, series) => ({ series, labels })));
  const columns = createColumns(plan, list);
  const seen: string[] = [];
  plan.outputs.forEach((_, output) => {
    const { times, values } = outputColumn(plan.outputs[output] as Output, columns);
    times.forEach((time, i) => {
      if (!Number.isNaN(values[i])) seen.push(`${output} ${time} ${values[i]}`);
    });
  });
  return seen.sort();
}

describe('live and history', () => {
  test('are the same arithmetic: every value of every recipe, to the bit', () => {
    fc.assert(
      fc.property(pasts(DAY, 40), (past) => {
        expect(historyColumns(past)).toEqual(liveColumns(past));
      }),
      { numRuns: 150 },
    );
  });

  test('agree about a recorded host', () => {
    const past = [1, 2].map((n) => scrape(`small-host-${n}`, DAY + n * MINUTE));
    expect(historyColumns(past)).toEqual(liveColumns(past));
    expect(liveColumns(past).length).toBeGreaterThan(40);
  });

  test('a slot of a level is the mean of what live returned in it', async () => {
    const store = memoryStore();
    const live = openLiveIndicators(store);
    const sums = new Map<number, number[]>();
    for (const one of samples('node_load1', [3, 5, 1, 8, 8, 2, 9], { stepMs: MINUTE })) {
      await store.add([one]);
      for (const { timeMs, value } of live.update()) {
        const slot = Math.floor((timeMs - DAY) / SLOT_MS);
        sums.set(slot, [...(sums.get(slot) ?? []), value]);
      }
    }
    const [load] = await openHistory(store).slots('host', DAY, DAY + HOUR);
    for (const [slot, values] of sums) {
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      expect(load?.mean[slot]).toBeCloseTo(mean, 3);
    }
    expect(sums.size).toBe(2);
  });

  test('of two jobs each slot takes the first one that has something', () => {
    const first = samples('node_load1{job="a"}', [1, 1, 1], { stepMs: SLOT_MS });
    const second = samples('node_load1{job="b"}', [2, 2, 2, 2, 2], { stepMs: SLOT_MS });
    const [load] = computeSlots(windows([...second, ...first]), { startMs: DAY, slots: 6 });
    expect(load?.mean).toEqual(Float64Array.of(1, 1, 1, 2, 2, Number.NaN));
  });

  test('a mount point is hidden in the slots in which its shorter name has data', () => {
    const size = (mountpoint: string) =>
      `node_filesystem_size_bytes{device="/dev/sdb",fstype="xfs",mountpoint="${mountpoint}"}`;
    const figures = computeSlots(
      windows([
        ...samples(size('/a'), [7, 7], { stepMs: SLOT_MS }),
        ...samples(size('/a/b'), [7, 7, 7, 7], { stepMs: SLOT_MS }),
      ]),
      { startMs: DAY, slots: 4 },
    );
    const none = Number.NaN;
    expect(figures.map(({ item, mean }) => [item, ...mean])).toEqual([
      ['/a', 7, 7, none, none],
      ['/a/b', none, none, 7, 7],
    ]);
  });
});
