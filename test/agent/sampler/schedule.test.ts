import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSchedule } from '../../../src/agent/sampler/schedule.ts';

/** Runs the schedule as a timer would: from due time to due time, until `untilMs`. */
function play(schedule: ReturnType<typeof createSchedule>, untilMs: number) {
  const cycles: { atMs: number; due: readonly number[] }[] = [];
  while (schedule.nextMs() <= untilMs) {
    const atMs = schedule.nextMs();
    cycles.push({ atMs, due: schedule.take(atMs) });
  }
  return cycles;
}

test('sources of one interval are due together, once per interval', () => {
  const cycles = play(
    createSchedule([15_000, 15_000, 15_000], 0, () => 0.4),
    60_000,
  );
  expect(cycles).toEqual([
    { atMs: 6_000, due: [0, 1, 2] },
    { atMs: 21_000, due: [0, 1, 2] },
    { atMs: 36_000, due: [0, 1, 2] },
    { atMs: 51_000, due: [0, 1, 2] },
  ]);
});

test('a slower source joins a cycle of the faster ones', () => {
  const cycles = play(
    createSchedule([15_000, 60_000], 0, () => 0.5),
    120_000,
  );
  const slow = cycles.filter(({ due }) => due.includes(1));
  expect(slow.map(({ atMs }) => atMs)).toEqual([37_500, 97_500]);
  expect(slow.every(({ due }) => due.includes(0))).toBe(true);
});

test('intervals that do not fit together keep their own pace', () => {
  const cycles = play(
    createSchedule([15_000, 20_000], 0, () => 0),
    60_000,
  );
  expect(cycles.filter(({ due }) => due.includes(1)).map(({ atMs }) => atMs)).toEqual([
    0, 20_000, 40_000, 60_000,
  ]);
});

test('due times a moment apart are one cycle, longer apart they are two', () => {
  const close = play(
    createSchedule([10_000, 10_090], 0, () => 0),
    10_200,
  );
  expect(close.map(({ due }) => due)).toEqual([
    [0, 1],
    [0, 1],
  ]);
  const apart = play(
    createSchedule([10_000, 10_110], 0, () => 0),
    10_200,
  );
  expect(apart.map(({ due }) => due)).toEqual([[0, 1], [0], [1]]);
});

test('agents started together beat apart', () => {
  const phases = [0, 0.25, 0.5, 0.75].map((chance) =>
    createSchedule([15_000], 1_000, () => chance).nextMs(),
  );
  expect(phases).toEqual([1_000, 4_750, 8_500, 12_250]);
});

describe('properties', () => {
  const intervals = fc.array(fc.integer({ min: 1_000, max: 300_000 }), {
    minLength: 1,
    maxLength: 6,
  });
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test('everything is due within its interval, then every interval, for ever', () => {
    fc.assert(
      fc.property(intervals, chance, (intervalsMs, random) => {
        const cycles = play(
          createSchedule(intervalsMs, 0, () => random),
          1_000_000,
        );
        intervalsMs.forEach((intervalMs, index) => {
          const times = cycles.filter(({ due }) => due.includes(index)).map(({ atMs }) => atMs);
          expect(times[0]).toBeLessThanOrEqual(intervalMs);
          for (let i = 1; i < times.length; i++) {
            // A cycle takes along what is due within a tenth of a second.
            expect(Math.abs((times[i] ?? 0) - (times[i - 1] ?? 0) - intervalMs)).toBeLessThan(101);
          }
        });
      }),
    );
  });

  test('every cycle has something due, and time goes on', () => {
    fc.assert(
      fc.property(intervals, chance, (intervalsMs, random) => {
        const cycles = play(
          createSchedule(intervalsMs, 0, () => random),
          500_000,
        );
        cycles.forEach(({ atMs, due }, i) => {
          expect(due.length).toBeGreaterThan(0);
          expect(atMs).toBeGreaterThan(cycles[i - 1]?.atMs ?? -1);
        });
      }),
    );
  });
});

test('after a standstill turns are left out, not made up for, and the phase stays', () => {
  const schedule = createSchedule([10_000], 0, () => 0.5);
  expect(schedule.nextMs()).toBe(5_000);
  expect(schedule.take(1_003_000)).toEqual([0]);
  expect(schedule.nextMs()).toBe(1_005_000);
});

test('nothing is due before its time', () => {
  const schedule = createSchedule([10_000], 0, () => 0.5);
  expect(schedule.take(4_000)).toEqual([]);
  expect(schedule.nextMs()).toBe(5_000);
});
