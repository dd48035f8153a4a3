import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHANNEL_KINDS } from '../../../src/collector/notify/channel-kinds.ts';
import { readSecretFile, secretProblems } from '../../../src/collector/notify/secret-file.ts';

const base = mkdtempSync(join(tmpdir(), 'secret-'));
function secret(name: string, text: string, mode = 0o600): string {
  writeFileSync(join(base, name), text);
  chmodSync(join(base, name), mode);
  return name;
}

test('one line, without the end of the line', () => {
  expect(readSecretFile(base, secret('good', 'https://robot.example/send?key=a-b_c\n'))).toBe(
    'https://robot.example/send?key=a-b_c',
  );
  expect(readSecretFile('/', join(base, 'good'))).toContain('robot.example');
});

test.each([
  ['group', 'hunter2', 0o640, /is open to others \(mode 0640\)/],
  ['world', 'hunter2', 0o604, /is open to others/],
  ['empty', '', 0o600, /does not hold one line/],
  ['two', 'hunter2\nhunter3', 0o600, /does not hold one line/],
  ['spaces', 'hunter2 hunter3', 0o600, /does not hold one line/],
  ['long', 'x'.repeat(5_000), 0o600, /does not hold one line/],
])('%s is refused, and its content is in no message', (name, text, mode, reason) => {
  const read = () => readSecretFile(base, secret(name, text, mode));
  expect(read).toThrow(reason);
  expect(read).not.toThrow(/hunter2/);
});

test('a file that is not there is named', () => {
  expect(() => readSecretFile(base, 'nowhere')).toThrow(
    /the secret file cannot be read: .*nowhere/,
  );
});

test('problems come by key; what is not given is no problem', () => {
  const files = { url_file: 'good', secret_file: undefined, password_file: 'nowhere' };
  expect(secretProblems(base, files).map(({ path }) => path)).toEqual(['password_file']);
});

test('every kind of channel keeps its secrets in files, and says what an address is', () => {
  expect(new Set(CHANNEL_KINDS.map(({ kind }) => kind)).size).toBe(CHANNEL_KINDS.length);
  for (const { kind, schema, to, toPattern, perMinute } of CHANNEL_KINDS) {
    const keys = Object.keys((schema as unknown as { shape: object }).shape);
    expect(keys, kind).toContain('kind');
    for (const key of ['password', 'secret', 'token', 'key']) expect(keys, kind).not.toContain(key);
    if (to === 'required') expect(toPattern, kind).toBeDefined();
    expect(toPattern?.test('a\r\nb') ?? false, kind).toBe(false);
    expect(perMinute, kind).toBeGreaterThan(0);
  }
});
