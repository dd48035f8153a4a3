import { expect, test } from 'vitest';
import { LatestSamples } from '../../../src/collector/store/latest-samples.ts';
import { SeriesDictionary } from '../../../src/collector/store/series-dictionary.ts';
import { makeLabels } from '../../../src/shared/sample.ts';
import { series } from './rig.ts';

const dictionary = (limits = {}) =>
  new SeriesDictionary(new LatestSamples(), {
    seriesPerSender: 100,
    seriesPerCollector: 1000,
    ...limits,
  });

test('a series has one number, whoever asks', () => {
  const known = dictionary();
  const up = series('up', { instance: 'a' });
  expect(known.resolve(up, 'x')).toBe(known.resolve(series('up', { instance: 'a' }), 'y'));
  expect(known.resolve(series('up', { instance: 'b' }), 'x')).not.toBe(known.resolve(up, 'x'));
});

test('the device is the instance, or the sender where there is none', () => {
  const known = dictionary();
  expect(known.deviceOf(known.resolve(series('up', { instance: 'a' }), 'x')).name).toBe('a');
  expect(known.deviceOf(known.resolve(series('up'), 'x')).name).toBe('x');
  expect(known.deviceOf(known.resolve(series('up'), 'y')).name).toBe('y');
});

test('labels come back as they were, sorted', () => {
  const known = dictionary();
  const odd = makeLabels([
    ['zone', 'a=b,{c}"\n值'],
    ['__name__', 'up'],
    ['instance', 'a:9100'],
  ]);
  expect(known.labelsOf(known.resolve(odd, 'x'))).toEqual(odd);
  expect(Object.keys(known.labelsOf(1))).toEqual(['__name__', 'instance', 'zone']);
  const without = series('up', { job: 'x' });
  expect(known.labelsOf(known.resolve(without, 'x'))).toEqual(without);
});

test.each(['\u0000', '\u0001', '\u0002'])('the control character %j is refused', (character) => {
  const known = dictionary();
  expect(() => known.resolve(series('up', { a: `x${character}y` }), 'x')).toThrow('control');
  expect(() => known.resolve(series('up', { instance: `a${character}` }), 'x')).toThrow('control');
  expect(known.size).toBe(0);
});

test('a sender with all its series may send what is known, and nothing more', () => {
  const known = dictionary({ seriesPerSender: 2 });
  const first = known.resolve(series('a'), 'x');
  known.resolve(series('b'), 'x');
  expect(() => known.resolve(series('c'), 'x')).toThrow(/x sends more than 2 series/);
  expect(known.resolve(series('a'), 'x')).toBe(first);
  expect(known.resolve(series('c'), 'y')).toBe(3);
});

test('the collector has a limit, too, with a hint', () => {
  const known = dictionary({ seriesPerCollector: 1 });
  known.resolve(series('a'), 'x');
  expect(() => known.resolve(series('b'), 'y')).toThrow(
    expect.objectContaining({ code: 'limit_reached', hint: expect.stringContaining('remove') }),
  );
});

test('a refused series leaves neither a device nor a sender behind', () => {
  const known = dictionary({ seriesPerCollector: 1 });
  known.resolve(series('a', { instance: 'a' }), 'x');
  expect(() => known.resolve(series('b', { instance: 'b' }), 'y')).toThrow();
  expect([...known.devices.keys()]).toEqual(['a']);
  expect(known.unsaved.senders.map(({ name }) => name)).toEqual(['x']);
});

test('removing a device makes room, voids what is known outside, and uses no number again', () => {
  const known = dictionary({ seriesPerSender: 1 });
  const number = known.resolve(series('a', { instance: 'a' }), 'x');
  const before = known.generation;
  known.remove(known.deviceOf(number));
  expect(known.generation).toBeGreaterThan(before);
  expect(known.size).toBe(0);
  expect(() => known.labelsOf(number)).toThrow('not known');
  expect(known.unsaved.series).toEqual([]);
  expect(known.resolve(series('a', { instance: 'a' }), 'x')).toBe(number + 1);
});

test('a device counts its changes', () => {
  const known = dictionary();
  const device = known.deviceOf(known.resolve(series('a', { instance: 'a' }), 'x'));
  const before = device.revision;
  known.resolve(series('a', { instance: 'a' }), 'x');
  expect(device.revision).toBe(before);
  known.resolve(series('b', { instance: 'a' }), 'x');
  expect(device.revision).toBe(before + 1);
  expect(known.entriesOf(device).map(({ labels }) => labels.__name__)).toEqual(['a', 'b']);
});
