import { expect, test } from 'vitest';
import { Arena } from '../../../src/collector/store/arena.ts';
import { writeRow } from '../../../src/collector/store/journal-row.ts';
import { RowGatherer } from '../../../src/collector/store/row-gatherer.ts';
import { encodeRuns } from '../../../src/collector/store/shapes.ts';

const row = (...samples: [series: number, time: number, value: number][]): Uint8Array => {
  const series = Uint32Array.from(samples, ([number]) => number);
  return writeRow(new Arena(), {
    series,
    runs: encodeRuns(series),
    times: Float64Array.from(samples, ([, time]) => time),
    values: Float64Array.from(samples, ([, , value]) => value),
    places: null,
  }).payload;
};

const gathered = (gatherer: RowGatherer): Record<number, [number, number][]> =>
  Object.fromEntries(
    [...gatherer.stretches()].map(([series, { times, values }]) => [
      series,
      [...times].map((time, i) => [time, values[i]!]),
    ]),
  );

test('rows become one stretch per series, in order of their writing', () => {
  const gatherer = new RowGatherer(3);
  expect(gatherer.add(row([1, 10, 100], [2, 10, 200]))).toBe(2);
  expect(gatherer.add(row([1, 30, 101], [2, 30, 201]))).toBe(2);
  expect(gatherer.add(row([1, 20, 102]))).toBe(1);
  expect(gathered(gatherer)).toEqual({
    1: [
      [10, 100],
      [30, 101],
      [20, 102],
    ],
    2: [
      [10, 200],
      [30, 201],
    ],
  });
});

test('rows of changing series find their columns', () => {
  const gatherer = new RowGatherer(1);
  gatherer.add(row([1, 1, 1], [2, 1, 2], [3, 1, 3]));
  gatherer.add(row([2, 2, 4], [3, 2, 5]));
  gatherer.add(row([3, 3, 6], [1, 3, 7], [9, 3, 8]));
  gatherer.add(row([1, 4, 9], [2, 4, 10], [3, 4, 11]));
  expect(gathered(gatherer)).toEqual({
    1: [
      [1, 1],
      [3, 7],
      [4, 9],
    ],
    2: [
      [1, 2],
      [2, 4],
      [4, 10],
    ],
    3: [
      [1, 3],
      [2, 5],
      [3, 6],
      [4, 11],
    ],
    9: [[3, 8]],
  });
});

test('columns grow past what was expected', () => {
  const gatherer = new RowGatherer(2);
  for (let i = 0; i < 100; i++) gatherer.add(row([1, i, i], [1, i + 0, i]));
  expect(gathered(gatherer)[1]).toHaveLength(200);
});

test('nothing gives nothing', () => {
  expect(gathered(new RowGatherer(0))).toEqual({});
});
