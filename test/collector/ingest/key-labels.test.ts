import { describe, expect, it } from 'vitest';
import { labelsOfKey } from '../../../src/collector/ingest/key-labels.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { formatSeries } from '../../../src/shared/sample.ts';
import { bytesField, seriesV1 } from './wire-bytes.ts';

function key(...labels: readonly (readonly [string, string])[]): Uint8Array {
  return Uint8Array.from(seriesV1({ labels, samples: [] }));
}

const NAME = ['__name__', 'up'] as const;

describe('labelsOfKey', () => {
  it('reads labels with every kind of text', () => {
    const labels = labelsOfKey(key(NAME, ['instance', '值守-1'], ['mountpoint', '/a "b"\\c']));
    expect(formatSeries(labels)).toBe('up{instance="值守-1",mountpoint="/a \\"b\\"\\\\c"}');
  });

  it('reads the parts of a label in any order and skips unknown ones', () => {
    const odd = [...bytesField(2, 'up'), 0x18, 0x01, ...bytesField(1, '__name__')];
    expect(formatSeries(labelsOfKey(Uint8Array.from(bytesField(1, odd))))).toBe('up');
  });

  it('takes an empty value for no label', () => {
    expect(formatSeries(labelsOfKey(key(NAME, ['a', ''], ['b', 'x'])))).toBe('up{b="x"}');
  });

  it.each([
    ['names out of order', key(NAME, ['b', '1'], ['a', '1']), 'malformed', 'out of order'],
    ['a name that comes twice', key(NAME, ['a', '1'], ['a', '2']), 'malformed', 'comes twice'],
    ['an empty name', key(['', 'x'], NAME), 'malformed', 'without a name'],
    [
      'a missing name',
      Uint8Array.from(bytesField(1, bytesField(2, 'x'))),
      'malformed',
      'without a name',
    ],
    ['no metric name', key(['a', '1']), 'malformed', 'without a name'],
    ['no labels at all', key(), 'malformed', 'without a name'],
    ['a metric name with a space', key(['__name__', 'a b']), 'malformed', 'not valid'],
    ['a reserved name', key(NAME, ['__x__', '1']), 'malformed', 'not valid'],
    ['a line feed', key(NAME, ['a', 'x\ny']), 'malformed', 'control'],
    ['a bidi override', key(NAME, ['a', '\u202e']), 'malformed', 'control'],
    ['a NUL', key(NAME, ['a', '\u0000']), 'malformed', 'control'],
    ['a long value', key(NAME, ['a', 'x'.repeat(257)]), 'limit_reached', 'longer than 256'],
    ['a long name', key(NAME, ['a'.repeat(129), 'x']), 'limit_reached', 'longer than 128'],
    [
      'too many labels',
      key(NAME, ...Array.from({ length: 32 }, (_, i) => [`l${i + 10}`, 'x'] as const)),
      'limit_reached',
      'more than 32',
    ],
  ])('refuses %s', (_, bytes, code, message) => {
    try {
      labelsOfKey(bytes);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
      expect((error as Failure).code).toBe(code);
      expect((error as Failure).message).toContain(message);
    }
  });

  it.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a text cut short', [0xe5, 0x80]],
  ])('refuses %s in UTF-8', (_, text) => {
    const label = [...bytesField(1, 'a'), ...bytesField(2, text)];
    const bytes = Uint8Array.from([...key(NAME), ...bytesField(1, label)]);
    expect(() => labelsOfKey(bytes)).toThrow('not valid UTF-8');
  });

  it('has no prototype to pollute', () => {
    expect(() => labelsOfKey(key(NAME, ['__proto__', 'x']))).toThrow('not valid');
    expect(Object.getPrototypeOf(labelsOfKey(key(NAME, ['constructor', 'x'])))).toBeNull();
  });
});
