import { describe, expect, it } from 'vitest';
import {
  compileLimits,
  mergeSettings,
  type Settings,
} from '../../../src/collector/evaluate/limit.ts';

function problems(settings: Settings): string[] {
  const said: string[] = [];
  const limits = compileLimits(settings, 'ratio', (path, reason) => {
    said.push(`${path.join('.')}: ${reason}`);
  });
  expect(limits === null).toBe(said.length > 0);
  return said;
}

const compiled = (settings: Settings) => compileLimits(settings, 'ratio', () => {}) ?? [];

describe('limits', () => {
  it('stand alone with sensible defaults', () => {
    expect(compiled({ open: '> 90%' })).toEqual([
      {
        severity: 'warning',
        urgency: 'medium',
        open: { above: true, inclusive: false, value: 0.9 },
        clear: { above: false, inclusive: true, value: 0.9 },
        forMs: 0,
        samples: { hits: 1, of: 1 },
        clearForMs: 0,
        clearSamples: { hits: 1, of: 1 },
      },
    ]);
  });

  it('of the second severity take what they leave out from the first, except open and clear', () => {
    const [, critical] = compiled({
      open: '> 90%',
      clear: '< 80%',
      for: '5m',
      samples: '3 of 5',
      clear_for: '1m',
      clear_samples: '2 of 3',
      urgency: 'low',
      critical: { open: '> 95%', for: '1m' },
    });
    expect(critical).toMatchObject({
      severity: 'critical',
      urgency: 'low',
      open: { value: 0.95 },
      clear: { value: 0.95 },
      forMs: 60_000,
      samples: { hits: 3, of: 5 },
      clearForMs: 60_000,
      clearSamples: { hits: 2, of: 3 },
    });
  });

  it('may be critical alone', () => {
    expect(compiled({ open: '> 90%', severity: 'critical', critical: 'none' })).toMatchObject([
      { severity: 'critical' },
    ]);
  });

  it('report every mistake at once, at its place', () => {
    expect(
      problems({
        open: '> 90',
        for: '5',
        samples: '0 of 3',
        critical: { open: '95%', clear: '<' },
      }),
    ).toEqual([
      'open: "90" is not a ratio: write 90% or 0.9',
      'for: "5" is not a duration: write a number and a unit of ms, s, m, h, d or w, for example 15s or 1h30m',
      'samples: "0 of 3" is not a number of samples: write "m of n" with 1 ≤ m ≤ n ≤ 32, for example "3 of 5"',
      'critical.open: "95%" is not a limit: write one of > >= < <= and a figure, for example "> 90%"',
      'critical.clear: "<" is not a limit: write one of > >= < <= and a figure, for example "> 90%"',
      'critical.for: "5" is not a duration: write a number and a unit of ms, s, m, h, d or w, for example 15s or 1h30m',
      'critical.samples: "0 of 3" is not a number of samples: write "m of n" with 1 ≤ m ≤ n ≤ 32, for example "3 of 5"',
    ]);
  });

  it('downward are worse when they are lower', () => {
    expect(problems({ open: '< 20%', critical: { open: '< 10%' } })).toEqual([]);
    expect(problems({ open: '< 20%', critical: { open: '< 30%' } })).toHaveLength(1);
    expect(problems({ open: '< 20%', critical: { open: '< 20%' } })).toHaveLength(1);
  });
});

describe('a layer over another', () => {
  const lower: Settings = {
    open: '> 90%',
    clear: '< 80%',
    for: '5m',
    urgency: 'high',
    critical: { open: '> 95%', clear: '< 92%', for: '1m' },
  };

  it('changes only what it sets', () => {
    expect(mergeSettings(lower, { for: '1h' })).toEqual({ ...lower, for: '1h' });
    expect(mergeSettings(lower, { enabled: false })).toEqual({ ...lower, enabled: false });
  });

  it('with a new open drops the old clear', () => {
    expect(mergeSettings(lower, { open: '> 70%' })).toEqual({
      open: '> 70%',
      for: '5m',
      urgency: 'high',
      critical: lower.critical,
    });
    expect(mergeSettings(lower, { open: '> 70%', clear: '< 60%' }).clear).toBe('< 60%');
  });

  it('reaches into the second limit, or drops it', () => {
    expect(mergeSettings(lower, { critical: { for: '2m' } }).critical).toEqual({
      open: '> 95%',
      clear: '< 92%',
      for: '2m',
    });
    expect(mergeSettings(lower, { critical: { open: '> 99%' } }).critical).toEqual({
      open: '> 99%',
      for: '1m',
    });
    expect(mergeSettings(lower, { critical: 'none' }).critical).toBe('none');
    expect(mergeSettings({ open: '> 90%' }, { critical: { open: '> 99%' } }).critical).toEqual({
      open: '> 99%',
    });
  });
});
