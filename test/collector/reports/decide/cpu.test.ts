import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuNeed, decideCpu } from '../../../../src/collector/reports/decide/cpu.ts';
import { cpu, cpuContext, policy, restraint } from '../support/cases.ts';

const POLICY = policy();

const decide = (
  change: Parameters<typeof cpu>[0] = {},
  context: Parameters<typeof cpuContext>[0] = {},
  own = POLICY,
) => decideCpu(cpu(change), cpuContext(context), own);

describe('add', () => {
  test.each([
    ['a P95 at the limit', { load: { p95: 0.8, p90: 0.7 } }, 'add', 'sustained_load'],
    ['a P95 below the limit', { load: { p95: 0.79, p90: 0.7, max: 0.85 } }, 'keep', 'fits'],
    [
      '20 busy hours on 5 days',
      { load: { p95: 0.6, max: 0.89 }, busy: { hours: 20, days: 5 } },
      'add',
      'busy_hours',
    ],
    [
      '20 busy hours on 4 days',
      { load: { p95: 0.6, max: 0.89 }, busy: { hours: 20, days: 4 } },
      'keep',
      'fits',
    ],
    [
      '19 busy hours on 9 days',
      { load: { p95: 0.6, max: 0.89 }, busy: { hours: 19, days: 9 } },
      'keep',
      'fits',
    ],
    ['a P90 of 90 %', { load: { p95: 0.92, p90: 0.9 } }, 'urgent', 'sustained_load'],
    [
      'a quarter of all hours busy',
      { load: { p95: 0.85, p90: 0.8 }, busy: { hours: 186, days: 20 } },
      'urgent',
      'sustained_load',
    ],
    ['a maximum of 100 % alone', { load: { p95: 0.5, max: 1 } }, 'watch', 'short_peaks'],
    [
      'a mean of 75 % alone',
      { load: { p95: 0.78, mean: 0.75, p90: 0.77, max: 0.8 } },
      'keep',
      'fits',
    ],
  ] as const)('%s', (_, change, verdict, reason) => {
    const found = decide(change);
    expect([found.verdict, found.reason]).toEqual([verdict, reason]);
  });

  test('goes to the size the need asks for', () => {
    const found = decide({ load: { p95: 0.82, p90: 0.7, p99_5: 0.9 } });
    // 0.82 × 8 / 0.6 = 10.9 cores.
    expect(found.rawTarget).toBeCloseTo(10.93, 2);
    expect(found.target).toBe(12);
    expect(found.evidence.expected_p95).toBeCloseTo((0.82 * 8) / 12, 6);
  });

  test('at most doubles in a month', () => {
    const found = decide({
      size: 4,
      load: { p95: 0.9, p90: 0.8, p99_5: 0.95 },
      demands: demand(30),
    });
    expect(found.target).toBe(8);
    expect(found.rawTarget).toBeCloseTo(50, 6);
  });

  test('takes one step even when the need alone would fit', () => {
    const often = { load: { p95: 0.3, p99_5: 0.5, max: 0.95 }, busy: { hours: 22, days: 22 } };
    const found = decide(often);
    expect(found.rawTarget).toBeLessThan(8);
    expect(found.target).toBe(12);
  });

  test('doubles when the size cuts the demand off, and says so', () => {
    const found = decide({ load: { p95: 0.96, p90: 0.8, p99_5: 1 }, demands: demand(4) });
    expect(found.target).toBe(16);
    expect(found.notes).toContain('censored');
    expect(found.confidence).toBe('medium');
    expect(found.gaps).toEqual(['censored']);
  });

  test('is advised with low confidence too', () => {
    const found = decide({ load: { p95: 0.9 }, quality: { days: 8, coverage: 0.75 } });
    expect([found.verdict, found.confidence]).toEqual(['add', 'low']);
  });

  test.each([
    ['the host gives too few cores', { stealRatio: 0.05 }, 'host_contention'],
    ['the load waits for disks', { iowaitRatio: 0.6 }, 'waiting_for_disk'],
  ] as const)('is not advised where %s', (_, change, reason) => {
    const found = decide({ load: { p95: 0.9 }, ...change });
    expect([found.verdict, found.reason]).toEqual(['watch', reason]);
    expect(found.target).toBe(found.current);
  });

  test('is advised where steal and iowait are small or unknown', () => {
    for (const ratio of [0.04, NaN]) {
      expect(decide({ load: { p95: 0.9 }, stealRatio: ratio, iowaitRatio: ratio }).verdict).toBe(
        'add',
      );
    }
  });

  test('is not stopped by an exclusion', () => {
    expect(decide({ load: { p95: 0.85, p90: 0.8 } }, { restraint: restraint() }).verdict).toBe(
      'add',
    );
  });
});

describe('reduce', () => {
  const small = { load: { p95: 0.1, p99_5: 0.12, max: 0.2 } };

  test('goes to half at most and tells the computed need', () => {
    const found = decide(small);
    expect(found).toMatchObject({
      verdict: 'reduce',
      reason: 'oversized',
      current: 8,
      target: 4,
      confidence: 'high',
      blockedBy: null,
      notes: ['capped'],
    });
    expect(found.rawTarget).toBeCloseTo(0.8 / 0.6, 6);
    expect(found.evidence.expected_p95).toBeCloseTo(0.2, 6);
  });

  test('takes the larger need of both months', () => {
    const demands = [...demand(4.4, '2026-02'), ...demand(0.5, '2026-03')];
    expect(decide({ ...small, demands })).toMatchObject({ verdict: 'keep', reason: 'fits' });
  });

  test('is of medium confidence when the months point different ways', () => {
    const demands = [...demand(3.4, '2026-02'), ...demand(0.5, '2026-03')];
    const found = decide({ ...small, demands });
    expect(found).toMatchObject({ verdict: 'reduce', target: 6, confidence: 'high' });
    const unlike = [...demand(5, '2026-02'), ...demand(0.5, '2026-03')];
    expect(decide({ ...small, demands: unlike })).toMatchObject({
      verdict: 'keep',
      confidence: 'medium',
      gaps: ['periods_disagree'],
    });
  });

  test('less than a quarter is not worth a change', () => {
    const found = decide({ size: 16, load: { p95: 0.45, p99_5: 0.5, max: 0.55 } });
    expect(found.rawTarget).toBeCloseTo(12, 6);
    expect(found).toMatchObject({ verdict: 'reduce', target: 12 });
    const near = decide({ size: 14, load: { p95: 0.45, p99_5: 0.5, max: 0.55 } });
    expect(near).toMatchObject({ verdict: 'keep', reason: 'cut_too_small', target: 14 });
    expect(near.evidence.cut_to).toBe(12);
  });

  test('a single core stays', () => {
    expect(decide({ size: 1, ...small })).toMatchObject({ verdict: 'keep', reason: 'fits' });
  });

  test('a P99.5 can forbid what the P95 allows', () => {
    expect(decide({ load: { p95: 0.1, p99_5: 0.7, max: 0.8 } })).toMatchObject({ verdict: 'keep' });
  });

  test.each([
    [
      'low confidence',
      { quality: { coverage: 0.75 } },
      {},
      'insufficient',
      'quality',
      'confidence',
    ],
    [
      'a resize this month',
      { quality: { sizeChangedMs: 1, sizeChangedInMonth: true } },
      {},
      'insufficient',
      'quality',
      'confidence',
    ],
    ['unknown memory', {}, { memoryKnown: false }, 'keep', 'cut_blocked', 'memory_unknown'],
    ['an exclusion', {}, { restraint: restraint() }, 'keep', 'cut_blocked', 'excluded'],
  ] as const)('is blocked by %s', (_, change, context, verdict, reason, block) => {
    const found = decide({ ...small, ...change }, context);
    expect([found.verdict, found.reason, found.blockedBy]).toEqual([verdict, reason, block]);
    expect(found.target).toBe(found.current);
    expect(found.rawTarget).toBeLessThan(2);
  });

  test('memory may be unknown where the policy says so', () => {
    const own = policy((p) => {
      p.memory.require_for_cpu_cut = false;
    });
    expect(decide(small, { memoryKnown: false }, own).verdict).toBe('reduce');
  });

  test('a blocked server that peaks is watched', () => {
    const found = decide(
      { load: { p95: 0.1, p99_5: 0.12, max: 0.95 } },
      { restraint: restraint() },
    );
    expect([found.verdict, found.reason, found.blockedBy]).toEqual([
      'watch',
      'short_peaks',
      'excluded',
    ]);
  });

  test('remarks: a short peak, an idle server, a physical one', () => {
    expect(decide({ load: { p95: 0.1, p99_5: 0.12, max: 0.95 } }).notes).toContain('peaks');
    const idle = { load: { p95: 0.02, p99_5: 0.03, max: 0.05 } };
    expect(decide(idle, { networkP95: 100 }).notes).toContain('unused');
    expect(decide(small, { machine: 'physical' }).notes).toContain('consolidate');
  });

  test('peers count: their need decides, and the row says so', () => {
    const peers = restraint({ kind: 'homogeneous', forbids: false, peerNeed: 5 });
    expect(decide(small, { restraint: peers })).toMatchObject({
      verdict: 'reduce',
      target: 6,
      rawTarget: 5,
      notes: ['peers'],
    });
  });

  test("a vendor's minimum is a floor", () => {
    const minimum = restraint({ kind: 'vendor_minimum', forbids: false, floor: 6 });
    expect(decide(small, { restraint: minimum })).toMatchObject({
      verdict: 'reduce',
      target: 6,
      notes: ['minimum'],
    });
  });
});

describe('idle', () => {
  const idle = { size: 1, load: { p95: 0.02, p99_5: 0.05, max: 0.09 } };

  test('is asked of a server that does nothing and talks to nobody', () => {
    expect(decide(idle, { networkP95: 1_999 })).toMatchObject({
      verdict: 'idle',
      reason: 'unused',
    });
  });

  test.each([
    ['traffic', idle, { networkP95: 2_000 }],
    ['unknown traffic', idle, { networkP95: NaN }],
    ['a P95 of 3 %', { ...idle, load: { ...idle.load, p95: 0.03 } }, { networkP95: 0 }],
    ['a maximum of 10 %', { ...idle, load: { ...idle.load, max: 0.1 } }, { networkP95: 0 }],
    ['only 13 days', { ...idle, quality: { days: 13 } }, { networkP95: 0 }],
    ['low coverage', { ...idle, quality: { coverage: 0.75 } }, { networkP95: 0 }],
  ] as const)('is not asked with %s', (_, change, context) => {
    expect(decide(change, context).verdict).not.toBe('idle');
  });
});

describe('insufficient', () => {
  test.each([
    ['too few days', { days: 5 }, 'too_few_days'],
    ['low coverage', { coverage: 0.5 }, 'low_coverage'],
    ['an unknown number of cores', { sizeKnown: false }, 'size_unknown'],
    ['no data', { days: 0 }, 'no_data'],
  ] as const)('for %s, whatever the load', (_, facts, gap) => {
    for (const p95 of [0.05, 0.99]) {
      const found = decide({ load: { p95 }, quality: facts });
      expect(found).toMatchObject({ verdict: 'insufficient', reason: 'quality' });
      expect(found.gaps[0]).toBe(gap);
      expect(found.target).toBe(found.current);
    }
  });

  test('for 10 days, also when the size seems right', () => {
    expect(decide({ load: { p95: 0.5, max: 0.7 }, quality: { days: 10 } }).verdict).toBe(
      'insufficient',
    );
  });
});

test('the need is the largest of all periods, and unknown without any', () => {
  const demands = [...demand(1, '2026-01'), ...demand(3, '2026-02'), ...demand(2, '2026-03')];
  expect(cpuNeed(cpu({ demands }), POLICY)).toBeCloseTo(5, 9);
  expect(cpuNeed(cpu({ demands: [] }), POLICY)).toBeNaN();
});

test('a verdict never contradicts its target', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64),
      fc.double({ min: 0, max: 1.05, noNaN: true }),
      fc.integer({ min: 0, max: 744 }),
      fc.integer({ min: 0, max: 62 }),
      fc.boolean(),
      (size, p95, hours, days, memoryKnown) => {
        const found = decide(
          { size, load: { p95 }, busy: { hours, days: Math.min(31, hours) }, quality: { days } },
          { memoryKnown },
        );
        const grows = found.verdict === 'add' || found.verdict === 'urgent';
        expect(found.target > found.current).toBe(grows);
        expect(found.target < found.current).toBe(found.verdict === 'reduce');
        if (found.verdict === 'reduce') {
          expect(found.target).toBeGreaterThanOrEqual(found.rawTarget - 1e-9);
          expect(found.target).toBeGreaterThanOrEqual(size / 2);
          expect(['high', 'medium']).toContain(found.confidence);
        }
        if (grows) expect(found.target).toBeLessThanOrEqual(Math.max(2 * size, 128));
      },
    ),
  );
});

/** A demand of so many cores, flat. */
function demand(cores: number, name = '2026-03') {
  return [{ name, p95: cores, p99_5: cores, max: cores }];
}
