import { expect, test } from 'vitest';
import { CHECK_EXIT_CODES, checkFailedCode, checkPassed } from '../../src/shared/config-check.ts';
import { Failure } from '../../src/shared/errors.ts';

test('warnings are said and are exit code 1', () => {
  expect(checkPassed([])).toEqual({ said: 'ok', code: 0 });
  expect(checkPassed(['old'])).toEqual({ said: 'usable, with warnings', code: 1 });
});

test.each([
  [new Failure('config', 'a mistake'), 2],
  [new Failure('io', 'the disk'), 3],
  [new TypeError('ours'), 3],
  ['thrown text', 3],
])('%s ends with %i', (error, code) => expect(checkFailedCode(error)).toBe(code));

test('help names every code', () => {
  for (const code of [0, 1, 2, 3]) expect(CHECK_EXIT_CODES).toContain(`\n  ${code}  `);
});
