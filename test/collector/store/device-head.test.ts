import { expect, test } from 'vitest';
import { applyHead, encodeHead } from '../../../src/collector/store/device-head.ts';
import { DeviceState } from '../../../src/collector/store/device-state.ts';
import { LatestSamples } from '../../../src/collector/store/latest-samples.ts';
import { bitsOf, doubleOf, STALE, T0 } from './rig.ts';

function device(...series: number[]): DeviceState {
  const state = new DeviceState(1, 'a');
  state.series = series;
  return state;
}

test('newest samples come back with their bits', () => {
  const latest = new LatestSamples();
  latest.set(3, T0, 1.5);
  latest.set(7, T0 + 5, doubleOf(...STALE)[0]!);
  const head = encodeHead(device(3, 7, 9), latest);
  const again = new LatestSamples();
  const state = device(3, 7, 9);
  applyHead(Buffer.concat([Buffer.alloc(1), head]).subarray(1), state, again);
  expect([again.times[3], again.values[3]]).toEqual([T0, 1.5]);
  expect([again.times[7], bitsOf(again.values[7]!)]).toEqual([T0 + 5, '7ff0000000000002']);
  expect(again.times[9]).toBe(Number.NEGATIVE_INFINITY);
  expect(state.newestMs).toBe(T0 + 5);
});

test('what is newer in memory stays, and series that are gone are ignored', () => {
  const latest = new LatestSamples();
  latest.set(3, T0, 1);
  latest.set(4, T0, 2);
  const head = encodeHead(device(3, 4), latest);
  const again = new LatestSamples();
  again.set(3, T0 + 1, 9);
  applyHead(head, device(3), again);
  expect([again.values[3], again.times[4]]).toEqual([9, Number.NEGATIVE_INFINITY]);
});

test('a head costs twenty bytes a series', () => {
  expect(encodeHead(device(1, 2, 3), new LatestSamples()).length).toBe(60);
});
