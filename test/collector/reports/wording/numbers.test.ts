import { expect, test } from 'vitest';
import {
  bitRate,
  bytes,
  percent,
  plain,
  wholeDays,
} from '../../../../src/collector/reports/wording/numbers.ts';

const GIB = 1024 ** 3;

test.each([
  [0.921, '92.1'],
  [0.41, '41.0'],
  [1, '100'],
  [0.9996, '100'],
  [1.048, '105'],
  [0, '0.0'],
])('the share %d is %s %%', (ratio, text) => {
  expect(percent(ratio)).toBe(text);
});

test('shares take other decimals on demand', () => {
  expect(percent(0.46, 0)).toBe('46');
  expect(percent(0.0012, 2)).toBe('0.12');
});

test.each([
  [16 * GIB, '16 GB'],
  [4.9 * GIB, '4.9 GB'],
  [1500 * GIB, '1500 GB'],
  [20 * 1024 * GIB, '20 TB'],
  [512 * 1024 ** 2, '512 MB'],
  [3000, '2.9 KB'],
  [GIB - 100, '1 GB'],
  [1023.9 * 1024 ** 2, '1023.9 MB'],
  [0, '0'],
  [-2 * GIB, '-2 GB'],
])('%d bytes are %s', (value, text) => {
  expect(bytes(value)).toBe(text);
});

test.each([
  [125_000_000, '1 Gbit/s'],
  [12_500_000, '100 Mbit/s'],
  [250, '2 kbit/s'],
  [1_250_000_000, '10 Gbit/s'],
])('%d bytes per second are %s', (value, text) => {
  expect(bitRate(value)).toBe(text);
});

test('days count the day on which it happens', () => {
  expect(wholeDays(34.2)).toBe('35');
  expect(wholeDays(35)).toBe('35');
  expect(wholeDays(35.0000000001)).toBe('35');
  expect(wholeDays(0.1)).toBe('1');
  expect(wholeDays(0)).toBe('1');
});

test('plain numbers lose their trailing zeros', () => {
  expect([plain(4.0), plain(4.94), plain(0.125, 2), plain(-0.04)]).toEqual([
    '4',
    '4.9',
    '0.13',
    '0',
  ]);
});
