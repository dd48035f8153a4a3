import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import {
  connect,
  isCorrupt,
  readTogether,
  sqliteCode,
} from '../../../src/collector/store/database.ts';
import { temporaryDirectory } from './rig.ts';

function pair() {
  const file = join(temporaryDirectory(), 'test.db');
  const writer = connect(file, { readOnly: false });
  writer.exec('CREATE TABLE t(a)');
  return { file, writer };
}

test('every connection keeps what it commits, without memory maps, with our own checkpoints', () => {
  const { file, writer } = pair();
  const reader = connect(file, { readOnly: true });
  const simple = (database: Sqlite.Database, name: string) =>
    database.pragma(name, { simple: true });
  for (const database of [writer, reader]) {
    expect(simple(database, 'synchronous')).toBe(2);
    expect(simple(database, 'journal_mode')).toBe('wal');
    expect(simple(database, 'mmap_size')).toBe(0);
  }
  expect(simple(writer, 'wal_autocheckpoint')).toBe(0);
  expect(simple(writer, 'auto_vacuum')).toBe(2);
  expect(() => reader.exec('INSERT INTO t VALUES(1)')).toThrow(/readonly/);
  reader.close();
  writer.close();
});

test('where WAL is not possible the connection is refused', () => {
  expect(() => connect(':memory:', { readOnly: false })).toThrow(
    expect.objectContaining({
      code: 'unavailable',
      message: expect.stringContaining('journal_mode'),
    }),
  );
});

test('one look sees one state of the file', () => {
  const { file, writer } = pair();
  const reader = connect(file, { readOnly: true });
  const count = () => reader.prepare('SELECT count(*) FROM t').pluck().get();
  readTogether(reader, () => {
    expect(count()).toBe(0);
    writer.exec('INSERT INTO t VALUES(1)');
    expect(count()).toBe(0);
    expect(readTogether(reader, count)).toBe(0);
  });
  expect(count()).toBe(1);
  expect(() =>
    readTogether(reader, () => {
      throw new Error('inside');
    }),
  ).toThrow('inside');
  expect(reader.inTransaction).toBe(false);
  reader.close();
  writer.close();
});

test('errors are told by their code, never by their text', () => {
  const error = (code: string) => new Sqlite.SqliteError('x', code);
  expect(sqliteCode(error('SQLITE_FULL'))).toBe('SQLITE_FULL');
  expect(sqliteCode(new Error('SQLITE_FULL'))).toBe('');
  expect(
    ['SQLITE_CORRUPT', 'SQLITE_CORRUPT_VTAB', 'SQLITE_NOTADB'].map(error).every(isCorrupt),
  ).toBe(true);
  expect(isCorrupt(error('SQLITE_IOERR'))).toBe(false);
});
