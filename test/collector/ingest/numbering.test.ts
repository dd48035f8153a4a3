import { describe, expect, it } from 'vitest';
import { clockOffset, cursorOf, gapsOf, header } from '../../../src/collector/ingest/numbering.ts';
import { EPOCH, numbered } from './rig.ts';

const AGENT = { name: 'web1', kind: 'agent' } as const;
const IMPORT = { name: 'history', kind: 'import' } as const;
const GAP = { reason: 'quota', fromMs: 5, toMs: 9, samples: 3 };

describe('the place of a batch', () => {
  it('is read from its three headers, or there is none', () => {
    expect(cursorOf(numbered('web1', 7), AGENT)).toEqual({ agent: 'web1', epoch: EPOCH, seq: 7 });
    expect(cursorOf({}, AGENT)).toBeUndefined();
  });

  it('may belong to an import when the token is one for imports', () => {
    const name = 'import:0123456789abcdef';
    expect(cursorOf(numbered(name, 1), IMPORT)?.agent).toBe(name);
    expect(() => cursorOf(numbered(name, 1), AGENT)).toThrow('cannot send as');
    expect(() => cursorOf(numbered('import:../../x', 1), IMPORT)).toThrow('cannot send as');
  });

  it.each([['web2'], ['WEB1'], ['web1 '], [''], ['*'], ['web1\u0000']])(
    'is refused under the name %j',
    (name) => {
      expect(() => cursorOf(numbered(name, 1), AGENT)).toThrow(
        expect.objectContaining({ code: 'forbidden' }),
      );
    },
  );

  it('is refused under another name even when the batch is not numbered', () => {
    expect(() => cursorOf({ 'x-watchkeeper-agent': 'web2' }, AGENT)).toThrow('cannot send as');
  });

  it.each([
    ['an epoch alone', { 'x-watchkeeper-epoch': EPOCH }],
    ['a number alone', { 'x-watchkeeper-seq': '1' }],
    ['a name alone', { 'x-watchkeeper-agent': 'web1' }],
    ['a short epoch', { ...numbered('web1', 1), 'x-watchkeeper-epoch': 'abc' }],
    ['an epoch in capitals', { ...numbered('web1', 1), 'x-watchkeeper-epoch': 'A'.repeat(32) }],
    ['number 0', numbered('web1', 0)],
    ['a negative number', numbered('web1', -1)],
    ['half a number', { ...numbered('web1', 1), 'x-watchkeeper-seq': '1.5' }],
    ['a number in hexadecimal', { ...numbered('web1', 1), 'x-watchkeeper-seq': '0x1' }],
    [
      'a number past what is exact',
      { ...numbered('web1', 1), 'x-watchkeeper-seq': '9'.repeat(17) },
    ],
    ['two numbers', { ...numbered('web1', 1), 'x-watchkeeper-seq': ['1', '2'] }],
  ])('is refused with %s', (_, headers) => {
    expect(() => cursorOf(headers, AGENT)).toThrow(
      expect.objectContaining({ code: 'bad_request' }),
    );
  });
});

describe('the clock of a sender', () => {
  it('is compared with ours, in seconds', () => {
    expect(clockOffset({ 'x-watchkeeper-sent-at': '12500' }, 10_000)).toBe(2.5);
    expect(clockOffset({}, 10_000)).toBeNaN();
  });

  it.each([['soon'], ['-5'], ['1e9'], ['9'.repeat(16)], ['']])('is not read from %j', (text) => {
    expect(() => clockOffset({ 'x-watchkeeper-sent-at': text }, 0)).toThrow(
      'not Unix milliseconds',
    );
  });
});

describe('declared gaps', () => {
  const gaps = (list: unknown) => gapsOf({ 'x-watchkeeper-gaps': JSON.stringify(list) });

  it('are read as they are, without what does not belong to them', () => {
    expect(gapsOf({})).toEqual([]);
    expect(gaps([GAP, { ...GAP, reason: 'too_old', extra: 1 }])).toEqual([
      GAP,
      { ...GAP, reason: 'too_old' },
    ]);
  });

  it.each([
    ['no list', GAP],
    ['null', null],
    ['a list of null', [null]],
    ['an unknown reason', [{ ...GAP, reason: 'because' }]],
    ['a reason from the prototype', [{ ...GAP, reason: 'constructor' }]],
    ['times the wrong way round', [{ ...GAP, fromMs: 10 }]],
    ['a negative count', [{ ...GAP, samples: -1 }]],
    ['a count in words', [{ ...GAP, samples: '3' }]],
    ['a time that is none', [{ ...GAP, toMs: '1e400' }]],
    ['a time too large to be exact', [{ ...GAP, toMs: 2 ** 60 }]],
    ['too many', Array(65).fill(GAP)],
  ])('are refused: %s', (_, list) => {
    expect(() => gaps(list)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  it('are refused when they are not JSON', () => {
    expect(() => gapsOf({ 'x-watchkeeper-gaps': '[{' })).toThrow('not JSON');
    expect(() => gapsOf({ 'x-watchkeeper-gaps': '['.repeat(10_000) })).toThrow('not JSON');
  });
});

describe('header', () => {
  it('refuses a list', () => {
    expect(() => header({ a: ['1', '2'] }, 'a')).toThrow('more than once');
  });
});
