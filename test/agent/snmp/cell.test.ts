import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressOf, cellOf, cleanText, numberOf, textOf } from '../../../src/agent/snmp/cell.ts';

const counter = (bytes: readonly number[]) => ({ oid: '1.3', type: 70, value: Buffer.from(bytes) });

test.each([
  [[0x20, 0, 0, 0, 0, 0, 1], 9_007_199_254_740_993n],
  [[0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 18_446_744_073_709_551_615n],
  [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 18_446_744_073_709_551_615n],
  [[5], 5n],
  [[], 0n],
])('a 64-bit counter of bytes %j is exact', (bytes, value) => {
  expect(cellOf(counter(bytes))).toBe(value);
});

test('every 64-bit counter is read as it was written', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
      const hex = value.toString(16);
      const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
      expect(cellOf({ oid: '1', type: 70, value: bytes })).toBe(value);
    }),
  );
});

test.each([128, 129, 130])('exception %i is nothing, not zero', (type) => {
  expect(cellOf({ oid: '1', type, value: null })).toBeNull();
  expect(numberOf(null)).toBeNaN();
});

test.each([
  ['15 PERCENT', 15],
  ['512 MB', 512],
  ['-3.5 C', -3.5],
  ['1.5e3', 1_500],
  ['none', Number.NaN],
])('the first number of "%s" is %d', (text, number) => {
  expect(numberOf(Buffer.from(text))).toBe(number);
});

test('hostile text is shown inert: no controls, no bidi marks, at most 1 KiB, whole characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3_000 }), (bytes) => {
      const text = cleanText(Buffer.from(bytes));
      expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_024);
      expect(text).toBe(text.trim());
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['\u001b[31mred\u0007', '[31mred'],
  ['a\r\nb', 'a b'],
  ['\u202etxt.exe', 'txt.exe'],
  ['接入层\u0000交换机', '接入层 交换机'],
])('%j becomes %j', (raw, clean) => {
  expect(cleanText(Buffer.from(raw))).toBe(clean);
});

test('a long text ends with a whole character', () => {
  const text = cleanText(Buffer.from('网'.repeat(600)));
  expect(text).toBe('网'.repeat(341));
});

test('addresses: six bytes are a MAC, four an IPv4 address, else text', () => {
  expect(addressOf(Buffer.from([0, 0x1b, 0x21, 3, 4, 0xff]))).toBe('00:1b:21:03:04:ff');
  expect(addressOf(Buffer.from([192, 0, 2, 9]))).toBe('192.0.2.9');
  expect(addressOf(Buffer.from('core-2'))).toBe('63:6f:72:65:2d:32');
  expect(addressOf('192.0.2.1')).toBe('192.0.2.1');
  expect(textOf(undefined)).toBe('');
});
