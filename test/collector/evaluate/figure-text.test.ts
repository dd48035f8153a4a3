import { describe, expect, it } from 'vitest';
import { parseBound } from '../../../src/collector/evaluate/bound.ts';
import {
  formatBound,
  formatFigure,
  formatSpan,
} from '../../../src/collector/evaluate/figure-text.ts';
import type { Unit } from '../../../src/shared/indicator.ts';

describe('spans of time', () => {
  it.each([
    [0, '0 s', '0 秒'],
    [350, '0.35 s', '0.35 秒'],
    [1_999, '2 s', '2 秒'],
    [9_000, '9 s', '9 秒'],
    [45_000, '45 s', '45 秒'],
    [59_600, '1 min', '1 分钟'],
    [300_000, '5 min', '5 分钟'],
    [330_000, '5 min 30 s', '5 分钟 30 秒'],
    [3_600_000, '1 h', '1 小时'],
    [3_630_000, '1 h', '1 小时'],
    [5_400_000, '1 h 30 min', '1 小时 30 分钟'],
    [183_600_000, '2 d 3 h', '2 天 3 小时'],
    [-3_000, '-3 s', '-3 秒'],
    [Number.POSITIVE_INFINITY, 'for ever', '无限期'],
  ])('writes %d ms', (ms, en, zh) => {
    expect([formatSpan(ms, 'en'), formatSpan(ms, 'zh')]).toEqual([en, zh]);
  });
});

describe('figures', () => {
  it.each<[number, Unit, string, string]>([
    [0.952, 'ratio', '95.2%', '95.2%'],
    [0.9, 'ratio', '90%', '90%'],
    [0, 'ratio', '0%', '0%'],
    [0.000123, 'ratio', '0.012%', '0.012%'],
    [1, 'ratio', '100%', '100%'],
    [512, 'bytes', '512 B', '512 B'],
    [9.75 * 1024 ** 3, 'bytes', '9.8 GiB', '9.8 GiB'],
    [500 * 1024 ** 2, 'bytes', '500 MiB', '500 MiB'],
    [-2048, 'bytes', '-2 KiB', '-2 KiB'],
    [1.5 * 1024 ** 2, 'bytes_per_second', '1.5 MiB/s', '1.5 MiB/s'],
    [3.44, 'seconds', '3.4 s', '3.4 秒'],
    [0.25, 'seconds', '0.25 s', '0.25 秒'],
    [2.125, 'days', '2 d 3 h', '2 天 3 小时'],
    [85.25, 'celsius', '85.3 °C', '85.3 °C'],
    [8, 'cores', '8 cores', '8 核'],
    [4.256, 'count', '4.26', '4.26'],
    [Number.NaN, 'ratio', 'unknown', '未知'],
  ])('writes %d %s', (value, unit, en, zh) => {
    expect([formatFigure(value, unit, 'en'), formatFigure(value, unit, 'zh')]).toEqual([en, zh]);
  });

  it('writes a bound as it was read', () => {
    expect(formatBound(parseBound('>=90%', 'ratio'), 'ratio', 'zh')).toBe('>= 90%');
    expect(formatBound(parseBound('< 3d', 'days'), 'days', 'zh')).toBe('< 3 天');
  });
});
