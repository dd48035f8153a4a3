import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberOf, parseOnce, readProc, wordsOf } from '../../../src/agent/sources/lines.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { hostOf, put } from './fixture-host.ts';

describe('numberOf', () => {
  test('nothing there is no number, and never zero', () => {
    for (const nothing of [null, undefined, '']) expect(numberOf(nothing)).toBeNaN();
    expect(numberOf('0')).toBe(0);
  });

  test('any other word is refused by name, a long one cut short', () => {
    expect(() => numberOf('12kB')).toThrow('"12kB" is not a number');
    expect(() => numberOf('x'.repeat(1000))).toThrow(`"${'x'.repeat(40)}" is not a number`);
    expect(() => numberOf('Infinity')).toThrow(Failure);
  });

  test('counters of 64 bits come out as the nearest double', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (count) => {
        expect(numberOf(String(count))).toBe(Number(count));
      }),
    );
  });
});

test('wordsOf leaves out blanks before, between and after', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[\w.:-]{1,8}$/), { minLength: 1 }),
      fc.constantFrom(' ', '  ', '\t', ' \t '),
      (words, blank) => {
        expect(wordsOf(blank + words.join(blank) + blank)).toEqual(words);
      },
    ),
  );
});

test('parseOnce parses again only when the text differs', () => {
  const parsed: string[] = [];
  const parse = parseOnce((text) => {
    parsed.push(text);
    return text.length;
  });
  expect([parse('a'), parse('a'), parse('bb'), parse('a')]).toEqual([1, 1, 2, 1]);
  expect(parsed).toEqual(['a', 'bb', 'a']);
});

describe('readProc', () => {
  test('a missing file says how to mend it', () => {
    const host = hostOf({});
    expect(() => readProc(host, 'stat', 'cpu')).toThrow(
      expect.objectContaining({ code: 'io', hint: expect.stringContaining('procPath') }),
    );
  });

  test('an empty or foreign file is malformed, not empty', () => {
    const host = hostOf({ 'proc/stat': '', 'proc/meminfo': 'Speicher: 12 kB\n' });
    for (const [name, landmark] of [
      ['stat', 'cpu'],
      ['meminfo', 'MemTotal:'],
    ] as const) {
      expect(() => readProc(host, name, landmark)).toThrow(
        expect.objectContaining({ code: 'malformed', message: expect.stringContaining(landmark) }),
      );
    }
  });

  test('reads what the file holds now, also when it was mended meanwhile', () => {
    const host = hostOf({});
    expect(() => readProc(host, 'loadavg', '.')).toThrow();
    put(host.root, 'proc/loadavg', '1.00 2.00 3.00\n');
    expect(readProc(host, 'loadavg', '.')).toBe('1.00 2.00 3.00\n');
    put(host.root, 'proc/loadavg', '9.00\n');
    expect(readProc(host, 'loadavg', '.')).toBe('9.00\n');
  });
});
