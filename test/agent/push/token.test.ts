import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readToken } from '../../../src/agent/push/token.ts';
import { Failure } from '../../../src/shared/errors.ts';

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'token-'));
  file = join(home, 'token');
});
afterEach(() => rmSync(home, { recursive: true }));

function write(text: string, mode = 0o600): void {
  writeFileSync(file, text);
  chmodSync(file, mode);
}

function failureOf(platform: NodeJS.Platform = 'linux'): Failure {
  try {
    readToken(file, platform);
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error('no failure');
}

test('a token alone in its file, with or without a line end', () => {
  write('wk_secret-token\n');
  expect(readToken(file)).toBe('wk_secret-token');
  write('wk_secret-token', 0o400);
  expect(readToken(file)).toBe('wk_secret-token');
});

test.each([0o644, 0o640, 0o604, 0o660, 0o610])('mode %o is refused, with the mend', (mode) => {
  write('wk_secret-token', mode);
  const failure = failureOf();
  expect(failure.code).toBe('config');
  expect(failure.message).toContain('open to others');
  expect(failure.hint).toBe(`chmod 600 ${file}`);
  expect(failure.message + failure.hint).not.toContain('secret');
});

test('a system without modes is not asked for them', () => {
  write('wk_secret-token', 0o644);
  expect(readToken(file, 'win32')).toBe('wk_secret-token');
});

test.each([
  '',
  'short',
  'two tokens',
  'one-token\nanother-token',
  'tök-en-with-umlaut',
  'x'.repeat(600),
])('what is not one token is refused: %j', (text) => {
  write(text);
  const failure = failureOf();
  expect(failure.message).toContain('does not hold one token');
  if (text.length > 5) expect(failure.message).not.toContain(text);
});

test('no file: how to get one', () => {
  expect(failureOf().hint).toContain('collector agent add');
});
