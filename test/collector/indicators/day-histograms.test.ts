import { describe, expect, test } from 'vitest';
import {
  decodeHistograms,
  encodeHistograms,
  histogramsOf,
} from '../../../src/collector/indicators/day-histograms.ts';
import type { FigureSlots } from '../../../src/collector/indicators/figure-slots.ts';
import type { IndicatorName } from '../../../src/shared/indicator.ts';
import { DAY } from './samples.ts';

function figure(indicator: IndicatorName, values: readonly number[], item = ''): FigureSlots {
  const mean = Float64Array.from(values);
  return { indicator, item, mean, max: mean, last: mean };
}

describe('histogramsOf', () => {
  test('a ratio is linear, an amount is logarithmic', () => {
    const made = histogramsOf(DAY, [figure('cpu_used_ratio', [0.5]), figure('load1', [2])]);
    expect(made.map(({ indicator, scale }) => [indicator, scale])).toEqual([
      ['cpu_used_ratio', 'linear'],
      ['load1', 'log'],
    ]);
  });

  test('used bytes have a second one: their share of the size at that time', () => {
    const made = histogramsOf(DAY, [
      figure('memory_used_bytes', [50, 60, 90]),
      figure('memory_size_bytes', [100, 200, Number.NaN]),
    ]);
    const shares = made.find(({ scale }) => scale === 'linear');
    expect(shares).toMatchObject({ indicator: 'memory_used_bytes', sum: 0.8, max: 0.5, last: 0.3 });
    expect(Array.from(shares?.buckets ?? [])).toEqual([60, 100]);
  });

  test('a share is of the same item, and there is none without a size', () => {
    const made = histogramsOf(DAY, [
      figure('filesystem_used_bytes', [5], '/'),
      figure('filesystem_used_bytes', [5], '/data'),
      figure('filesystem_size_bytes', [10], '/data'),
      figure('swap_used_bytes', [0]),
      figure('swap_size_bytes', [0]),
    ]);
    expect(made.filter(({ scale }) => scale === 'linear').map(({ item }) => item)).toEqual([
      '/data',
    ]);
  });
});

describe('the bytes of a day', () => {
  test('come back as they were', () => {
    const made = histogramsOf(DAY, [
      figure('cpu_used_ratio', [0, 0.25, 0.5, 1, 0.251]),
      figure('temperature_celsius', [-10, 0, 35.5], 'chip/temp1'),
      figure('network_receive_bytes_per_second', [1e9, 3, 7e5], 'eth0'),
    ]);
    expect(decodeHistograms(DAY, encodeHistograms(made))).toEqual(made);
    expect(decodeHistograms(DAY, new Uint8Array())).toEqual([]);
  });

  test('are refused when they are damaged', () => {
    const bytes = Uint8Array.from(encodeHistograms(histogramsOf(DAY, [figure('load1', [1, 2])])));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(() => decodeHistograms(DAY, bytes)).toThrow(/damaged/);
  });
});
