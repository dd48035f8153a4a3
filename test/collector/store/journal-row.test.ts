import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arena } from '../../../src/collector/store/arena.ts';
import { wordsOf } from '../../../src/collector/store/block-codec/double-column.ts';
import { markLate, RowReader, writeRow } from '../../../src/collector/store/journal-row.ts';
import { encodeRuns } from '../../../src/collector/store/shapes.ts';
import { doubleOf, STALE, T0 } from './rig.ts';

const samples = fc.array(
  fc.record({
    series: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2 ** 32 - 1 })),
    time: fc.oneof(fc.constant(T0), fc.integer({ min: -(2 ** 49), max: 2 ** 49 })),
    high: fc.nat(0xffffffff),
    low: fc.nat(0xffffffff),
  }),
  { minLength: 1, maxLength: 60 },
);

test('rows come back bit for bit, one after the other from the same memory', () => {
  const arena = new Arena();
  const reader = new RowReader();
  fc.assert(
    fc.property(fc.array(samples, { maxLength: 4 }), fc.boolean(), (rows, sameTime) => {
      const written = rows.map((list) => {
        const series = Uint32Array.from(list, (sample) => sample.series);
        const times = Float64Array.from(list, ({ time }) => (sameTime ? T0 : time));
        const values = new Float64Array(list.length);
        for (const [i, { high, low }] of list.entries()) values.set(doubleOf(high, low), i);
        const row = writeRow(arena, {
          series,
          runs: encodeRuns(series),
          times,
          values,
          places: null,
        });
        return { series, times, values, row };
      });
      for (const { series, times, values, row } of written) {
        expect([row.fromMs, row.toMs]).toEqual([Math.min(...times), Math.max(...times)]);
        // As from the database: at any alignment.
        const shifted = Buffer.concat([Buffer.alloc(3), row.payload]).subarray(3);
        for (const payload of [row.payload, shifted]) {
          reader.read(payload);
          expect(reader.count).toBe(series.length);
          expect(reader.late).toBe(false);
          expect(reader.series.subarray(0, reader.count)).toEqual(series);
          expect(reader.times.subarray(0, reader.count)).toEqual(times);
          expect(wordsOf(reader.values.slice())).toEqual(wordsOf(values));
        }
      }
      arena.reset();
    }),
    { numRuns: 300 },
  );
});

test('places pick the samples of one device out of a request', () => {
  const reader = new RowReader();
  const values = Float64Array.of(1, 0, 3, 4);
  values.set(doubleOf(...STALE), 1);
  const row = writeRow(new Arena(), {
    series: Uint32Array.of(7, 8),
    runs: encodeRuns(Uint32Array.of(7, 8)),
    times: Float64Array.of(10, 20, 30, 20),
    values,
    places: Uint32Array.of(3, 1),
  });
  expect([row.fromMs, row.toMs, row.times]).toEqual([20, 20, null]);
  reader.read(row.payload);
  expect([...reader.times.subarray(0, 2)]).toEqual([20, 20]);
  expect(reader.values[0]).toBe(4);
  expect([...wordsOf(reader.values.slice()).subarray(2)]).toEqual([STALE[1], STALE[0]]);
});

test('a row knows whether some of its samples are late', () => {
  const series = Uint32Array.of(1);
  const [times, values] = [Float64Array.of(T0), Float64Array.of(5)];
  const row = writeRow(new Arena(), {
    series,
    runs: encodeRuns(series),
    times,
    values,
    places: null,
  });
  markLate(row);
  const reader = new RowReader();
  reader.read(row.payload);
  expect([reader.late, reader.times[0], reader.values[0]]).toEqual([true, T0, 5]);
});

test('a hundred samples of one scrape take their values and a few bytes', () => {
  const series = Uint32Array.from({ length: 100 }, (_, i) => 5_000 + i);
  const { payload } = writeRow(new Arena(), {
    series,
    runs: encodeRuns(series),
    times: new Float64Array(100).fill(T0),
    values: new Float64Array(100),
    places: null,
  });
  expect(payload.length).toBeLessThan(800 + 32);
});

test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 52])(
  'the time %s is refused',
  (time) => {
    const row = (times: number[]) =>
      writeRow(new Arena(), {
        series: Uint32Array.of(1, 2),
        runs: encodeRuns(Uint32Array.of(1, 2)),
        times: Float64Array.from(times),
        values: new Float64Array(2),
        places: null,
      });
    expect(() => row([time, time])).toThrow('a sample has the time');
    expect(() => row([T0, time])).toThrow('a sample has the time');
  },
);

test('a row larger than a chunk of memory has a chunk of its own', () => {
  const count = 200_000;
  const arena = new Arena();
  const series = Uint32Array.from({ length: count }, (_, i) => i + 1);
  const values = Float64Array.from(series);
  const row = writeRow(arena, {
    series,
    runs: encodeRuns(series),
    times: new Float64Array(count).fill(T0),
    values,
    places: null,
  });
  const reader = new RowReader();
  reader.read(row.payload);
  expect(reader.values.subarray(0, count)).toEqual(values);
});
