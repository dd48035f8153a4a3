import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wordsOf } from '../../../src/collector/store/block-codec/double-column.ts';
import { cutStretch, mergeStretches, type Stretch } from '../../../src/collector/store/merge.ts';
import { doubleOf, STALE } from './rig.ts';

const stretch = (...points: [number, number][]): Stretch => ({
  times: Float64Array.from(points, ([time]) => time),
  values: Float64Array.from(points, ([, value]) => value),
});

const points = ({ times, values }: Stretch): [number, number][] =>
  [...times].map((time, i) => [time, values[i]!]);

test('stretches in order are only joined', () => {
  const merged = mergeStretches([stretch([1, 10], [2, 20]), stretch([3, 30])]);
  expect(points(merged)).toEqual([
    [1, 10],
    [2, 20],
    [3, 30],
  ]);
});

test('one ascending stretch is returned as it is', () => {
  const only = stretch([1, 10], [2, 20]);
  expect(mergeStretches([only])).toBe(only);
  expect(points(mergeStretches([]))).toEqual([]);
});

test('the last one written wins where times are equal', () => {
  const merged = mergeStretches([stretch([1, 10], [2, 20]), stretch([2, 21], [1, 11], [2, 22])]);
  expect(points(merged)).toEqual([
    [1, 11],
    [2, 22],
  ]);
});

test('any stretches merge to what a map that they are put into one after the other holds', () => {
  const any = fc.array(fc.tuple(fc.nat(20), fc.nat(5)), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 5 }), (lists) => {
      const expected = new Map<number, number>();
      for (const [time, value] of lists.flat()) expected.set(time, value);
      const merged = mergeStretches(lists.map((list) => stretch(...list)));
      expect(points(merged)).toEqual([...expected].sort(([a], [b]) => a - b));
    }),
  );
});

test('a NaN keeps its payload when samples change places', () => {
  const values = new Float64Array(3);
  values.set(doubleOf(...STALE), 1);
  const merged = mergeStretches([{ times: Float64Array.of(3, 1, 2), values }]);
  expect([...merged.times]).toEqual([1, 2, 3]);
  expect([...wordsOf(merged.values).subarray(0, 2)]).toEqual([STALE[1], STALE[0]]);
});

test('cutting keeps from ≤ time < to', () => {
  const whole = stretch([1, 10], [2, 20], [3, 30]);
  expect(points(cutStretch(whole, 2, 3))).toEqual([[2, 20]]);
  expect(points(cutStretch(whole, 3, 9))).toEqual([[3, 30]]);
  expect(points(cutStretch(whole, 4, 9))).toEqual([]);
  expect(cutStretch(whole, 0, 4)).toBe(whole);
});
