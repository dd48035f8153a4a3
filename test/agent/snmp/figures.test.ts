import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  completeSizes,
  cpuRows,
  deviceCpu,
  deviceMemory,
  distinct,
  memoryRows,
  seriesRows,
  storageRows,
  type TickMemory,
  temperatureRows,
} from '../../../src/agent/snmp/figures.ts';
import type { MemoryBlock } from '../../../src/agent/snmp/profile-schema.ts';
import { Reading } from '../../../src/agent/snmp/reading.ts';

const T = '1.3.6.1.4.1.99999.1';
const NONE = Number.NaN;

function reading(columns: Readonly<Record<number, readonly (number | null)[]>>): Reading {
  const made = new Reading();
  for (const [column, cells] of Object.entries(columns)) {
    made.columns.set(`${T}.${column}`, new Map(cells.map((cell, i) => [String(i + 1), cell])));
  }
  return made;
}

describe('sizes', () => {
  test.each([
    ['total and used', [100, 25, NONE, NONE], [100, 25, 0.25]],
    ['total and free', [100, NONE, 75, NONE], [100, 25, 0.25]],
    ['used and free', [NONE, 25, 75, NONE], [100, 25, 0.25]],
    ['total and percent', [200, NONE, NONE, 25], [200, 50, 0.25]],
    ['used and percent', [NONE, 50, NONE, 25], [200, 50, 0.25]],
    ['percent alone', [NONE, NONE, NONE, 25], [NONE, NONE, 0.25]],
    ['percent of nothing', [0, NONE, NONE, 25], null],
    ['used beyond the total', [100, 101, NONE, NONE], null],
    ['below zero', [100, NONE, 120, NONE], null],
    ['above 100 %', [NONE, NONE, NONE, 101], null],
    ['total alone', [100, NONE, NONE, NONE], null],
  ])('%s', (_what, [total = NONE, used = NONE, free = NONE, percent = NONE], wanted) => {
    const sizes = completeSizes({ total, used, free, percent });
    const [totalBytes, usedBytes, usedRatio] = wanted ?? [];
    expect(sizes).toEqual(wanted === null ? null : { totalBytes, usedBytes, usedRatio });
  });

  test('what comes out is never more than there is', () => {
    const number = fc.oneof(fc.constant(NONE), fc.double({ min: -10, max: 1e15, noNaN: true }));
    fc.assert(
      fc.property(number, number, number, number, (total, used, free, percent) => {
        const sizes = completeSizes({ total, used, free, percent });
        if (sizes === null) return;
        expect(sizes.usedRatio).toBeGreaterThanOrEqual(0);
        expect(sizes.usedRatio).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});

describe('processors', () => {
  const block = { table: T, percent: { column: 5 }, where: [{ column: 2, eq: 3 }] };

  test('only rows that count, and only figures that can be', () => {
    const cells = reading({ 5: [10, 20, 130, 40, null], 2: [3, 9, 3, 3, 3] });
    expect(cpuRows(block, cells, new Map())).toEqual([
      { label: '1', usedRatio: 0.1, combine: 'mean' },
      { label: '4', usedRatio: 0.4, combine: 'mean' },
    ]);
  });

  test('the device figure: mean of cores, highest of boards, not what is not counted', () => {
    const row = (usedRatio: number, combine: 'mean' | 'max' | 'none') => ({
      label: '',
      usedRatio,
      combine,
    });
    expect(deviceCpu([row(0.2, 'mean'), row(0.4, 'mean')])).toBeCloseTo(0.3);
    expect(deviceCpu([row(0.2, 'max'), row(0.7, 'max'), row(0.9, 'none')])).toBe(0.7);
    expect(deviceCpu([])).toBeNaN();
  });

  test('counters say nothing the first time, then what lay between', () => {
    const memory: TickMemory = new Map();
    const ticks = { idle: ['1.1.1.0'], all: ['1.1.1.0', '1.1.2.0', '1.1.3.0'] };
    const round = (idle: number, busy: number) => {
      const made = new Reading();
      made.scalars.set('1.1.1.0', idle).set('1.1.2.0', busy);
      return made;
    };
    const looks = [round(0, 0), round(100, 100), round(175, 125), round(175, 125), round(5, 5)];
    const ratios = looks.map((one) => cpuRows({ ticks }, one, memory)[0]?.usedRatio ?? null);
    expect(ratios).toEqual([null, null, 0.25, null, null]);
    const again = round(105, 105);
    expect(cpuRows({ ticks }, again, memory)).toEqual(cpuRows({ ticks }, again, memory));
  });
});

describe('memory', () => {
  const blocks: MemoryBlock[] = [
    {
      table: T,
      total: { column: 3 },
      used: { column: 4 },
      where: [{ column: 2, eq: 1 }],
      minus_classes: ['buffers', 'cached'],
    },
    {
      table: T,
      total: { column: 3 },
      used: { column: 4 },
      where: [{ column: 2, eq: 2 }],
      class: 'cached',
    },
  ];

  test('buffers and cache are taken off where the profile says so', () => {
    const cells = reading({ 2: [1, 2], 3: [1_000, 1_000], 4: [800, 500] });
    expect(
      memoryRows(blocks, cells).map(({ class: kind, usedBytes }) => [kind, usedBytes]),
    ).toEqual([
      ['system', 300],
      ['cached', 500],
    ]);
  });

  test('scalars are taken off as well; more than is used has been left out before', () => {
    const made = new Reading();
    made.scalars.set('1.1.0', 100).set('1.2.0', 40).set('1.3.0', 70);
    const block: MemoryBlock = {
      total: { oid: '1.1.0' },
      free: { oid: '1.2.0' },
      minus: [{ oid: '1.3.0' }, { oid: '1.4.0' }],
    };
    expect(memoryRows([block], made)).toMatchObject([{ usedBytes: 60, usedRatio: 0.6 }]);
    made.scalars.set('1.3.0', 50);
    expect(memoryRows([block], made)).toMatchObject([{ usedBytes: 10, usedRatio: 0.1 }]);
  });

  test("the device's memory is the largest, of equal ones the fullest, a main one before others", () => {
    const row = (label: string, totalBytes: number, usedRatio: number, isMain = false) => ({
      label,
      totalBytes,
      usedBytes: totalBytes * usedRatio,
      usedRatio,
      isMain,
      class: 'system' as const,
    });
    const rows = [row('small', 10, 0.9), row('a', 100, 0.2), row('b', 100, 0.3)];
    expect(deviceMemory(rows)?.label).toBe('b');
    expect(deviceMemory([...rows, row('io', 5, 0.1, true)])?.label).toBe('io');
    expect(deviceMemory([row('x', NONE, 0.2), row('y', NONE, 0.4)])?.label).toBe('y');
    expect(deviceMemory([])).toBeNull();
  });
});

test('storage, temperature and series keep the rows that make sense', () => {
  const cells = reading({ 1: [100, 0, 100], 2: [50, 0, 200], 3: [25, 300, -300] });
  const sizes = { table: T, total: { column: 1 }, used: { column: 2 } };
  expect(storageRows(sizes, cells).map(({ label }) => label)).toEqual(['1']);
  const celsius = { table: T, celsius: { column: 3 } };
  expect(temperatureRows(celsius, cells)).toEqual([{ label: '1', celsius: 25 }]);
  const series = {
    table: T,
    metric: 'example_charge_ratio',
    help: '',
    value: { column: 1, invalid: [0], scale: 0.01 },
    labels: { slot: { index: 0 } },
  };
  expect(seriesRows(series, cells)).toEqual([
    { metric: 'example_charge_ratio', value: 1, labels: ['slot', '1'] },
    { metric: 'example_charge_ratio', value: 1, labels: ['slot', '3'] },
  ]);
});

test('rows of one name are told apart', () => {
  const rows = ['fan', 'cpu', 'fan', 'fan'].map((label) => ({ label }));
  expect(distinct(rows).map(({ label }) => label)).toEqual(['fan', 'cpu', 'fan #2', 'fan #3']);
});
