import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/shared/errors.ts';
import {
  type ExpositionFormat,
  formatExposition,
  formatValue,
  openExpositionReader,
  type ParsedSample,
} from '../../src/shared/exposition.ts';
import { type Labels, makeLabels, type Sample } from '../../src/shared/sample.ts';
import { needs } from '../support/parts.ts';

const series = (name: string, labels: Record<string, string> = {}): Labels =>
  makeLabels([['__name__', name], ...Object.entries(labels)]);

const sample = (name: string, value: number, labels?: Record<string, string>): Sample => ({
  labels: series(name, labels),
  value,
  timeMs: 1_700_000_000_123,
});

function parse(text: string, format: ExpositionFormat = 'prometheus'): ParsedSample[] {
  const reader = openExpositionReader(format);
  const found = text.split('\n').flatMap((line) => reader.line(line) ?? []);
  reader.end();
  return found;
}

describe('writing', () => {
  test('groups by metric in order of the name, samples in the order given', () => {
    const samples = [
      sample('b_total', 1, { device: 'sdb' }),
      sample('a', 2),
      sample('b_total', 3, { device: 'sda' }),
    ];
    expect(formatExposition(samples)).toBe(
      `# TYPE a untyped
a 2
# TYPE b_total untyped
b_total{device="sdb"} 1
b_total{device="sda"} 3
`,
    );
  });

  test('HELP and TYPE where they are known', () => {
    const describe_ = (name: string) =>
      name === 'a' ? ({ type: 'gauge', help: 'An "a"\\b\nand more' } as const) : undefined;
    expect(formatExposition([sample('a', 1), sample('z', 1)], { describe: describe_ })).toBe(
      `# HELP a An "a"\\\\b\\nand more
# TYPE a gauge
a 1
# TYPE z untyped
z 1
`,
    );
  });

  test('times only when asked for, in milliseconds', () => {
    expect(formatExposition([sample('a', 1)], { timestamps: true })).toContain(
      'a 1 1700000000123\n',
    );
  });

  test('quotes, backslashes and line ends in label values', () => {
    expect(formatExposition([sample('a', 1, { path: 'C:\\"x"\n' })])).toContain(
      'a{path="C:\\\\\\"x\\"\\n"} 1\n',
    );
  });

  test('nothing gives nothing', () => {
    expect(formatExposition([])).toBe('');
  });

  test.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [0, '0'],
    [-0.5, '-0.5'],
    [1e21, '1e+21'],
    [2 ** 53 + 2, '9007199254740994'],
  ])('%d is written %s', (value, text) => {
    expect(formatValue(value)).toBe(text);
  });

  test('promtool reads it', (context) => {
    const promtool = needs('promtool', context);
    const text = formatExposition(
      [
        sample('wk_values', Number.NaN, { kind: 'nan' }),
        sample('wk_values', Number.NEGATIVE_INFINITY, { kind: 'inf' }),
        sample('wk_seen_total', 1e21, { path: 'C:\\"x"\n数据' }),
      ],
      {
        describe: (name) => ({
          type: name.endsWith('_total') ? 'counter' : 'gauge',
          help: 'With a \\ and\na second line.',
        }),
      },
    );
    const run = spawnSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect([run.stderr, run.stdout, run.status]).toEqual(['', '', 0]);
  });
});

describe('reading exposition text', () => {
  test.each<[string, string, Record<string, string>, number, number | null]>([
    ['a 1', 'a', {}, 1, null],
    ['a{} 1', 'a', {}, 1, null],
    ['  a\t1  ', 'a', {}, 1, null],
    ['a:b_c9 -2.5e-3 1700000000123', 'a:b_c9', {}, -0.0025, 1_700_000_000_123],
    ['a{b="c"} .5', 'a', { b: 'c' }, 0.5, null],
    ['a { b = "c" , d="e", } 3. 7', 'a', { b: 'c', d: 'e' }, 3, 7],
    ['a{b="}, \\"{\\\\\\n"}+1', 'a', { b: '}, "{\\\n' }, 1, null],
    ['a{b=""} 1', 'a', {}, 1, null],
    ['a{b="磁盘 1"} 1', 'a', { b: '磁盘 1' }, 1, null],
    ['a 1\r', 'a', {}, 1, null],
    ['a 1 -5', 'a', {}, 1, -5],
  ])('%j', (line, name, labels, value, timeMs) => {
    expect(parse(line)).toEqual([{ labels: series(name, labels), value, timeMs }]);
  });

  test.each([
    ['NaN', Number.NaN],
    ['nan', Number.NaN],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['Inf', Number.POSITIVE_INFINITY],
    ['-inf', Number.NEGATIVE_INFINITY],
    ['18446744073709551615', 2 ** 64],
  ])('the value %s', (text, value) => {
    expect(parse(`a ${text}`)[0]?.value).toBe(value);
  });

  test('comments and blank lines give nothing', () => {
    expect(parse('# HELP a b\n# TYPE a gauge\n#\n\n \t\n# anything\n')).toEqual([]);
  });

  test('# EOF is a comment here', () => {
    expect(parse('# EOF\na 1')).toHaveLength(1);
  });

  test('a series that repeats shares its labels', () => {
    const [first, second] = parse('a{b="c"} 1\na{b="c"} 2');
    expect(second?.labels).toBe(first?.labels);
    expect(Object.isFrozen(first?.labels)).toBe(true);
  });
});

describe('reading OpenMetrics', () => {
  const om = (text: string) => parse(text, 'openmetrics');

  test('times are seconds, rounded to the millisecond', () => {
    const text = 'a 1 1700000000.1234\na 1 1.7e9\na 1 1700000000\na 1\n# EOF\n';
    expect(om(text).map(({ timeMs }) => timeMs)).toEqual([
      1_700_000_000_123,
      1_700_000_000_000,
      1_700_000_000_000,
      null,
    ]);
  });

  test('exemplars are passed over', () => {
    const text =
      'a_bucket{le="0.1"} 8 # {trace_id="x"} 0.054\na_total 17 1.5 # {trace_id="y"} 1 2.5\n# EOF';
    expect(om(text)).toEqual([
      { labels: series('a_bucket', { le: '0.1' }), value: 8, timeMs: null },
      { labels: series('a_total'), value: 17, timeMs: 1_500 },
    ]);
  });

  test('a file that ends without # EOF was cut short', () => {
    expect(() => om('a 1\n')).toThrow('# EOF');
    expect(om('a 1\n# EOF\n')).toHaveLength(1);
  });

  test('after # EOF only the end may follow', () => {
    expect(() => om('# EOF\na 1\n')).toThrow('line 2: there is more after # EOF');
  });
});

describe('a line that cannot be read', () => {
  test.each([
    ['1a 1', '"1a" is not a metric name'],
    ['{a="b"} 1', '"" is not a metric name'],
    ['a{b="c" 1', 'no closing }'],
    ['a{b="c\\"} 1', 'no closing }'],
    ['a{b=c} 1', 'is not a label list'],
    ['a{b="c" d="e"} 1', 'is not a label list'],
    ['a{,} 1', 'is not a label list'],
    ['a{1b="c"} 1', '"1b" is not a label name'],
    ['a{b="c",b="d"} 1', 'the label b stands twice'],
    ['a{__name__="c"} 1', '__name__ stands twice'],
    ['a', '"" is not a number'],
    ['a{b="c"}', '"" is not a number'],
    ['a 0x10', '"0x10" is not a number'],
    ['a 1_000', '"1_000" is not a number'],
    ['a one', '"one" is not a number'],
    ['a 1 soon', '"soon" is not a timestamp in whole milliseconds'],
    ['a 1 1.5', 'not a timestamp in whole milliseconds'],
    ['a 1 99999999999999999999', 'not a timestamp'],
    ['a 1 2 3', '"3" after the timestamp'],
  ])('%j: the line is numbered and the reason said', (line, reason) => {
    expect(() => parse(`a 1\n\n${line}\n`)).toThrow(
      expect.objectContaining({
        code: 'malformed',
        message: expect.stringMatching(/^line 3: /),
        detail: { line: 3 },
      }),
    );
    expect(() => parse(line)).toThrow(reason);
  });

  test('is quoted in part only, and the hint shows the form', () => {
    try {
      parse(`a ${'9'.repeat(5)}x${'y'.repeat(10_000)}`);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
      expect((error as Failure).message.length).toBeLessThan(120);
      expect((error as Failure).hint).toContain('milliseconds');
    }
  });

  test('costs only itself: the reader goes on with the next', () => {
    const reader = openExpositionReader('prometheus');
    expect(() => reader.line('a x')).toThrow('line 1');
    expect(reader.line('a 1')?.value).toBe(1);
    expect(() => reader.line('a y')).toThrow('line 3');
  });
});

describe('properties', () => {
  const labelName = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,8}$/);
  const anySample = fc.record({
    name: fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,12}$/),
    labels: fc.dictionary(labelName, fc.string({ unit: 'grapheme', minLength: 1 }), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    value: fc.double(),
    timeMs: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  });

  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.array(anySample, { maxLength: 12 }), (drawn) => {
        const samples = drawn.map(({ name, labels, value, timeMs }) => ({
          labels: series(name, labels),
          value: Object.is(value, -0) ? 0 : value,
          timeMs,
        }));
        const back = parse(formatExposition(samples, { timestamps: true }));
        expect(back).toHaveLength(samples.length);
        expect(back).toEqual(expect.arrayContaining(samples));
      }),
    );
  });

  test('any line is read or refused as malformed, never anything else', () => {
    const pieces = fc.constantFrom('a', '{', '}', '"', '\\', ',', '=', ' ', '1', '# ', '.', 'NaN');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces, { maxLength: 20 }).map((list) => list.join('')),
        ),
        fc.constantFrom<ExpositionFormat>('prometheus', 'openmetrics'),
        (text, format) => {
          try {
            openExpositionReader(format).line(text);
          } catch (error) {
            expect(error).toMatchObject({ code: 'malformed' });
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

test('more series than it remembers are still read right', () => {
  const reader = openExpositionReader('prometheus');
  const first = reader.line('a{i="3"} 1');
  for (let i = 0; i < 50_010; i++) reader.line(`a{i="${i}"} ${i}`);
  const again = reader.line('a{i="3"} 4');
  expect(again).toMatchObject({ labels: { i: '3' }, value: 4 });
  expect(again?.labels).not.toBe(first?.labels);
});
