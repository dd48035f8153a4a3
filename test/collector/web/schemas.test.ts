import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceName, faultId, instant, note, person } from '../../../src/collector/web/schemas.ts';

const T = Date.UTC(2026, 0, 5, 8);

test.each([
  ['2026-01-05T08:00:00Z', T],
  ['2026-01-05T16:00:00+08:00', T],
  ['2026-01-05T16:00+0800', T],
  ['2026-01-05T08:00:00.250Z', T + 250],
  [String(T / 1000), T],
  [`${T / 1000}.5`, T + 500],
  ['0', 0],
])('%s is a time', (text, ms) => {
  expect(instant.parse(text)).toBe(ms);
});

test.each(['', 'now', '2026-01-05', '2026-01-05T08:00:00', '-5', '1e9', '2026-13-05T08:00:00Z'])(
  '%j is none',
  (text) => {
    const { success, error } = instant.safeParse(text);
    expect(success).toBe(false);
    expect(error?.issues[0]?.message).toContain('is not a time');
  },
);

test('every moment of a century is read back from its ISO form', () => {
  const moment = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true });
  fc.assert(
    fc.property(moment, (date) => {
      expect(instant.parse(date.toISOString())).toBe(date.getTime());
    }),
  );
});

test('ids, names and notes are bounded', () => {
  expect(faultId.safeParse('F-000123').success).toBe(true);
  for (const id of ['F-', 'F-12a', 'f-1', '1', 'F-1234567890123', '../F-1']) {
    expect(faultId.safeParse(id).success, id).toBe(false);
  }
  expect(deviceName.safeParse('').success).toBe(false);
  expect(deviceName.safeParse('x'.repeat(257)).success).toBe(false);
  expect(note.parse(undefined)).toBe('');
  expect(note.safeParse('x'.repeat(2_001)).success).toBe(false);
  expect(person.parse(undefined)).toBe('administrator');
  expect(person.safeParse('').success).toBe(false);
});
