import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUTURE_MS, Slot } from '../../../src/collector/evaluate/slot.ts';

const NOW = 1_700_000_000_000;
const moment = (nowMs: number) => ({ senderNowMs: nowMs, nowMs, lateMs: 120_000 });

function fed(steps: readonly number[]): Slot {
  const slot = new Slot('cpu_used_ratio', '');
  let timeMs = NOW;
  slot.accept(timeMs, 1, moment(timeMs));
  for (const step of steps) {
    timeMs += step;
    slot.accept(timeMs, 1, moment(timeMs));
  }
  return slot;
}

describe('what a slot takes', () => {
  it('is newer than all before, not late, not from the future, and a number', () => {
    const slot = fed([15_000]);
    const now = NOW + 30_000;
    expect(slot.accept(NOW + 15_000, 2, moment(now))).toBe(false);
    expect(slot.accept(NOW + 14_000, 2, moment(now))).toBe(false);
    expect(slot.accept(now, Number.NaN, moment(now))).toBe(false);
    expect(slot.accept(now, Number.POSITIVE_INFINITY, moment(now))).toBe(false);
    expect(slot.accept(now + FUTURE_MS + 1, 2, moment(now))).toBe(false);
    expect(slot.accept(now + 20_000, 2, moment(now + 156_000))).toBe(false);
    expect(slot.accept(now + 20_000, 2, moment(now + 154_000))).toBe(true);
    expect([slot.value, slot.newestMs, slot.arrivalMs]).toEqual([2, now + 20_000, now + 154_000]);
  });

  it('never goes back in time, whatever comes', () => {
    const offers = fc.array(fc.integer({ min: -300_000, max: 900_000 }), { maxLength: 50 });
    fc.assert(
      fc.property(offers, (times) => {
        const slot = new Slot('cpu_used_ratio', '');
        let newest = 0;
        for (const offset of times) {
          const taken = slot.accept(NOW + offset, 1, moment(NOW));
          if (taken) expect(NOW + offset).toBeGreaterThan(newest);
          if (taken) newest = NOW + offset;
          expect(slot.newestMs).toBe(newest);
        }
      }),
    );
  });
});

describe('the usual interval', () => {
  it('is the first step, then follows a quarter of the way', () => {
    expect(fed([15_000]).intervalMs).toBe(15_000);
    expect(fed([15_000, 19_000]).intervalMs).toBe(16_000);
  });

  it('is supposed to be a minute until a second sample tells', () => {
    expect([fed([]).intervalMs, fed([]).patienceMs]).toEqual([60_000, 180_000]);
  });

  it('bears three times as long, and never less than a minute', () => {
    expect(fed([15_000]).patienceMs).toBe(60_000);
    expect(fed([300_000]).patienceMs).toBe(900_000);
  });

  it('is not spoilt by an outage, and learns a new pace all the same', () => {
    expect(fed([15_000, 3_600_000]).intervalMs).toBe(30_000);
    expect(fed([86_400_000]).intervalMs).toBe(900_000);
    const slower = fed([15_000, ...Array.from({ length: 12 }, () => 300_000)]);
    expect(slower.intervalMs).toBeGreaterThan(250_000);
    const faster = fed([300_000, ...Array.from({ length: 20 }, () => 15_000)]);
    expect(faster.intervalMs).toBeLessThan(17_000);
  });
});
