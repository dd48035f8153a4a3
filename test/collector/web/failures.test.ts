import { expect, test } from 'vitest';
import { errorBody, failureAnswer, refusedAnswer } from '../../../src/collector/web/failures.ts';
import { FAILURES, Failure, type FailureCode } from '../../../src/shared/errors.ts';

const codeOf = (body: string): string => JSON.parse(body).error.code;

test('a failure is answered with its status, code, hint and detail', () => {
  const failure = new Failure('conflict', 'taken', { hint: 'choose another', detail: { n: 1 } });
  const answer = failureAnswer(failure, 'id-1');
  expect(answer.status).toBe(409);
  expect(JSON.parse(answer.body)).toEqual({
    error: { code: 'conflict', message: 'taken', hint: 'choose another', detail: { n: 1 } },
  });
  expect(answer.unexpected).toBe(false);
});

test('what nobody foresaw shows an id and nothing else', () => {
  for (const error of [
    new Error('SQLITE_ERROR: no such table at /srv/data/samples.db'),
    new Failure('internal', 'stack of /srv/data'),
    new Failure('io', 'cannot read /etc/secret'),
    'a string',
    null,
  ]) {
    const answer = failureAnswer(error, 'req-7');
    expect(answer).toMatchObject({ status: 500, unexpected: true });
    expect(answer.body).toContain('req-7');
    expect(answer.body).not.toMatch(/srv|etc|SQLITE|string/);
  }
});

test('who comes without a token is told how to show one', () => {
  const { headers } = failureAnswer(new Failure('unauthorised', 'no token'), 'x');
  expect(headers['www-authenticate']).toContain('Basic');
});

test('who shall come back is told when', () => {
  expect(failureAnswer(new Failure('overloaded', 'busy'), 'x').headers['retry-after']).toBe('5');
  expect(failureAnswer(new Failure('disk_full', 'full'), 'x').headers['retry-after']).toBe('5');
  expect(failureAnswer(new Failure('sequence_gap', 'gap'), 'x').headers).toEqual({});
});

test.each([400, 404, 408, 413, 414, 415, 418, 431])(
  'a refusal with %i has one of our codes',
  (status) => {
    const answer = failureAnswer({ statusCode: status, message: 'secret path /srv' }, 'x');
    expect(answer.status).toBe(status);
    expect(Object.keys(FAILURES)).toContain(codeOf(answer.body));
    expect(answer.body).not.toContain('/srv');
    expect(refusedAnswer(status).body).toBe(answer.body);
  },
);

test('every code can be written', () => {
  for (const code of Object.keys(FAILURES) as FailureCode[]) {
    expect(JSON.parse(errorBody(code, 'm'))).toEqual({ error: { code, message: 'm', hint: '' } });
  }
});
