import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideOutcome, parseRetryAfter } from '../../../src/agent/push/outcome.ts';
import { backoffMs, pauseMs } from '../../../src/agent/push/pause.ts';
import { offsetSeconds } from '../../../src/agent/push/tally.ts';
import { FAILURES } from '../../../src/shared/errors.ts';
import { HEADER_RECEIPT, HEADER_TIME } from '../../../src/shared/protocol.ts';

const EPOCH = 'e1'.repeat(16);
const NOW_MS = Date.UTC(2026, 0, 5, 8, 0, 0);
const SENT = { epoch: EPOCH, seq: 7, nowMs: NOW_MS };
const RECEIPT = { [HEADER_RECEIPT]: `${EPOCH}/7` };
const OURS = { [HEADER_TIME]: '1767600000000' };
const body = (code: string, detail = {}): string =>
  JSON.stringify({ error: { code, message: 'because', hint: '', detail } });

const decide = (status: number, headers: Record<string, string> = {}, text = '') =>
  decideOutcome({ status, headers, body: text }, SENT);

describe('a receipt', () => {
  test.each([200, 202, 204])('%i with our receipt is one', (status) => {
    expect(decide(status, RECEIPT)).toEqual({ kind: 'stored', duplicate: false });
  });

  test('a duplicate is one too, and says so', () => {
    expect(decide(200, RECEIPT, 'duplicate')).toEqual({ kind: 'stored', duplicate: true });
  });

  test.each([
    ['no receipt', {}],
    ['a receipt for another number', { [HEADER_RECEIPT]: `${EPOCH}/8` }],
    ['a receipt for another epoch', { [HEADER_RECEIPT]: `${'f'.repeat(32)}/7` }],
    ['the receipt of a batch without number', { [HEADER_RECEIPT]: 'stored' }],
  ])('%s is none', (_, headers) => {
    expect(decide(200, headers as Record<string, string>).kind).toBe('retry');
  });

  test('a page of a captive portal is none', () => {
    expect(decide(200, { 'content-type': 'text/html' }, '<html>log in</html>').kind).toBe('retry');
  });
});

describe('a refusal for good', () => {
  test.each([
    [400, 'malformed'],
    [413, 'too_large'],
    [415, 'unsupported_media'],
    [422, 'limit_reached'],
  ])('%i %s from the collector', (status, code) => {
    expect(decide(status, OURS, body(code))).toMatchObject({ kind: 'refused', code });
  });

  test.each([400, 413, 415, 422])('%i from anybody else is none', (status) => {
    expect(decide(status, {}, '<html>').kind).toBe('retry');
    expect(decide(status, {}, body('malformed')).kind, 'no header of ours').toBe('retry');
    expect(decide(status, OURS, body('whatever')).kind, 'no code of ours').toBe('retry');
    expect(decide(status, OURS, 'null').kind).toBe('retry');
  });

  test('no other status is one, with or without mark', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.constantFrom(...Object.keys(FAILURES)),
        fc.boolean(),
        (status, code, isOurs) => {
          const { kind } = decide(status, isOurs ? OURS : {}, body(code));
          const isFinal = isOurs && [400, 413, 415, 422].includes(status);
          expect(kind === 'refused').toBe(isFinal);
        },
      ),
    );
  });
});

test.each([401, 403])('%i stops sending, whoever says so', (status) => {
  expect(decide(status, {}, '').kind).toBe('unauthorised');
  expect(decide(status, OURS, body('unauthorised')).kind).toBe('unauthorised');
});

describe('409', () => {
  test('with the number the collector expects goes back', () => {
    const outcome = decide(409, OURS, body('sequence_gap', { expected: 5 }));
    expect(outcome).toMatchObject({ kind: 'rewind', expected: 5 });
  });

  test.each([
    ['of a proxy', {}, body('sequence_gap', { expected: 5 })],
    ['without a number', OURS, body('sequence_gap')],
    ['with a number in quotes', OURS, body('sequence_gap', { expected: '5' })],
    ['for another reason', OURS, body('conflict', { expected: 5 })],
  ])('%s is tried again', (_, headers, text) => {
    expect(decide(409, headers as Record<string, string>, text).kind).toBe('retry');
  });
});

describe('429 and 503', () => {
  test.each([429, 503])('%i waits as long as it is asked to', (status) => {
    expect(decide(status, { 'retry-after': '12' })).toMatchObject({ kind: 'wait', waitMs: 12_000 });
  });

  test('without a word about how long, it backs off', () => {
    expect(decide(503).kind).toBe('retry');
  });

  test.each([
    ['0', 0],
    ['7', 7_000],
    ['86400', 300_000],
    [new Date(NOW_MS + 30_000).toUTCString(), 30_000],
    [new Date(NOW_MS - 30_000).toUTCString(), 0],
    [new Date(NOW_MS + 9_000_000).toUTCString(), 300_000],
    ['soon', null],
    ['-5', null],
    ['1.5', null],
    ['', null],
    ['12abc', null],
    [undefined, null],
  ])('Retry-After: %s', (text, expected) => {
    expect(parseRetryAfter(text, NOW_MS)).toBe(expected);
  });

  test('no text makes more of it than 300 s, or less than none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = parseRetryAfter(text, NOW_MS);
        if (ms !== null) expect(ms >= 0 && ms <= 300_000).toBe(true);
      }),
    );
  });
});

test.each([301, 302, 404, 405, 408, 500, 502, 504])('%i is tried again', (status) => {
  expect(decide(status).kind).toBe('retry');
});

describe('pauses', () => {
  test('double up to a minute, never all of it at once', () => {
    const most = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((failures) => backoffMs(failures, 1));
    expect(most).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(backoffMs(7, 0)).toBe(30_000);
  });

  test('after a minute of failures there is at most one attempt in 5 s (F11)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 30, maxLength: 30 }),
        (chances) => {
          let atMs = 0;
          chances.forEach((chance, i) => {
            const pause = backoffMs(i + 1, chance);
            if (atMs >= 60_000) expect(pause).toBeGreaterThanOrEqual(5_000);
            atMs += pause;
          });
        },
      ),
    );
  });

  test('a wait that is asked for is kept to within half of it', () => {
    const wait = { kind: 'wait', waitMs: 10_000, reason: '' } as const;
    expect([pauseMs(wait, 1, 0), pauseMs(wait, 1, 0.75)]).toEqual([5_000, 12_500]);
    expect(pauseMs({ ...wait, waitMs: 0 }, 1, 0)).toBe(500);
  });

  test('a wrong token is looked at again after a minute; a receipt needs no pause', () => {
    expect(pauseMs({ kind: 'unauthorised', reason: '' }, 9, 0.5)).toBe(60_000);
    expect(pauseMs({ kind: 'stored', duplicate: false }, 0, 0.5)).toBe(0);
  });
});

describe('clock offset', () => {
  const from = (headers: Record<string, string>, tripMs = 200) =>
    offsetSeconds({ status: 204, headers, body: '' }, NOW_MS, tripMs);

  test('is measured in the middle of the round trip', () => {
    expect(from({ [HEADER_TIME]: String(NOW_MS + 3_100) })).toBe(3);
  });

  test('is coarser from a Date, and only from the collector', () => {
    const date = new Date(NOW_MS + 3_000).toUTCString();
    expect(from({ date, ...RECEIPT })).toBeCloseTo(3.4, 5);
    expect(from({ date })).toBeNaN();
  });

  test('is unknown from an answer that took too long, or says nothing', () => {
    expect(from({ [HEADER_TIME]: String(NOW_MS) }, 6_000)).toBeNaN();
    expect(from({ [HEADER_TIME]: 'noon' })).toBeNaN();
    expect(from({})).toBeNaN();
  });
});
