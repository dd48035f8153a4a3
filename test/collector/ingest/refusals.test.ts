import { describe, expect, it } from 'vitest';
import { Refusals } from '../../../src/collector/ingest/refusals.ts';

describe('Refusals', () => {
  it('counts by reason with the range of times, and keeps the first explanation', () => {
    const refusals = new Refusals();
    refusals.add('cardinality', 50, 'too many series');
    refusals.add('too_new', 90, 'ahead');
    refusals.add('cardinality', 20, 'again');
    refusals.add('cardinality', 70, 'again');
    expect(refusals.samples).toBe(4);
    expect(refusals.first).toBe('too many series');
    expect(refusals.byReason()).toEqual({ cardinality: 3, too_new: 1 });
    expect(refusals.asGaps()).toEqual([
      { reason: 'cardinality', fromMs: 20, toMs: 70, samples: 3 },
      { reason: 'rejected', fromMs: 90, toMs: 90, samples: 1 },
    ]);
  });
});
