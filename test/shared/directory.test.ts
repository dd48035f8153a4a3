import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDirectory } from '../../src/shared/directory.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'directory-'));
});
afterEach(() => rmSync(base, { recursive: true }));

test('makes every level, for this user alone', () => {
  const path = join(base, 'a', 'b', 'c');
  makeDirectory(path);
  for (const made of [path, join(base, 'a')]) expect(statSync(made).mode & 0o777).toBe(0o700);
});

test('leaves one that is there as it is', () => {
  const { mode, mtimeMs } = statSync(base);
  makeDirectory(base);
  expect(statSync(base)).toMatchObject({ mode, mtimeMs });
});

test('a file in its place, or in its way, is an error', () => {
  const file = join(base, 'file');
  writeFileSync(file, '');
  expect(() => makeDirectory(file)).toThrow('EEXIST');
  expect(() => makeDirectory(join(file, 'below'))).toThrow(/EEXIST|ENOTDIR/);
});

test('where nothing can be made it ends', () => {
  expect(() => makeDirectory('/proc/watchkeeper/data')).toThrow(/ENOENT|EACCES|EPERM/);
});
