import { expect, test } from 'vitest';
import { Sightings } from '../../src/collector/sightings.ts';

const looked = (device: string, timeMs: number, value: number) => ({
  device,
  indicator: 'reachable' as const,
  item: '',
  timeMs,
  value,
});

test('a probe says when a device was up, whatever else arrives from it', () => {
  const sightings = new Sightings(() => 90_000);
  sightings.note([looked('switch', 10_000, 1), looked('switch', 40_000, 0)]);
  sightings.note([looked('switch', 70_000, 0)]);
  expect(sightings.provenUpMs('switch')).toBe(10_000);
  expect(sightings.checkEveryMs('switch')).toBe(30_000);
  sightings.note([looked('switch', 100_000, 1)]);
  expect(sightings.provenUpMs('switch')).toBe(100_000);
});

test('one that never answered was never proven up', () => {
  const sightings = new Sightings(() => 0);
  sightings.note([looked('new', 10_000, 0)]);
  expect(sightings.provenUpMs('new')).toBeNull();
});

test('without a probe the newest sample of the device counts', () => {
  const sightings = new Sightings((device) => (device === 'web' ? 5_000 : 0));
  expect(sightings.provenUpMs('web')).toBe(5_000);
  expect(sightings.provenUpMs('stranger')).toBeNull();
  expect(sightings.checkEveryMs('web')).toBe(60_000);
});

test('late values and other indicators change nothing', () => {
  const sightings = new Sightings(() => 0);
  sightings.note([looked('switch', 40_000, 1), looked('switch', 10_000, 0)]);
  sightings.note([{ ...looked('switch', 90_000, 0), indicator: 'load1' }]);
  expect(sightings.provenUpMs('switch')).toBe(40_000);
});
