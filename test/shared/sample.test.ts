import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkLabels,
  escapeLabelValue,
  formatSeries,
  LIMITS,
  labelsKey,
  makeLabels,
} from '../../src/shared/sample.ts';

const named = (pairs: Record<string, string> = {}) =>
  makeLabels([['__name__', 'node_x'], ...Object.entries(pairs)]);

describe('makeLabels', () => {
  test('sorts by name, drops empty values, and nothing can be changed', () => {
    const labels = makeLabels([
      ['b', '2'],
      ['__name__', 'x'],
      ['empty', ''],
      ['a', '1'],
    ]);
    expect(Object.keys(labels)).toEqual(['__name__', 'a', 'b']);
    expect(Object.isFrozen(labels)).toBe(true);
  });

  test('has no prototype: a label named like a method is a label', () => {
    const labels = makeLabels([['constructor', 'x']]);
    expect(labels.constructor).toBe('x');
    expect(labels.toString).toBeUndefined();
    expect(Object.entries(makeLabels([['__proto__', 'y']]))).toEqual([['__proto__', 'y']]);
  });

  test('order of the pairs does not matter', () => {
    const pairs = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.string()), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(pairs, (list) => {
        expect(labelsKey(makeLabels(list))).toBe(labelsKey(makeLabels([...list].reverse())));
      }),
    );
  });
});

describe('labelsKey', () => {
  const label = fc.stringMatching(/^[a-z_]{1,3}$/);
  const value = fc.stringMatching(/^[a-z="{},]{1,3}$/);
  const set = fc.dictionary(label, value, { maxKeys: 3 });

  test('equal series have equal keys, others have not', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const [first, second] = [makeLabels(Object.entries(a)), makeLabels(Object.entries(b))];
        const same = JSON.stringify(first) === JSON.stringify(second);
        expect(labelsKey(first) === labelsKey(second)).toBe(same);
      }),
    );
  });
});

describe('formatSeries', () => {
  test('as Prometheus prints it', () => {
    expect(formatSeries(named())).toBe('node_x');
    expect(formatSeries(named({ mode: 'idle', cpu: '0' }))).toBe('node_x{cpu="0",mode="idle"}');
  });

  test('escapes backslash, quote and line feed', () => {
    expect(formatSeries(named({ p: '\\ " \n' }))).toBe('node_x{p="\\\\ \\" \\n"}');
    expect(escapeLabelValue('plain 数据')).toBe('plain 数据');
  });
});

describe('checkLabels', () => {
  const refusal = (labels: Parameters<typeof checkLabels>[0]): unknown => {
    try {
      checkLabels(labels);
    } catch (error) {
      return error;
    }
    return 'accepted';
  };

  test('accepts what exporters send', () => {
    for (const labels of [
      named({ mountpoint: '/数据/磁盘 1', device: 'nas:/export' }),
      makeLabels([['__name__', 'job:node_cpu:rate5m']]),
      named({ ifAlias: 'x'.repeat(LIMITS.labelValueBytes) }),
    ]) {
      expect(refusal(labels)).toBe('accepted');
    }
  });

  test.each([
    ['no name', makeLabels([['a', 'b']]), 'malformed', 'without a name'],
    ['a bad metric name', makeLabels([['__name__', '1x']]), 'malformed', '"1x"'],
    ['a bad label name', named({ 'a-b': 'c' }), 'malformed', '"a-b"'],
    ['a reserved label', named({ __address__: 'x' }), 'malformed', '"__address__"'],
    ['a line feed', named({ a: 'b\nc' }), 'malformed', 'control characters'],
    ['an escape', named({ a: '\u001b[2J' }), 'malformed', 'control characters'],
    ['a text that turns around', named({ a: 'b\u202ec' }), 'malformed', 'control characters'],
    ['a long value', named({ a: 'x'.repeat(257) }), 'limit_reached', '256 bytes'],
    ['a value long in bytes', named({ a: '数'.repeat(86) }), 'limit_reached', '256 bytes'],
    ['a long label name', named({ ['n'.repeat(129)]: 'x' }), 'limit_reached', '128 bytes'],
  ])('refuses %s', (_, labels, code, message) => {
    expect(refusal(labels)).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('refuses too many labels, and not one too early', () => {
    const many = (count: number) =>
      named(Object.fromEntries(Array.from({ length: count - 1 }, (_, i) => [`l${i}`, 'x'])));
    expect(refusal(many(LIMITS.labelsPerSeries))).toBe('accepted');
    expect(refusal(many(LIMITS.labelsPerSeries + 1))).toMatchObject({ code: 'limit_reached' });
  });

  test('a name of any length is quoted in part only', () => {
    const error = refusal(makeLabels([['__name__', `-${'x'.repeat(100_000)}`]]));
    expect(String(error).length).toBeLessThan(200);
  });
});
