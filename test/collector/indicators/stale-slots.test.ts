import { describe, expect, test } from 'vitest';
import { clipRange, staleSlots } from '../../../src/collector/indicators/stale-slots.ts';
import { DAY_MS } from '../../../src/shared/units.ts';
import { DAY, HOUR, MINUTE } from './samples.ts';

describe('staleSlots', () => {
  test('an hour reaches ten minutes into both neighbours', () => {
    expect(staleSlots(DAY, { hours: [DAY + 3 * HOUR] })).toEqual([
      { startMs: DAY + 3 * HOUR - 10 * MINUTE, slots: 16 },
    ]);
  });

  test('hours side by side are one run, hours apart are two', () => {
    const hours = [DAY + 3 * HOUR, DAY + 4 * HOUR, DAY + 9 * HOUR];
    expect(staleSlots(DAY, { hours }).map(({ slots }) => slots)).toEqual([28, 16]);
  });

  test('the first and the last hour of a day reach into the days beside it', () => {
    expect(staleSlots(DAY - DAY_MS, { hours: [DAY] })).toEqual([
      { startMs: DAY - 10 * MINUTE, slots: 2 },
    ]);
    expect(staleSlots(DAY + DAY_MS, { hours: [DAY + 23 * HOUR] })).toEqual([
      { startMs: DAY + DAY_MS, slots: 2 },
    ]);
    expect(staleSlots(DAY - DAY_MS, { hours: [DAY + HOUR] })).toEqual([]);
  });

  test('hours whose turn comes later are left alone', () => {
    expect(staleSlots(DAY, { hours: [DAY + 3 * HOUR], later: [DAY + 4 * HOUR] })).toEqual([
      { startMs: DAY + 3 * HOUR - 10 * MINUTE, slots: 14 },
    ]);
  });
});

test('clipRange keeps what is inside', () => {
  const range = { startMs: DAY, slots: 12 };
  expect(clipRange(range, DAY - HOUR, DAY + 2 * HOUR)).toEqual(range);
  expect(clipRange(range, DAY + 20 * MINUTE, DAY + 40 * MINUTE)).toEqual({
    startMs: DAY + 20 * MINUTE,
    slots: 4,
  });
  expect(clipRange(range, DAY + HOUR, DAY + 2 * HOUR)).toBeNull();
});
