import { describe, expect, test } from 'vitest';
import { decideNetwork } from '../../../../src/collector/reports/decide/network.ts';
import { network, policy } from '../support/cases.ts';

const POLICY = policy();
const MEGABIT = 125_000;

const decide = (change: Parameters<typeof network>[0] = {}, kind = 'server') =>
  decideNetwork(network(change), kind, POLICY);

describe('add', () => {
  test.each([
    ['a P95 of 70 %', { p95: 0.7 }],
    ['10 busy hours on 3 days', { busy: { hours: 10, days: 3, observed: 744 } }],
  ])('for %s', (_, change) => {
    expect(decide(change)).toMatchObject({ verdict: 'add', reason: 'link_busy' });
  });

  test.each([
    ['a P95 of 69 %', { p95: 0.69 }],
    ['10 busy hours on 2 days', { busy: { hours: 10, days: 2, observed: 744 } }],
    ['9 busy hours on 5 days', { busy: { hours: 9, days: 5, observed: 744 } }],
  ])('not for %s', (_, change) => {
    expect(decide(change)).toMatchObject({ verdict: 'keep', reason: 'fits' });
  });

  test.each([
    [1000, 0.75, 2500],
    [100, 0.9, 1000],
    [10_000, 0.72, 25_000],
  ])('%i Mbit/s at %d go to %i Mbit/s', (megabits, p95, target) => {
    const found = decide({ speed: megabits * MEGABIT, p95 });
    expect(found.target).toBe(target * MEGABIT);
    expect(found.evidence.expected_p95).toBeCloseTo((p95 * megabits) / target, 6);
  });
});

test('errors above 0.1 % are watched: more bandwidth would not help', () => {
  expect(decide({ errorsRatio: 0.0011 })).toMatchObject({
    verdict: 'watch',
    reason: 'link_errors',
  });
  expect(decide({ errorsRatio: 0.001 }).verdict).toBe('keep');
  expect(decide({ errorsRatio: NaN }).verdict).toBe('keep');
  expect(decide({ errorsRatio: 0.5, p95: 0.9 }).verdict).toBe('add');
});

describe('a line hardly used', () => {
  test.each([
    ['link', 0.09, 'link_oversized'],
    ['network', 0.09, 'link_oversized'],
    ['server', 0.09, 'fits'],
    ['link', 0.1, 'fits'],
  ])('of a %s at %d: %s', (kind, p95, reason) => {
    expect(decide({ p95 }, kind)).toMatchObject({ verdict: 'keep', reason });
  });

  test('in one month only is not called so', () => {
    expect(decide({ p95: 0.05, monthsP95: NaN }, 'link').reason).toBe('fits');
    expect(decide({ p95: 0.05, monthsP95: 0.3 }, 'link').reason).toBe('fits');
  });
});

test('without a speed nothing can be said', () => {
  const found = decide({ speed: NaN, quality: { sizeKnown: false } });
  expect(found).toMatchObject({ verdict: 'insufficient', gaps: ['size_unknown'] });
});
