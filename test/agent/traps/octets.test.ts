import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { octetText, valueText } from '../../../src/agent/traps/octets.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('octets', () => {
  test.each([
    [Buffer.from('eth0'), 'eth0'],
    [Buffer.from('eth0\0'), 'eth0'],
    [Buffer.from('机房空调故障'), '机房空调故障'],
    // 电源故障 in GBK, as many devices made in China send it.
    [Buffer.from('b5e7d4b4b9cad5cf', 'hex'), '电源故障'],
    [Buffer.from('001a2b3c4d5e', 'hex'), '00:1a:2b:3c:4d:5e'],
    [Buffer.from('07e7010a0c1e00', 'hex'), '07:e7:01:0a:0c:1e:00'],
    [Buffer.alloc(0), ''],
    [Buffer.from('line one\r\nline two'), 'line one  line two'],
    [Buffer.from('a\u202eb'), 'a b'],
  ])('%j are %j', (bytes, text) => expect(octetText(bytes)).toBe(text));

  test('of any kind are one short line that hides nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6_000 }), (bytes) => {
        const text = octetText(bytes);
        expect(text).not.toMatch(CONTROL);
        expect(text.length).toBeLessThanOrEqual(1_024);
        expect(text.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('other values', () => {
  test('are written as they are', () => {
    expect(valueText(null, false)).toBe('');
    expect(valueText(undefined, false)).toBe('');
    expect(valueText(-3, false)).toBe('-3');
    expect(valueText('1.3.6.1', false)).toBe('1.3.6.1');
  });

  test('counters of 64 bits are exact, whatever zeros stand in front', () => {
    expect(valueText(Buffer.from('ffffffffffffffff', 'hex'), true)).toBe('18446744073709551615');
    expect(valueText(Buffer.from('000020000000000001', 'hex'), true)).toBe('9007199254740993');
    expect(valueText(Buffer.alloc(0), true)).toBe('0');
  });
});
