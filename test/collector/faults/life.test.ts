import { describe, expect, it } from 'vitest';
import type { FaultState, LedgerEntry, LedgerKind } from '../../../src/collector/faults/faults.ts';
import { type Case, type FaultBody, fold } from '../../../src/collector/faults/life.ts';
import { checkStep, STEPS } from '../../../src/collector/faults/steps.ts';
import { Failure } from '../../../src/shared/errors.ts';

const BREACH = {
  severity: 'warning',
  urgency: 'medium',
  impact: 'medium',
  level: 3,
  phenomenon: { en: 'Disk is full', zh: '磁盘已满' },
  value: 0.93,
  limit: 0.9,
};

function entry(
  number: number,
  kind: LedgerKind,
  detail: Record<string, unknown> = {},
): LedgerEntry {
  return { number, fault: 'F-000001', kind, atMs: number * 1000, by: 'system', note: '', detail };
}

const OPENED = entry(1, 'opened', {
  ...BREACH,
  device: 'web-1',
  rule: 'disk_full',
  indicator: 'filesystem_used_bytes',
  item: '/',
  beganMs: 500,
  layer: 'default',
});

/** One way into each state. */
const WAYS: Readonly<Record<FaultState, readonly LedgerKind[]>> = {
  open: [],
  suppressed: ['suppressed'],
  responded: ['responded'],
  arrived: ['responded', 'arrived'],
  repaired: ['repaired'],
  recovered: ['recovered'],
  verified: ['recovered', 'verified'],
  closed: ['recovered', 'closed'],
};

/** Whatever a kind needs to be folded. */
const DETAIL = {
  ...BREACH,
  recoveredMs: 1_800,
  why: 'dependency',
  by: 'F-000009',
  note: 'its switch is down',
  correction: {},
};

function inState(state: FaultState): Case {
  return WAYS[state].reduce(
    (before, kind, i) => fold(before, entry(i + 2, kind, DETAIL)),
    fold(undefined, OPENED),
  );
}

/** The whole table, written out: rows are kinds, columns states, letters the state after it. */
const LETTERS: Readonly<Record<string, FaultState>> = {
  o: 'open',
  s: 'suppressed',
  r: 'responded',
  a: 'arrived',
  p: 'repaired',
  e: 'recovered',
  v: 'verified',
  c: 'closed',
};
const COLUMNS = 'osrapevc';
const TABLE: Readonly<Record<Exclude<LedgerKind, 'opened' | 'late'>, string>> = {
  //              osrapevc
  suppressed: '   ss......',
  released: '     .o......',
  worsened: '     osrao...',
  eased: '        osrap...',
  clock: '        o.rapev.',
  promoted: '     o.rapev.',
  levelled: '     o.rapev.',
  paused: '       o.rap...',
  resumed: '      o.rap...',
  recovered: '    eeeee...',
  reopened: '     .....oo.',
  flapping: '     osrapev.',
  steadied: '     osrapev.',
  responded: '    r.......',
  arrived: '      a.a.....',
  repaired: '     p.pp....',
  verified: '     ....vv..',
  closed: '       ccccccc.',
  false_alarm: '  cccccc..',
  merged: '       s.sss...',
  split: '        .o......',
  linked: '       osrapevc',
  comment: '      osrapevc',
  attached: '     osrapevc',
  corrected: '    osrapevc',
  late_summary: ' osrapevc',
};

const CELLS = Object.entries(TABLE).flatMap(([kind, row]) =>
  [...COLUMNS].map((column, i) => {
    const after = LETTERS[row.trim()[i] ?? ''] ?? '-';
    return [LETTERS[column] as FaultState, kind as LedgerKind, after] as const;
  }),
);

describe('the transition table', () => {
  it.each(CELLS)('%s + %s → %s', (state, kind, after) => {
    expect(STEPS[state][kind] ?? '-').toBe(after);
    const before = inState(state);
    expect(before.fault.state).toBe(state);
    const step = entry(9, kind, DETAIL);
    if (after === '-') expect(() => fold(before, step)).toThrow(/BUG/);
    else expect(fold(before, step).fault.state).toBe(after);
  });

  it('knows no other kind', () => {
    const known = new Set(Object.values(STEPS).flatMap((steps) => Object.keys(steps)));
    expect([...known].sort()).toEqual(Object.keys(TABLE).sort());
  });

  it('names the steps that are possible instead', () => {
    const failure = (state: FaultState, kind: LedgerKind): unknown => {
      try {
        checkStep(inState(state).fault, kind);
        return null;
      } catch (error) {
        return error;
      }
    };
    expect(failure('open', 'responded')).toBeNull();
    const refused = failure('arrived', 'responded');
    expect(refused).toBeInstanceOf(Failure);
    expect(refused).toMatchObject({
      code: 'conflict',
      message: 'F-000001 is arrived: it cannot be responded',
      hint: 'possible now: repaired, comment, closed, false_alarm',
    });
    expect(failure('closed', 'closed')).toMatchObject({ hint: 'possible now: comment' });
  });
});

describe('a fault is what its ledger says', () => {
  it('when it opens', () => {
    const { fault, recoveryKnownMs, last } = fold(undefined, OPENED);
    const expected: FaultBody = {
      id: 'F-000001',
      device: 'web-1',
      rule: 'disk_full',
      indicator: 'filesystem_used_bytes',
      item: '/',
      state: 'open',
      level: 3,
      severity: 'warning',
      urgency: 'medium',
      impact: 'medium',
      phenomenon: { en: 'Disk is full', zh: '磁盘已满' },
      value: 0.93,
      limit: 0.9,
      beganMs: 500,
      openedMs: 1_000,
      recoveredMs: null,
      closedMs: null,
      origin: 'threshold',
      policy: '',
      systems: [],
      respondedMs: null,
      arrivedMs: null,
      repairedMs: null,
      verifiedMs: null,
      owner: '',
      quiet: null,
      flapping: false,
      reopened: 0,
      late: false,
      falseAlarm: false,
      record: { causeClass: '', cause: '', measures: '', result: '' },
      links: [],
    };
    expect([fault, recoveryKnownMs, last]).toEqual([expected, null, 1]);
  });

  it('when it worsens, recovers, returns and is closed', () => {
    const worse = fold(
      inState('open'),
      entry(2, 'worsened', { ...BREACH, severity: 'critical', level: 2 }),
    );
    expect(worse.fault).toMatchObject({ severity: 'critical', level: 2, beganMs: 500 });
    const recovered = fold(worse, entry(3, 'recovered', { recoveredMs: 2_700 }));
    expect(recovered.fault.recoveredMs).toBe(2_700);
    expect(recovered.recoveryKnownMs).toBe(3_000);
    const again = fold(recovered, entry(4, 'reopened', { ...BREACH, value: 0.99 }));
    expect(again.fault).toMatchObject({
      state: 'open',
      recoveredMs: null,
      value: 0.99,
      beganMs: 500,
    });
    expect(again.recoveryKnownMs).toBeNull();
    const closed = fold(again, entry(5, 'closed'));
    expect(closed.fault).toMatchObject({ state: 'closed', closedMs: 5_000, recoveredMs: null });
    expect(closed.last).toBe(5);
  });

  it('has figures that nobody knew as NaN, not as zero', () => {
    const unknown = entry(1, 'opened', { ...OPENED.detail, value: null, limit: null });
    expect(fold(undefined, unknown).fault).toMatchObject({ value: Number.NaN, limit: Number.NaN });
  });

  it('cannot begin in the middle', () => {
    expect(() => fold(undefined, entry(1, 'recovered'))).toThrow(/BUG: ledger entry 1/);
  });
});
