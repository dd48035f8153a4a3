import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../src/shared/errors.ts';
import { readSecretFile, type SecretFileRules } from '../../src/shared/secret-file.ts';
import { isRoot } from '../support/parts.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'secret-file-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function place(name: string, mode: number): string {
  const file = join(home, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, 'hush-hush\n');
  chmodSync(file, mode);
  return file;
}

/** What is said; a text in place of a failure would be the secret. */
function refusal(file: string, rules: Partial<SecretFileRules> = {}, missing?: string): Failure {
  const asked = { file, what: 'the key file', ...(missing === undefined ? {} : { missing }) };
  try {
    readSecretFile(asked, rules);
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect(JSON.stringify(error) + String(error)).not.toContain('hush');
    return error as Failure;
  }
  throw new Error('it was read');
}

test.each([0o600, 0o400, 0o700])('mode %o: the text, as it is', (mode) => {
  expect(readSecretFile({ file: place('key', mode), what: 'it' })).toBe('hush-hush\n');
});

test.each([0o640, 0o604, 0o660, 0o610, 0o644, 0o602])('mode %o is refused', (mode) => {
  const file = place('key', mode);
  expect(refusal(file)).toMatchObject({
    code: 'config',
    message: `the key file ${file} is open to others (mode 0${mode.toString(8)})`,
    hint: `chmod 600 ${file}`,
  });
});

test('a system without modes is not asked for them', () => {
  const file = place('key', 0o644);
  expect(readSecretFile({ file, what: 'it' }, { platform: 'win32' })).toBe('hush-hush\n');
});

describe('what systemd hands over', () => {
  const rules = (): Partial<SecretFileRules> => ({ credentials: `${home}/credentials/` });

  test('is private with the mask of an access list in place of the group', () => {
    const file = place('credentials/agent.service/key', 0o440);
    expect(readSecretFile({ file, what: 'it' }, rules())).toBe('hush-hush\n');
    expect(refusal(file).message).toContain('mode 0440');
  });

  test('is not when all others may read it', () => {
    expect(refusal(place('credentials/a/key', 0o444), rules()).message).toContain('mode 0444');
  });

  test('is what is there, not what a path or a link pretends', () => {
    const open = place('elsewhere/key', 0o440);
    mkdirSync(join(home, 'credentials'));
    const link = join(home, 'credentials', 'key');
    symlinkSync(open, link);
    expect(refusal(link, rules()).message).toContain('mode 0440');
    const around = `${home}/credentials/../elsewhere/key`;
    expect(refusal(around, rules()).message).toContain('mode 0440');
  });
});

describe('a file that cannot be read', () => {
  test('is named, with what to do', () => {
    const none = join(home, 'none');
    expect(refusal(none).message).toContain(`no such file or directory, open '${none}'`);
    expect(refusal(none).hint).toContain('that is there');
    expect(refusal(none, {}, 'make one').hint).toBe('make one');
    expect(refusal(home, {}, 'make one').hint).toBe(`${home} is a folder: name the file in it`);
  });

  test('because it belongs to somebody else', (context) => {
    context.skip(isRoot, 'root reads what it likes');
    expect(refusal(place('key', 0o000)).hint).toContain('chown USER');
  });
});
