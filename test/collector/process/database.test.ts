/** The file both rooms write: where it is missing or broken, that is said with the mend. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../src/collector/process/database.ts';
import { openWindowsTable } from '../../../src/collector/quiet/windows-table.ts';
import { processRig } from './rig.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'desk-file-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test.each([
  ['process', openDatabase],
  ['quiet', openWindowsTable],
] as const)('%s: a directory that cannot be one is refused with the mend', (_room, open) => {
  writeFileSync(join(directory, 'file'), '');
  expect(() => open(join(directory, 'file'))).toThrow(
    expect.objectContaining({
      code: 'io',
      message: expect.stringContaining('desk.db'),
      hint: expect.stringContaining('data directory'),
    }),
  );
});

test.each([
  ['process', openDatabase],
  ['quiet', openWindowsTable],
] as const)('%s: a file that is no database is refused', (_room, open) => {
  writeFileSync(join(directory, 'desk.db'), 'not a database, however long this text may be');
  expect(() => open(directory)).toThrow(expect.objectContaining({ code: 'io' }));
});

test('what is written is on the disk when it is answered', async () => {
  const rig = await processRig();
  const connection = openDatabase(rig.directory);
  expect(connection.pragma('synchronous', { simple: true })).toBe(2);
  expect(connection.pragma('journal_mode', { simple: true })).toBe('wal');
  connection.close();
});

test('opening again changes nothing', async () => {
  const rig = await processRig();
  const tables = () => {
    const file = new Database(join(rig.directory, 'desk.db'), { readonly: true });
    const found = file.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck();
    const names = found.all();
    file.close();
    return names;
  };
  const before = tables();
  expect(before).toContain('process_steps');
  await rig.restart();
  expect(tables()).toEqual(before);
});
