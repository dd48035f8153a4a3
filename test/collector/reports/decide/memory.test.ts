import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideMemory, memoryNeed } from '../../../../src/collector/reports/decide/memory.ts';
import { memory, policy, restraint } from '../support/cases.ts';

const POLICY = policy();

const decide = (
  change: Parameters<typeof memory>[0] = {},
  context: Partial<Parameters<typeof decideMemory>[1]> = {},
) => decideMemory(memory(change), { windows: false, restraint: null, ...context }, POLICY);

/** Most used in both months, GiB. */
const used = (...gib: number[]) =>
  gib.map((max, i) => ({ name: `2026-0${i + 2}`, p95: max * 0.9, p99_5: max, max }));

describe('add', () => {
  test.each([
    ['a P95 of 85 %', { load: { p95: 0.85 } }, 'memory_pressure'],
    ['one OOM kill', { load: { p95: 0.4 }, oomKills: 1 }, 'out_of_memory'],
    ['swap growing on three days', { load: { p95: 0.4 }, swapDays: 3 }, 'swapping'],
  ] as const)('for %s', (_, change, reason) => {
    const found = decide(change);
    expect([found.verdict, found.reason]).toEqual(['add', reason]);
    expect(found.target).toBeGreaterThan(found.current);
  });

  test('goes to the size that leaves a fifth free', () => {
    const found = decide({ load: { p95: 0.9, max: 0.97 }, demands: used(15, 15.5) });
    // 15.5 / 0.8 = 19.4 GiB.
    expect(found.target).toBe(24);
    expect(found.evidence.expected_max).toBeCloseTo(15.5 / 24, 6);
    expect(found.rawTarget).toBeCloseTo(15.5 / 0.85, 6);
  });

  test('takes one step at least and doubles at most', () => {
    expect(decide({ oomKills: 2, demands: used(3, 3) }).target).toBe(24);
    expect(decide({ oomKills: 2, demands: used(90, 90) }).target).toBe(32);
  });

  test.each([
    ['swap growing on two days', { load: { p95: 0.7 }, swapDays: 2 }],
    [
      'unknown swap and OOM',
      { load: { p95: 0.7 }, swapDays: NaN, oomKills: NaN, oomKillsWindow: NaN },
    ],
    ['a P95 of 84 %', { load: { p95: 0.84, max: 0.9 } }],
  ] as const)('not for %s', (_, change) => {
    expect(decide(change).verdict).toBe('keep');
  });
});

describe('reduce', () => {
  const small = { load: { p95: 0.25, max: 0.3 }, demands: used(4.9, 4.2) };

  test('keeps the maximum of two months at 85 % of the new size', () => {
    expect(decide(small)).toMatchObject({
      verdict: 'reduce',
      current: 16,
      target: 8,
      confidence: 'high',
      notes: ['capped'],
    });
    expect(decide({ ...small, demands: used(9, 4) })).toMatchObject({ target: 12, notes: [] });
  });

  test('one high month is enough to keep', () => {
    const found = decide({ ...small, demands: used(12, 2) });
    expect([found.verdict, found.confidence]).toEqual(['keep', 'medium']);
  });

  test('works on what was bought, not on what the kernel leaves of it', () => {
    const found = decide({ ...small, size: 15.6, nominal: 16, demands: used(10, 10) });
    expect(found).toMatchObject({ verdict: 'reduce', current: 16, target: 12 });
  });

  test('less than 1 GiB is not worth a change', () => {
    const found = decide({ size: 2.9, nominal: 2.9, load: { p95: 0.1 }, demands: used(0.5, 0.5) });
    expect(found).toMatchObject({ verdict: 'keep', target: 2.9 });
  });

  test.each([
    ['Linux', false, 2, 'keep'],
    ['Windows', true, 4, 'keep'],
  ] as const)('stops at the floor of %s', (_, windows, nominal, verdict) => {
    const tiny = { nominal, size: nominal, load: { p95: 0.05 }, demands: used(0.1, 0.1) };
    expect(decide(tiny, { windows }).verdict).toBe(verdict);
    const twice = { ...tiny, nominal: 2 * nominal, size: 2 * nominal };
    expect(decide(twice, { windows })).toMatchObject({ verdict: 'reduce', target: nominal });
  });

  test.each([
    [
      'an OOM kill the month before',
      { oomKills: 0, oomKillsWindow: 1 },
      {},
      'keep',
      'out_of_memory',
    ],
    ['swap growing once', { swapDays: 1 }, {}, 'keep', 'swapping'],
    [
      'memory taken in advance',
      {},
      { restraint: restraint({ kind: 'fixed_allocation' }) },
      'keep',
      'excluded',
    ],
    ['low confidence', { quality: { holeDays: 4 } }, {}, 'insufficient', 'confidence'],
  ] as const)('is blocked by %s', (_, change, context, verdict, block) => {
    const found = decide({ ...small, ...change }, context);
    expect([found.verdict, found.blockedBy]).toEqual([verdict, block]);
    expect(found.target).toBe(found.current);
  });

  test('swap and OOM that are not collected do not block', () => {
    const unknown = { swapDays: NaN, oomKills: NaN, oomKillsWindow: NaN };
    expect(decide({ ...small, ...unknown }).verdict).toBe('reduce');
  });

  test('tells that use is rising', () => {
    expect(decide({ ...small, risePoints: 6 }).notes).toContain('rising');
    expect(decide({ ...small, risePoints: 4 }).notes).not.toContain('rising');
  });
});

describe('watch', () => {
  const fitting = { load: { p95: 0.7, max: 0.8 } };

  test('a rise of five points a month', () => {
    expect(decide({ ...fitting, risePoints: 5 })).toMatchObject({
      verdict: 'watch',
      reason: 'memory_rising',
    });
  });

  test('not for a smaller or insignificant rise', () => {
    expect(decide({ ...fitting, risePoints: 4.9 }).verdict).toBe('keep');
    expect(decide({ ...fitting, risePoints: NaN }).verdict).toBe('keep');
  });

  test('a rise outlives a block', () => {
    const found = decide({
      load: { p95: 0.3 },
      demands: used(4, 5),
      swapDays: 1,
      risePoints: 9,
    });
    expect([found.verdict, found.blockedBy]).toEqual(['watch', 'swapping']);
  });
});

describe('insufficient', () => {
  test.each([
    ['too few days', { days: 3 }],
    ['no data', { days: 0 }],
    ['an unknown size', { sizeKnown: false }],
  ] as const)('for %s', (_, facts) => {
    expect(decide({ oomKills: 3, quality: facts }).verdict).toBe('insufficient');
  });

  test('for 10 days without pressure', () => {
    expect(decide({ load: { p95: 0.7 }, quality: { days: 10 } }).verdict).toBe('insufficient');
  });
});

test('the need is the largest maximum / 0.85, unknown without periods', () => {
  expect(memoryNeed(memory({ demands: used(3, 6.8, 2) }), POLICY)).toBeCloseTo(8, 9);
  expect(memoryNeed(memory({ demands: [] }), POLICY)).toBeNaN();
});

test('peers and minima change the figures', () => {
  const low = { load: { p95: 0.1 }, demands: used(1, 1) };
  const peers = restraint({ kind: 'homogeneous', forbids: false, peerNeed: 10 });
  expect(decide(low, { restraint: peers })).toMatchObject({ target: 12, notes: ['peers'] });
  const minimum = restraint({ kind: 'vendor_minimum', forbids: false, floor: 12 });
  expect(decide(low, { restraint: minimum })).toMatchObject({ target: 12, notes: ['minimum'] });
});

test('a verdict never contradicts its target', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 256 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 62 }),
      (nominal, share, swapDays, oomKills, days) => {
        const found = decide({
          size: nominal,
          nominal,
          load: { p95: share, max: share },
          demands: used(share * nominal, share * nominal),
          swapDays,
          oomKills,
          quality: { days },
        });
        expect(found.target > found.current).toBe(found.verdict === 'add');
        expect(found.target < found.current).toBe(found.verdict === 'reduce');
        if (found.verdict === 'reduce') {
          expect(found.target * 0.85).toBeGreaterThanOrEqual(share * nominal - 1e-6);
          expect(oomKills + swapDays).toBe(0);
        }
      },
    ),
  );
});
