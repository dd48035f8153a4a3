import { describe, expect, it } from 'vitest';
import {
  disjoint,
  operatorOf,
  opposite,
  parseBound,
  parseFigure,
  passes,
} from '../../../src/collector/evaluate/bound.ts';
import { Failure } from '../../../src/shared/errors.ts';
import type { Unit } from '../../../src/shared/indicator.ts';

describe('figures', () => {
  it.each<[string, Unit, number]>([
    ['90%', 'ratio', 0.9],
    ['0.9', 'ratio', 0.9],
    ['0.5 %', 'ratio', 0.005],
    ['100%', 'ratio', 1],
    ['0', 'ratio', 0],
    ['10GiB', 'bytes', 10 * 1024 ** 3],
    ['0B', 'bytes', 0],
    ['1.5 MiB', 'bytes', 1.5 * 1024 ** 2],
    ['10MiB/s', 'bytes_per_second', 10 * 1024 ** 2],
    ['800Mbit/s', 'bytes_per_second', 100e6],
    ['1Gbit/s', 'bytes_per_second', 125e6],
    ['64kbit/s', 'bytes_per_second', 8_000],
    ['30s', 'seconds', 30],
    ['1h30m', 'seconds', 5_400],
    ['250ms', 'seconds', 0.25],
    ['-2s', 'seconds', -2],
    ['3d', 'days', 3],
    ['12h', 'days', 0.5],
    ['85', 'celsius', 85],
    ['85°C', 'celsius', 85],
    ['-5 C', 'celsius', -5],
    ['8', 'cores', 8],
    ['1', 'count', 1],
    ['-1.5', 'count', -1.5],
  ])('reads %s as %s', (text, unit, value) => {
    expect(parseFigure(text, unit)).toBeCloseTo(value, 12);
  });

  it.each<[string, Unit, string]>([
    ['90', 'ratio', '"90" is not a ratio: write 90% or 0.9'],
    ['150%', 'ratio', '"150%" is not a ratio: write 90% or 0.9'],
    ['-1%', 'ratio', '"-1%" is not a ratio: write 90% or 0.9'],
    ['30s', 'ratio', '"30s" is not a ratio: write 90% or 0.9'],
    ['30s', 'bytes', '"30s" is not a size in bytes: write a number and a unit, for example 10GiB'],
    ['90%', 'bytes', '"90%" is not a size in bytes: write a number and a unit, for example 10GiB'],
    [
      '1024',
      'bytes',
      '"1024" is not a size in bytes: write a number and a unit, for example 10GiB',
    ],
    [
      '10MiB',
      'bytes_per_second',
      '"10MiB" is not a rate in bytes per second: write a size or bits per second, for example 10MiB/s or 800Mbit/s',
    ],
    ['5%', 'seconds', '"5%" is not a time in seconds: write a duration, for example 30s or 5m'],
    ['90', 'seconds', '"90" is not a time in seconds: write a duration, for example 30s or 5m'],
    ['3', 'days', '"3" is not a time in days: write a duration, for example 3d or 12h'],
    ['hot', 'celsius', '"hot" is not a temperature: write degrees Celsius, for example 85 or 85°C'],
    ['4%', 'count', '"4%" is not a plain number: write a number, for example 1'],
    ['1e3', 'count', '"1e3" is not a plain number: write a number, for example 1'],
  ])('refuses %s for %s, with the mend', (text, unit, message) => {
    let thrown: unknown;
    try {
      parseFigure(text, unit);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Failure);
    const { code, hint, message: said } = thrown as Failure;
    expect([code, `${said}: ${hint}`]).toEqual(['config', message]);
  });
});

describe('bounds', () => {
  it.each([
    ['> 90%', 0.9, false],
    ['> 90%', 0.9001, true],
    ['>= 90%', 0.9, true],
    ['< 90%', 0.9, false],
    ['<= 90%', 0.9, true],
    ['<90%', 0.1, true],
    ['  >  0.9 ', 0.95, true],
  ])('%s passes %d: %s', (text, value, expected) => {
    expect(passes(parseBound(text, 'ratio'), value)).toBe(expected);
  });

  it('never passes NaN', () => {
    for (const text of ['> 0', '>= 0', '< 1', '<= 1']) {
      expect(passes(parseBound(text, 'ratio'), Number.NaN)).toBe(false);
    }
  });

  it.each(['90%', '== 90%', '=> 90%', '>', '', '> '])('refuses "%s": no limit', (text) => {
    expect(() => parseBound(text, 'ratio')).toThrow(/is not a limit/);
  });

  it('gives the operator back', () => {
    const written = ['>', '>=', '<', '<='];
    expect(written.map((operator) => operatorOf(parseBound(`${operator} 1`, 'count')))).toEqual(
      written,
    );
  });

  it.each([
    ['> 90%', '< 80%', true],
    ['> 90%', '< 90%', true],
    ['> 90%', '<= 90%', true],
    ['>= 90%', '< 90%', true],
    ['>= 90%', '<= 90%', false],
    ['> 90%', '< 91%', false],
    ['> 90%', '> 80%', false],
    ['< 10%', '> 20%', true],
    ['< 10%', '>= 10%', true],
    ['<= 10%', '>= 10%', false],
    ['< 10%', '> 5%', false],
  ])('open %s and clear %s cannot hold at once: %s', (open, clear, expected) => {
    expect(disjoint(parseBound(open, 'ratio'), parseBound(clear, 'ratio'))).toBe(expected);
  });

  it('is passed by every value or its opposite is', () => {
    for (const text of ['> 1', '>= 1', '< 1', '<= 1']) {
      const bound = parseBound(text, 'count');
      for (const value of [0, 1, 2]) {
        expect(passes(bound, value)).toBe(!passes(opposite(bound), value));
      }
    }
  });
});
