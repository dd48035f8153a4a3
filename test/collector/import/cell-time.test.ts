import { expect, test } from 'vitest';
import { badTime, timeReader } from '../../../src/collector/import/cell-time.ts';

const NOW = Date.UTC(2026, 0, 5);
const reader = (unit: 'seconds' | 'milliseconds' | 'iso8601', offset?: string) =>
  timeReader({ column: 'ts', unit, offset }, NOW);

test('seconds and milliseconds since 1970, with fractions', () => {
  expect(reader('seconds')('1372629804')).toBe(1_372_629_804_000);
  expect(reader('seconds')(' 1372629804.5 ')).toBe(1_372_629_804_500);
  expect(reader('milliseconds')('1372629804123')).toBe(1_372_629_804_123);
});

test('ISO 8601 with its zone, or with the offset of the map', () => {
  expect(reader('iso8601')('2025-06-01T08:00:00+08:00')).toBe(Date.UTC(2025, 5, 1));
  expect(reader('iso8601')('2025-06-01T00:00:00.250Z')).toBe(Date.UTC(2025, 5, 1) + 250);
  expect(reader('iso8601', '+08:00')('2025-06-01 08:00')).toBe(Date.UTC(2025, 5, 1));
  expect(reader('iso8601', '+08:00')('2025-06-01 08:00:00Z')).toBe(Date.UTC(2025, 5, 1, 8));
  expect(reader('iso8601')('2025-06-01 08:00:00')).toBeNaN();
});

test.each(['', 'now', '-5', '0x10', '1e9', '2025-06-01'])('%j is no number of seconds', (cell) => {
  expect(reader('seconds')(cell)).toBeNaN();
});

test('a wrong unit shows as a year that cannot be', () => {
  expect(reader('seconds')('1372629804000')).toBeNaN();
  expect(badTime('1372629804000', { column: 't', unit: 'seconds', offset: undefined })).toMatch(
    /year 45\d{3}: is time.unit milliseconds\?/,
  );
  expect(reader('milliseconds')('1372629804')).toBeNaN();
  expect(badTime('1372629804', { column: 't', unit: 'milliseconds', offset: undefined })).toMatch(
    /year 1970: is time.unit seconds\?/,
  );
  expect(badTime('x', { column: 't', unit: 'seconds', offset: undefined })).toContain(
    'not a number',
  );
  expect(badTime('1'.repeat(30), { column: 't', unit: 'seconds', offset: undefined })).toContain(
    'far',
  );
});

test('the future is refused', () => {
  expect(reader('milliseconds')(String(NOW + 600_000))).toBe(NOW + 600_000);
  expect(reader('milliseconds')(String(NOW + 600_001))).toBeNaN();
});
