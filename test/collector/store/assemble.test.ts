import { expect, test } from 'vitest';
import { Arena } from '../../../src/collector/store/arena.ts';
import { ALL_TIME, assemble } from '../../../src/collector/store/assemble.ts';
import type { Column } from '../../../src/collector/store/block-codec/device-block.ts';
import { writeRow } from '../../../src/collector/store/journal-row.ts';
import { Pace } from '../../../src/collector/store/pace.ts';
import { encodeBlock } from '../../../src/collector/store/seal.ts';
import { encodeRuns } from '../../../src/collector/store/shapes.ts';

type Points = Record<number, [number, number][]>;

const block = async (points: Points): Promise<Uint8Array> => {
  const columns: Column[] = Object.entries(points).map(([series, list]) => ({
    series: Number(series),
    times: Float64Array.from(list, ([time]) => time),
    values: Float64Array.from(list, ([, value]) => value),
  }));
  return (await encodeBlock(columns, 'quick')).payload;
};

const row = (series: number, time: number, value: number): Uint8Array =>
  writeRow(new Arena(), {
    series: Uint32Array.of(series),
    runs: encodeRuns(Uint32Array.of(series)),
    times: Float64Array.of(time),
    values: Float64Array.of(value),
    places: null,
  }).payload;

const points = (columns: readonly Column[]): Points =>
  Object.fromEntries(
    columns.map(({ series, times, values }) => [
      series,
      [...times].map((time, i): [number, number] => [time, values[i]!]),
    ]),
  );

test('blocks and rows are one history: what was written last wins', async () => {
  const blocks = [
    await block({
      1: [
        [10, 1],
        [20, 2],
        [30, 3],
      ],
      2: [[10, 9]],
    }),
    await block({
      1: [
        [20, 22],
        [40, 4],
      ],
    }),
  ];
  const rows = [row(1, 30, 33), row(1, 50, 5), row(3, 5, 7)];
  const columns = await assemble({ blocks, rows }, ALL_TIME);
  expect(columns.map(({ series }) => series)).toEqual([1, 2, 3]);
  expect(points(columns)).toEqual({
    1: [
      [10, 1],
      [20, 22],
      [30, 33],
      [40, 4],
      [50, 5],
    ],
    2: [[10, 9]],
    3: [[5, 7]],
  });
});

test('only the range is kept, and series outside it are left out', async () => {
  const blocks = [
    await block({
      1: [
        [10, 1],
        [20, 2],
        [30, 3],
      ],
      2: [[10, 9]],
    }),
  ];
  const rows = [row(1, 40, 4), row(1, 15, 5), row(3, 99, 1)];
  const columns = await assemble({ blocks, rows }, { fromMs: 15, toMs: 40 });
  expect(points(columns)).toEqual({
    1: [
      [15, 5],
      [20, 2],
      [30, 3],
    ],
  });
});

test('a pause is made by the amount of work', async () => {
  class Counting extends Pace {
    breaths = 0;
    override breathe(): Promise<void> {
      this.breaths++;
      return super.breathe();
    }
  }
  const long: [number, number][] = Array.from({ length: 100 }, (_, i) => [i, i]);
  const pace = new Counting(150);
  await assemble(
    { blocks: [await block({ 1: long, 2: long, 3: long, 4: long })], rows: [] },
    ALL_TIME,
    pace,
  );
  expect(pace.breaths).toBe(2);
});

test('nothing gives nothing', async () => {
  expect(await assemble({ blocks: [], rows: [] }, ALL_TIME)).toEqual([]);
});

test('a block tells its first and last time and its samples', async () => {
  const column = (series: number, ...times: number[]): Column => ({
    series,
    times: Float64Array.from(times),
    values: new Float64Array(times.length),
  });
  const encoded = await encodeBlock([column(1, 5, 9), column(2, 3, 4, 7)], 'thorough');
  expect(encoded).toMatchObject({ fromMs: 3, toMs: 9, samples: 5 });
});
