import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, parseBytes, parseDuration, SLOT_MS } from '../../src/shared/units.ts';

describe('parseDuration', () => {
  test.each([
    ['15s', 15_000],
    ['250ms', 250],
    ['90m', 90 * 60_000],
    ['1h30m', 90 * 60_000],
    ['72h', 3 * DAY_MS],
    ['30d', 30 * DAY_MS],
    ['2w', 14 * DAY_MS],
    ['1.5h', 90 * 60_000],
    ['0s', 0],
    ['1d1h1m1s1ms', DAY_MS + HOUR_MS + 60_000 + 1_000 + 1],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '15', 's', '15 s', '15S', '-5s', '5sec', '1h 30m', '1y', '1e3s', 'h1', '5s,'])(
    '%j is refused, with an example',
    (text) => {
      expect(() => parseDuration(text)).toThrow(
        expect.objectContaining({
          code: 'config',
          message: `"${text}" is not a duration`,
          hint: expect.stringContaining('1h30m'),
        }),
      );
    },
  );

  test('parts add up', () => {
    const part = fc.tuple(fc.nat(1_000), fc.constantFrom('ms', 's', 'm', 'h', 'd', 'w'));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const texts = parts.map(([n, unit]) => `${n}${unit}`);
        const sum = texts.reduce((total, text) => total + parseDuration(text), 0);
        expect(parseDuration(texts.join(''))).toBe(sum);
      }),
    );
  });
});

describe('parseBytes', () => {
  test.each([
    ['0B', 0],
    ['512B', 512],
    ['64KiB', 65_536],
    ['1MiB', 1_048_576],
    ['1GiB', 1_073_741_824],
    ['2TiB', 2_199_023_255_552],
    ['1KB', 1_000],
    ['1.5GB', 1_500_000_000],
    ['4 MiB', 4_194_304],
  ])('%s', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  test.each(['', '1', 'GiB', '1G', '1gib', '-1GiB', '1GiB2', '1e9B', '1GiB 1MiB'])(
    '%j is refused, with an example',
    (text) => {
      expect(() => parseBytes(text)).toThrow(
        expect.objectContaining({
          code: 'config',
          message: `"${text}" is not a size`,
          hint: expect.stringContaining('1GiB'),
        }),
      );
    },
  );
});

test('slots divide hours, hours divide days', () => {
  expect(HOUR_MS % SLOT_MS).toBe(0);
  expect(DAY_MS % HOUR_MS).toBe(0);
  expect(DAY_MS / SLOT_MS).toBe(288);
});
