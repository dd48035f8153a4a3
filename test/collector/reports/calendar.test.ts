import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  dateOfDay,
  formatInstant,
  localClock,
  monthPeriod,
  monthsUntil,
  zoneStretches,
} from '../../../src/collector/reports/calendar.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';

describe('a month', () => {
  test.each([
    ['UTC', Date.UTC(2026, 2, 1), 31 * 24],
    ['Asia/Shanghai', Date.UTC(2026, 1, 28, 16), 31 * 24],
    // The clocks go forward on 29 March.
    ['Europe/Berlin', Date.UTC(2026, 1, 28, 23), 31 * 24 - 1],
    ['America/St_Johns', Date.UTC(2026, 2, 1, 3, 30), 31 * 24 - 1],
  ])('begins at local midnight in %s', (zone, fromMs, hours) => {
    const period = monthPeriod('2026-03', zone);
    expect(period.fromMs).toBe(fromMs);
    expect((period.toMs - period.fromMs) / HOUR_MS).toBe(hours);
  });

  test.each(['2026-13', '2026-3', '2026', 'March', '2026-03-01', '', '../../etc'])(
    'written as %j is refused',
    (month) => {
      expect(() => monthPeriod(month, 'UTC')).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );

  test('of an unknown zone is refused with the name and the mend', () => {
    try {
      monthPeriod('2026-03', 'Asia/Atlantis');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
      expect((error as Failure).message).toContain('Asia/Atlantis');
      expect((error as Failure).hint).toContain('IANA');
    }
  });
});

test('months before go across the year', () => {
  expect(monthsUntil('2026-02', 4, 'UTC').map(({ name }) => name)).toEqual([
    '2025-11',
    '2025-12',
    '2026-01',
    '2026-02',
  ]);
});

test('months meet without gap or overlap, in every zone', () => {
  const zones = fc.constantFrom('UTC', 'Asia/Shanghai', 'Europe/Berlin', 'Australia/Lord_Howe');
  fc.assert(
    fc.property(zones, fc.integer({ min: 1, max: 12 }), (zone, month) => {
      const months = monthsUntil(`2026-${String(month).padStart(2, '0')}`, 13, zone);
      for (const [i, period] of months.entries()) {
        expect(period.toMs).toBeGreaterThan(period.fromMs);
        if (i > 0) expect(period.fromMs).toBe(months[i - 1]?.toMs);
      }
    }),
  );
});

test('a zone is a list of stretches of constant offset', () => {
  const { fromMs, toMs } = monthPeriod('2026-03', 'Europe/Berlin');
  expect(zoneStretches('Europe/Berlin', fromMs, toMs)).toEqual([
    { toMs: Date.UTC(2026, 2, 29, 1), offsetMs: HOUR_MS },
    { toMs, offsetMs: 2 * HOUR_MS },
  ]);
  expect(zoneStretches('Asia/Shanghai', fromMs, toMs)).toEqual([{ toMs, offsetMs: 8 * HOUR_MS }]);
});

describe('the local clock', () => {
  test('counts local days', () => {
    const from = Date.UTC(2026, 2, 1);
    const clock = localClock('Asia/Shanghai', from, from + 5 * DAY_MS);
    const at = (hour: number): string => dateOfDay(clock.day(from + hour * HOUR_MS));
    expect([at(0), at(15.9), at(16), at(39.9), at(40)]).toEqual([
      '2026-03-01',
      '2026-03-01',
      '2026-03-02',
      '2026-03-02',
      '2026-03-03',
    ]);
  });

  test('may be asked backwards', () => {
    const { fromMs, toMs } = monthPeriod('2026-03', 'Europe/Berlin');
    const clock = localClock('Europe/Berlin', fromMs, toMs);
    const late = clock.day(toMs - 1);
    expect(dateOfDay(clock.day(fromMs))).toBe('2026-03-01');
    expect(clock.day(toMs - 1)).toBe(late);
    expect(dateOfDay(late)).toBe('2026-03-31');
  });

  test('has 25 hours on the day autumn repeats one', () => {
    const { fromMs, toMs } = monthPeriod('2026-10', 'Europe/Berlin');
    const clock = localClock('Europe/Berlin', fromMs, toMs);
    const hours = new Set<number>();
    for (let ms = Date.UTC(2026, 9, 24, 22); ms < Date.UTC(2026, 9, 25, 23); ms += 300_000) {
      expect(dateOfDay(clock.day(ms))).toBe('2026-10-25');
      hours.add(clock.hour(ms));
    }
    expect(hours.size).toBe(25);
  });

  test('cuts hours where a half-hour zone does', () => {
    const from = Date.UTC(2026, 2, 1);
    const clock = localClock('Asia/Kolkata', from, from + DAY_MS);
    expect(clock.hour(from + 29 * 60_000)).toBe(clock.hour(from));
    expect(clock.hour(from + 30 * 60_000)).toBe(clock.hour(from) + 1);
  });
});

test('instants and dates are written in the zone', () => {
  expect(formatInstant(Date.UTC(2026, 2, 31, 15, 55), 'Asia/Shanghai')).toBe('2026-03-31 23:55');
  expect(addDays('2026-02-27', 3)).toBe('2026-03-02');
});
