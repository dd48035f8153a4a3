import { describe, expect, it } from 'vitest';
import { restamp, timeRule } from '../../../src/collector/ingest/time-rule.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';

const NOW = Date.UTC(2026, 0, 5);
const RETENTION = 30 * DAY_MS;

describe('timeRule', () => {
  it('believes ten minutes ahead and the retention back', () => {
    const rule = timeRule('remote-write', NOW, RETENTION);
    expect(rule).toMatchObject({
      pastMs: NOW - RETENTION,
      futureMs: NOW + 600_000,
      restamp: false,
    });
  });

  it('stamps the samples of agents anew, and takes any past from imports', () => {
    expect(timeRule('agent', NOW, RETENTION).restamp).toBe(true);
    expect(timeRule('import', NOW, RETENTION)).toMatchObject({ pastMs: 0, restamp: false });
  });

  it('has no past before 1970', () => {
    expect(timeRule('agent', DAY_MS, RETENTION).pastMs).toBe(0);
  });
});

describe('restamp', () => {
  const rule = timeRule('agent', NOW, RETENTION);

  it('takes the newest for now and keeps the distances', () => {
    const times = Float64Array.of(5_000, 17, 3_000, 4_000);
    restamp(times, [0, 2, 3], rule);
    expect([...times]).toEqual([NOW, 17, NOW - 2_000, NOW - 1_000]);
  });

  it('puts nothing before the retention', () => {
    const times = Float64Array.of(0, 4e12);
    restamp(times, [0, 1], rule);
    expect([...times]).toEqual([NOW - RETENTION, NOW]);
  });

  it.each([
    ['1970', 0],
    ['2036', Date.UTC(2036, 1, 7)],
    ['2106', Date.UTC(2106, 1, 7)],
    ['before 1970', -HOUR_MS],
  ])('mends a clock that says %s', (_, timeMs) => {
    const times = Float64Array.of(timeMs - 15_000, timeMs);
    restamp(times, [0, 1], rule);
    expect([...times]).toEqual([NOW - 15_000, NOW]);
  });
});
