/** The limits of the rules, whole: R12 (four levels), R13 (field equipment), R14 (emergency). */
import { describe, expect, it } from 'vitest';
import type { ClockName, Level } from '../../../src/collector/faults/faults.ts';
import { bookOf, caseOf, clockOf, openedEntry } from './ledger-entries.ts';

const MINUTE_MS = 60_000;
/** A working Tuesday, 10:00 and 20:00 in Shanghai; a Sunday; National Day; a Saturday worked. */
const at = (text: string): number => Date.parse(`${text}:00+08:00`);
const WORKING = at('2026-09-22T10:00');

/** Minutes from the start to the deadline; null: the rule has no limit. */
function limit(policy: string, level: Level, clock: ClockName, fromMs = WORKING): number | null {
  const { deadlineMs, limitMs, state } = clockOf(
    caseOf(openedEntry(level, fromMs)),
    clock,
    bookOf(policy),
  );
  expect(state).toBe(deadlineMs === null ? 'none' : 'running');
  expect(limitMs).toBe(deadlineMs === null ? null : deadlineMs - fromMs);
  return deadlineMs === null ? null : (deadlineMs - fromMs) / MINUTE_MS;
}

describe('R12: four levels', () => {
  it.each<[Level, number | null, number | null, number | null]>([
    [1, 5, 10, null],
    [2, 10, 15, 8 * 60],
    [3, 20, 30, 12 * 60],
    [4, null, null, null],
  ])('level %d: respond %j, on site %j, repaired %j minutes', (level, respond, arrive, repair) => {
    expect(limit('four_level', level, 'respond')).toBe(respond);
    expect(limit('four_level', level, 'arrive')).toBe(arrive);
    expect(limit('four_level', level, 'repair')).toBe(repair);
  });

  it('holds around the clock, on holidays too (R9)', () => {
    expect(limit('four_level', 2, 'repair', at('2026-10-01T02:10'))).toBe(8 * 60);
  });
});

describe('R13: field equipment', () => {
  it.each<Level>([1, 2, 3, 4])('level %d: 1 h, 2 h, 4 h', (level) => {
    expect(limit('field_equipment', level, 'respond')).toBe(60);
    expect(limit('field_equipment', level, 'arrive')).toBe(120);
    expect(limit('field_equipment', level, 'repair')).toBe(240);
  });

  it('excepts force majeure and nothing else', () => {
    expect(bookOf('field_equipment').terms.pauses).toEqual(['force_majeure']);
  });
});

describe('R14: emergency', () => {
  it.each<[string, string, number, number]>([
    ['a working morning', '2026-09-22T10:00', 60, 120],
    ['the last working minute before noon', '2026-09-22T11:59', 60, 120],
    ['lunch', '2026-09-22T12:00', 120, 240],
    ['the night', '2026-09-22T02:10', 120, 240],
    ['the evening', '2026-09-22T17:30', 120, 240],
    ['a Sunday', '2026-09-27T10:00', 120, 240],
    ['National Day, a Thursday', '2026-10-01T10:00', 120, 240],
    ['a Saturday that is worked', '2026-10-10T10:00', 60, 120],
  ])('%s: major on site in %s', (_, from, major, general) => {
    expect(limit('emergency', 1, 'arrive', at(from))).toBe(major);
    expect(limit('emergency', 2, 'arrive', at(from))).toBe(general);
    expect(limit('emergency', 3, 'arrive', at(from))).toBe(general);
    expect(limit('emergency', 4, 'arrive', at(from))).toBeNull();
  });

  it('responds and repairs as R12 says', () => {
    for (const level of [1, 2, 3, 4] as const) {
      for (const clock of ['respond', 'repair'] as const) {
        expect(limit('emergency', level, clock)).toBe(limit('four_level', level, clock));
      }
    }
  });
});

describe('R10: every limit that is missed mobilises the next level', () => {
  it.each(['four_level', 'field_equipment', 'emergency'])('%s', (policy) => {
    expect(bookOf(policy).terms.promote).toEqual(['respond', 'arrive', 'repair']);
  });
});
