import { expect, test } from 'vitest';
import { LatestSamples } from '../../../src/collector/store/latest-samples.ts';
import { SeriesDictionary } from '../../../src/collector/store/series-dictionary.ts';
import { encodeRuns, SplitShape, splitShapeOf } from '../../../src/collector/store/shapes.ts';
import { series } from './rig.ts';

const dictionary = () =>
  new SeriesDictionary(new LatestSamples(), { seriesPerSender: 100, seriesPerCollector: 1000 });

test('a request of one device is one part, all of it in order', () => {
  const known = dictionary();
  const numbers = ['b', 'a', 'c'].map((name) =>
    known.resolve(series(name, { instance: 'x' }), 's'),
  );
  const { parts } = new SplitShape([numbers[2]!, numbers[0]!], known);
  expect(parts).toHaveLength(1);
  expect(parts[0]?.places).toBeNull();
  expect([...parts[0]!.series]).toEqual([numbers[2], numbers[0]]);
});

test('a request of several devices is split, each part knowing its places', () => {
  const known = dictionary();
  const numbers = ['x', 'y', 'x', 'y'].map((instance, i) =>
    known.resolve(series(`m${i}`, { instance }), 's'),
  );
  const { parts } = new SplitShape(numbers, known);
  expect(parts.map(({ device, places }) => [device.name, [...places!]])).toEqual([
    ['x', [0, 2]],
    ['y', [1, 3]],
  ]);
});

test('neighbouring numbers are one run', () => {
  expect(encodeRuns(Uint32Array.from({ length: 1000 }, (_, i) => 500 + i)).length).toBe(4);
  expect(encodeRuns(Uint32Array.of(9, 7, 8)).length).toBe(4);
});

test('only shapes made here are taken', () => {
  const stranger = { series: Uint32Array.of(1), generation: 1 };
  expect(() => splitShapeOf(stranger)).toThrow('BUG');
});
