import { describe, expect, it } from 'vitest';
import { nextDue } from '../../../src/collector/faults/clocks.ts';
import type { LedgerEntry, LedgerKind, Level } from '../../../src/collector/faults/faults.ts';
import { type Case, fold } from '../../../src/collector/faults/life.ts';
import { bookOf, caseOf, clockOf, entryOf, openedEntry } from './ledger-entries.ts';

const MINUTE_MS = 60_000;
const START = Date.parse('2026-09-22T10:00:00+08:00');
const BOOK = bookOf('four_level');
const at = (minutes: number): number => START + minutes * MINUTE_MS;

/** `[minute, kind, detail]` after a fault of a level that opened at minute 0. */
type Said = readonly [number, LedgerKind, Record<string, unknown>?];
function life(level: Level, ...said: readonly Said[]): Case {
  const entries = said.map(
    ([minute, kind, detail = {}], i): LedgerEntry =>
      entryOf(i + 2, kind, { atMs: at(minute), by: '王芳', detail }),
  );
  return caseOf(openedEntry(level, START), ...entries);
}

/** Minute of the deadline. */
function deadline(one: Case, clock: 'respond' | 'arrive' | 'repair'): number | null {
  const { deadlineMs } = clockOf(one, clock, BOOK);
  return deadlineMs === null ? null : (deadlineMs - START) / MINUTE_MS;
}
const state = (one: Case, clock: 'respond' | 'arrive' | 'repair') =>
  clockOf(one, clock, BOOK).state;

describe('a raise of the level', () => {
  it('counts the new limit from the raise, and never loosens', () => {
    expect(deadline(life(3, [5, 'levelled', { level: 2 }]), 'respond')).toBe(15);
    expect(deadline(life(3, [15, 'levelled', { level: 2 }]), 'respond')).toBe(20);
    expect(deadline(life(3, [60, 'levelled', { level: 2 }]), 'repair')).toBe(60 + 8 * 60);
    expect(deadline(life(3, [5, 'levelled', { level: 1 }]), 'repair')).toBe(12 * 60);
  });

  it('after a clock has stopped does not change what it was judged by', () => {
    const answered = life(3, [12, 'responded'], [15, 'levelled', { level: 1 }]);
    expect(clockOf(answered, 'respond', BOOK)).toMatchObject({
      ...{ state: 'met', limitMs: 20 * MINUTE_MS, deadlineMs: at(20), stoppedMs: at(12) },
    });
    expect(deadline(answered, 'repair')).toBe(12 * 60);
    const routine = life(4, [12, 'responded'], [15, 'levelled', { level: 1 }]);
    expect(clockOf(routine, 'respond', BOOK)).toMatchObject({
      ...{ state: 'none', limitMs: null, deadlineMs: null },
    });
    const late = life(3, [25, 'responded'], [30, 'levelled', { level: 1 }]);
    expect(clockOf(late, 'respond', BOOK)).toMatchObject({ state: 'missed', deadlineMs: at(20) });
  });

  it('does not matter to a step that was taken before its clock began', () => {
    const early = life(3, [1, 'responded', { whenMs: at(-5) }], [15, 'levelled', { level: 1 }]);
    expect(clockOf(early, 'respond', BOOK)).toMatchObject({
      ...{ state: 'met', limitMs: 20 * MINUTE_MS, deadlineMs: at(20), stoppedMs: at(-5) },
    });
  });

  it('begins a clock that had no limit', () => {
    expect(deadline(life(4, [100, 'levelled', { level: 3 }]), 'respond')).toBe(120);
    expect(state(life(4), 'respond')).toBe('none');
  });

  it('that was known late holds from when it was true', () => {
    const late = life(3, [50, 'promoted', { level: 2, sinceMs: at(20) }]);
    expect(deadline(late, 'arrive')).toBe(30);
    expect(deadline(late, 'repair')).toBe(20 + 8 * 60);
  });
});

describe('a lowering of the level', () => {
  it('counts the new limit from the start', () => {
    expect(deadline(life(2, [8, 'levelled', { level: 3 }]), 'respond')).toBe(20);
    const upAndDown = life(3, [5, 'levelled', { level: 1 }], [6, 'levelled', { level: 2 }]);
    expect(deadline(upAndDown, 'respond')).toBe(10);
  });

  it('to the daily routine takes the limit away', () => {
    expect(deadline(life(2, [8, 'levelled', { level: 4 }]), 'respond')).toBeNull();
  });
});

describe('a pause', () => {
  const paused: Said = [5, 'paused', { reason: 'force_majeure' }];

  it('moves the deadline by as long as it lasted, whatever the level does meanwhile', () => {
    expect(deadline(life(3, paused, [65, 'resumed']), 'respond')).toBe(80);
    const raised = life(3, paused, [30, 'levelled', { level: 2 }], [65, 'resumed']);
    expect(deadline(raised, 'respond')).toBe(75);
    const lowered = life(2, paused, [30, 'levelled', { level: 3 }], [65, 'resumed']);
    expect(deadline(lowered, 'respond')).toBe(80);
  });

  it('that lasts leaves the deadline open', () => {
    expect(deadline(life(3, paused), 'respond')).toBeNull();
    expect(state(life(3, paused), 'respond')).toBe('paused');
    expect(nextDue(life(3, paused).sheet, BOOK)).toBeNull();
  });

  it('may be entered later than it was', () => {
    const late = life(
      3,
      [15, 'paused', { whenMs: at(5), reason: 'waiting_for_user' }],
      [18, 'resumed', { whenMs: at(10) }],
    );
    expect(deadline(late, 'respond')).toBe(25);
  });

  it('ends with the fault', () => {
    const over = life(3, paused, [30, 'recovered', { recoveredMs: at(29) }]);
    expect(over.sheet.pauses).toMatchObject([{ fromMs: at(5), toMs: at(29) }]);
    expect(state(over, 'respond')).toBe('met');
  });
});

describe('a correction', () => {
  it('of the start moves every deadline', () => {
    const corrected = life(3, [10, 'corrected', { correction: { startMs: at(-30) } }]);
    expect([deadline(corrected, 'respond'), deadline(corrected, 'repair')]).toEqual([
      -10,
      12 * 60 - 30,
    ]);
  });

  it('of a step that was entered late makes a missed limit met', () => {
    const late = life(3, [20, 'clock', { clock: 'respond', share: 1 }], [25, 'responded']);
    expect(state(late, 'respond')).toBe('missed');
    const correction = { respondedMs: at(12) };
    expect(
      state(
        life(
          3,
          [20, 'clock', { clock: 'respond', share: 1 }],
          [25, 'responded'],
          [40, 'corrected', { correction }],
        ),
        'respond',
      ),
    ).toBe('met');
  });

  it('excludes time that must not have counted, beside pauses in any order', () => {
    const excluded = { fromMs: at(2), toMs: at(4), reason: 'force_majeure' };
    const one = life(
      3,
      [10, 'paused', { reason: 'agreed' }],
      [12, 'resumed'],
      [15, 'paused', { reason: 'agreed' }],
      [16, 'corrected', { correction: { excluded } }],
      [17, 'resumed'],
    );
    expect(deadline(one, 'respond')).toBe(20 + 2 + 2 + 2);
    const overlapping = { fromMs: at(11), toMs: at(14), reason: 'force_majeure' };
    const both = life(
      3,
      [10, 'paused', { reason: 'agreed' }],
      [12, 'resumed'],
      [16, 'corrected', { correction: { excluded: overlapping } }],
    );
    expect(deadline(both, 'respond')).toBe(24);
  });
});

describe('what stops a clock', () => {
  it('is its step, a later step, or the end', () => {
    const stopped = (one: Case) =>
      (['respond', 'arrive', 'repair'] as const).map((clock) => {
        const { stoppedMs } = clockOf(one, clock, BOOK);
        return stoppedMs === null ? null : (stoppedMs - START) / MINUTE_MS;
      });
    expect(stopped(life(3))).toEqual([null, null, null]);
    expect(stopped(life(3, [4, 'responded']))).toEqual([4, null, null]);
    expect(stopped(life(3, [9, 'arrived']))).toEqual([9, 9, null]);
    expect(stopped(life(3, [4, 'responded'], [9, 'repaired']))).toEqual([4, 9, 9]);
    expect(stopped(life(3, [7, 'recovered', { recoveredMs: at(6) }]))).toEqual([6, 6, 6]);
    expect(stopped(life(3, [7, 'closed']))).toEqual([7, 7, 7]);
  });

  it('on the deadline is in time, a moment later is not', () => {
    expect(state(life(3, [20, 'responded']), 'respond')).toBe('met');
    expect(state(life(3, [20 + 1 / 60, 'responded']), 'respond')).toBe('missed');
  });
});

const WORSE = {
  ...{ severity: 'critical', urgency: 'high', impact: 'high', level: 2, value: 1, limit: 0 },
  phenomenon: { en: '', zh: '' },
};

describe('what begins the clocks anew', () => {
  const quiet = { why: 'dependency', by: 'F-000009', note: '' };

  it('is the release of what was suppressed', () => {
    const suppressed = life(3, [0, 'suppressed', quiet]);
    expect(state(suppressed, 'respond')).toBe('waiting');
    expect(nextDue(suppressed.sheet, BOOK)).toBeNull();
    const released = life(3, [0, 'suppressed', quiet], [90, 'released']);
    expect(deadline(released, 'respond')).toBe(110);
  });

  it('is the return of the breach', () => {
    const breach = { ...WORSE, policy: 'four_level', terms: 'key' };
    const again = life(
      3,
      [4, 'responded'],
      [8, 'recovered', { recoveredMs: at(8) }],
      [12, 'reopened', { ...breach, startMs: at(12) }],
    );
    expect(again.fault).toMatchObject({ state: 'open', respondedMs: null, reopened: 1 });
    expect(deadline(again, 'respond')).toBe(22);
  });

  it('is a repair that did not hold', () => {
    const worse = life(3, [4, 'responded'], [30, 'repaired'], [40, 'worsened', { ...WORSE }]);
    expect(worse.fault).toMatchObject({ state: 'open', respondedMs: null, repairedMs: null });
    expect(deadline(worse, 'respond')).toBe(50);
  });
});

describe('what falls due', () => {
  const dues = (one: Case): string[] => {
    const found: string[] = [];
    let current = one;
    for (let number = 100; ; number++) {
      const due = nextDue(current.sheet, BOOK);
      if (due === null) return found;
      const { clock, share, dueMs } = due;
      found.push(`${(dueMs - START) / MINUTE_MS} ${clock} ${share * 100}%`);
      const entry = entryOf(number, 'clock', { atMs: dueMs, detail: { clock, share } });
      current = fold(current, entry);
    }
  };

  it('is told at 50, 80 and 100 % of every clock that runs, in order', () => {
    expect(dues(life(3))).toEqual([
      '10 respond 50%',
      '15 arrive 50%',
      '16 respond 80%',
      '20 respond 100%',
      '24 arrive 80%',
      '30 arrive 100%',
      '360 repair 50%',
      '576 repair 80%',
      '720 repair 100%',
    ]);
    expect(dues(life(4))).toEqual([]);
    expect(dues(life(1))).toHaveLength(6);
  });

  it('is not told of a clock that stopped before', () => {
    expect(dues(life(3, [10, 'responded']))[0]).toBe('15 arrive 50%');
    expect(dues(life(3, [11, 'arrived'])).slice(0, 2)).toEqual([
      '10 respond 50%',
      '360 repair 50%',
    ]);
    expect(dues(life(3, [18, 'recovered', { recoveredMs: at(18) }]))).toEqual([
      '10 respond 50%',
      '15 arrive 50%',
      '16 respond 80%',
    ]);
  });
});

describe('faults older than clocks', () => {
  it('have none, until they come back', () => {
    const old = openedEntry(2, START);
    const { policy: _, terms: __, startMs: ___, ...detail } = old.detail;
    const one = caseOf({ ...old, detail });
    expect(one.sheet).toMatchObject({ terms: '', startMs: null });
    expect(nextDue(one.sheet, BOOK)).toBeNull();
  });
});
