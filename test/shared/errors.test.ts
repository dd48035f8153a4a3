import { expect, test } from 'vitest';
import {
  bug,
  describeFailure,
  FAILURES,
  Failure,
  type FailureCode,
  messageOf,
} from '../../src/shared/errors.ts';

const CODES = Object.keys(FAILURES) as FailureCode[];

test('every code has a status that says whose fault it is, and no other place to change it', () => {
  expect(Object.isFrozen(FAILURES)).toBe(true);
  for (const code of CODES) {
    const failure = new Failure(code, 'text');
    expect(failure.status, code).toBe(FAILURES[code].status);
    expect(failure.retry, code).toBe(FAILURES[code].retry);
    expect(failure.status, code).toBeGreaterThanOrEqual(400);
    expect(failure.status, code).toBeLessThan(600);
  }
});

test('what an agent gives up for good is never a code that trying again can help (P7)', () => {
  const final = CODES.filter((code) => [400, 413, 415, 422].includes(FAILURES[code].status));
  expect(final.filter((code) => FAILURES[code].retry)).toEqual([]);
  const waiting = CODES.filter((code) => [429, 503].includes(FAILURES[code].status));
  expect(waiting.filter((code) => !FAILURES[code].retry)).toEqual([]);
});

test('a failure carries code, mend, cause and detail, and nothing can be changed afterwards', () => {
  const cause = new Error('deep');
  const failure = new Failure('sequence_gap', 'batch 3 is expected', {
    hint: 'send it first',
    cause,
    detail: { expected: 3 },
  });
  expect(failure).toBeInstanceOf(Error);
  expect(failure).toMatchObject({
    name: 'Failure',
    code: 'sequence_gap',
    message: 'batch 3 is expected',
    hint: 'send it first',
    cause,
    detail: { expected: 3 },
  });
  expect(Object.isFrozen(failure.detail)).toBe(true);
  expect(new Failure('io', 'x')).toMatchObject({ hint: '', detail: {} });
  expect('cause' in new Failure('io', 'x')).toBe(false);
});

test('a mistake of ours is no Failure', () => {
  expect(() => bug('impossible')).toThrow('BUG: impossible');
  try {
    bug('impossible');
  } catch (error) {
    expect(error).not.toBeInstanceOf(Failure);
  }
});

test('anything thrown has a text', () => {
  expect([new Error('a'), 'b', 3, undefined, null].map(messageOf)).toEqual([
    'a',
    'b',
    '3',
    'undefined',
    'null',
  ]);
});

test('a terminal sees the thing, the reason and the mend', () => {
  const failure = new Failure('io', '/data: no space', { hint: 'free some' });
  expect(describeFailure(failure)).toBe('/data: no space\n  mend: free some');
  expect(describeFailure(new Failure('io', '/data: no space'))).toBe('/data: no space');
  expect(describeFailure('plain')).toBe('plain');
});
