import { describe, expect, it } from 'vitest';
import { AddressBuckets, TokenBucket } from '../../../src/collector/ingest/token-bucket.ts';

describe('TokenBucket', () => {
  it('lets a burst through, then as many as it earns', () => {
    const bucket = new TokenBucket({ perSecond: 2, burst: 3 }, 0);
    expect([0, 0, 0].map((nowMs) => bucket.take(nowMs))).toEqual([0, 0, 0]);
    expect(bucket.take(0)).toBe(0.5);
    expect(bucket.take(500)).toBe(0);
    expect(bucket.take(500)).toBe(0.5);
  });

  it('never holds more than its burst', () => {
    const bucket = new TokenBucket({ perSecond: 1_000, burst: 2 }, 0);
    expect([1e9, 1e9, 1e9].map((nowMs) => bucket.take(nowMs) === 0)).toEqual([true, true, false]);
  });

  it('takes more at once where more is asked for', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 100 }, 0);
    expect(bucket.take(0, 60)).toBe(0);
    expect(bucket.take(0, 60)).toBe(2);
    expect(bucket.take(2_000, 60)).toBe(0);
  });

  it('charges nothing for a refusal', () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, 0);
    bucket.take(0);
    for (let index = 0; index < 100; index++) expect(bucket.take(0)).toBe(1);
    expect(bucket.take(1_000)).toBe(0);
  });
});

describe('AddressBuckets', () => {
  it('keeps addresses apart', () => {
    const buckets = new AddressBuckets({ perSecond: 1, burst: 1 });
    expect(buckets.take('a', 0)).toBe(0);
    expect(buckets.take('a', 0)).toBe(1);
    expect(buckets.take('b', 0)).toBe(0);
  });

  it('stays bounded under ever new addresses, forgetting first whoever is in credit', () => {
    const buckets = new AddressBuckets({ perSecond: 1, burst: 1 }, 100);
    for (let index = 0; index < 99; index++) buckets.take(`old-${index}`, 0);
    buckets.take('greedy', 5_000);
    buckets.take('new', 5_000);
    expect(buckets.size).toBe(2);
    expect(buckets.take('greedy', 5_000)).toBe(1);
    for (let index = 0; index < 10_000; index++) buckets.take(`flood-${index}`, 5_000);
    expect(buckets.size).toBeLessThanOrEqual(100);
  });
});
