import { expect, test } from 'vitest';
import { seededRandom } from '../../../../src/collector/reports/figures/seeded-random.ts';

const take = (seed: string, count: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random());
};

test('the same seed gives the same sequence, another seed another one', () => {
  expect(take('db-01\n/data', 50)).toEqual(take('db-01\n/data', 50));
  expect(take('db-01\n/data', 50)).not.toEqual(take('db-01\n/data2', 50));
});

test('the sequence is fixed for ever: printed reports depend on it', () => {
  expect(take('vm-4', 3).map((value) => value.toFixed(6))).toEqual(FIRST_OF_VM_4);
});

test('numbers are uniform in [0, 1)', () => {
  const values = take('uniform', 20_000);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = values.filter((value) => Math.floor(value * 10) === tenth).length / 20_000;
    expect(share).toBeGreaterThan(0.09);
    expect(share).toBeLessThan(0.11);
  }
});

test('names outside ASCII are seeds too', () => {
  expect(take('应用服务器', 5)).not.toEqual(take('数据库', 5));
});

const FIRST_OF_VM_4 = ['0.079434', '0.040828', '0.961862'];
