/** The gates of `npm run backtest`, and the parts it is made of. */
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ARCHETYPES,
  diskCases,
  FUTURE_DAYS,
  HISTORY_DAYS,
} from '../../../tools/backtest/disk-cases.ts';
import { gatesOf, missingRecordings, passes, runBacktest } from '../../../tools/backtest/gates.ts';
import { backtestFortnight, score } from '../../../tools/backtest/servers.ts';
import { sharedFile } from '../../support/parts.ts';
import { policy } from './support/cases.ts';

test('every figure is at least that of the reference implementation', (context) => {
  const directory = dirname(sharedFile('data/bitbrains_rnd_60vm_5min.csv.gz', context));
  const result = runBacktest(directory, policy());
  const worse = gatesOf(result).filter((gate) => !passes(gate));
  expect(worse).toEqual([]);
  expect(result.cpu.servers).toBe(56);
  expect(result.azure.regrets).toEqual(['vm10']);
}, 300_000);

test('recordings that are not there are named', () => {
  expect(missingRecordings('/nowhere')).toHaveLength(3);
});

describe('generated disks', () => {
  const writes = new Map([
    ['m', Float64Array.from({ length: 60 }, (_, i) => 1 + (i % 7 === 3 ? 4 : 0))],
  ]);
  const cases = diskCases(writes, 3);

  test('are the same every time', () => {
    expect(diskCases(writes, 3)).toEqual(cases);
    expect(cases).toHaveLength(3 * ARCHETYPES.length);
  });

  test('have a past and a future between empty and full', () => {
    for (const { history, future } of cases) {
      expect([history.length, future.length]).toEqual([HISTORY_DAYS, FUTURE_DAYS]);
      for (const value of [...history, ...future]) {
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    }
  });

  test('that are flat or saturate never fill', () => {
    for (const { archetype, future } of cases) {
      if (archetype === 'flat' || archetype === 'saturating') {
        expect(Math.max(...future)).toBeLessThan(1);
      }
    }
  });
});

describe('the score', () => {
  const outcome = (current: number, target: number, more = {}) => ({
    name: `${current}-${target}`,
    decision: { current, target } as never,
    regret: false,
    overloaded: false,
    ...more,
  });

  test('counts cuts, their share and what was regretted', () => {
    const own = score([outcome(8, 4), outcome(8, 4, { regret: true }), outcome(16, 16)]);
    expect(own).toMatchObject({ servers: 3, cuts: 2, cutShare: 0.25, regrets: ['8-4'] });
  });

  test('counts flags against what really was overloaded', () => {
    const own = score([
      outcome(4, 8, { overloaded: true }),
      outcome(4, 8),
      outcome(4, 4, { overloaded: true }),
    ]);
    expect(own).toMatchObject({ flagged: 2, precision: 0.5, recall: 0.5 });
  });
});

test('a fortnight decides on its two halves: a second week that is busy forbids the cut', () => {
  const slots = 28 * 288;
  const machines = new Map([
    ['quiet', new Float64Array(slots).fill(0.1)],
    [
      'late',
      Float64Array.from({ length: slots }, (_, i) => (i >= 7 * 288 && i < 14 * 288 ? 0.7 : 0.1)),
    ],
  ]);
  const [quiet, late] = backtestFortnight(machines, policy());
  expect(quiet?.decision).toMatchObject({ verdict: 'reduce', target: 4 });
  expect(late?.decision.target).toBe(8);
});

test('a gate passes on its rounded figure, and never on NaN', () => {
  const gate = { name: '', goal: 14.4, better: 'more', unit: '%' } as const;
  expect(passes({ ...gate, value: 14.3999 })).toBe(true);
  expect(passes({ ...gate, value: 14.39 })).toBe(false);
  expect(passes({ ...gate, value: NaN })).toBe(false);
  expect(passes({ ...gate, better: 'less', value: NaN })).toBe(false);
});
