import { expect, test } from 'vitest';
import { everyTime } from '../../../src/collector/indicators/times.ts';

const times = (...list: number[]) => ({ times: Float64Array.from(list) });

test('everyTime: ascending, each once', () => {
  expect(everyTime([times(10, 30), times(), times(5, 10, 200), times(30)])).toEqual(
    Float64Array.of(5, 10, 30, 200),
  );
  expect(everyTime([])).toEqual(new Float64Array());
});
