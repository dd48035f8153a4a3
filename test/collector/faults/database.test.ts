import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf, openDatabase } from '../../../src/collector/faults/database.ts';
import { Failure } from '../../../src/shared/errors.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'faults-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function refusal(task: () => unknown): unknown {
  try {
    return task();
  } catch (error) {
    return error;
  }
}

describe('opening', () => {
  it('makes the directory and its tables, and finds them again', () => {
    const deep = join(directory, 'a/b');
    openDatabase(deep).close();
    const again = openDatabase(deep);
    expect(again.prepare('SELECT count(*) FROM fault_ledger').pluck().get()).toBe(0);
    again.close();
  });

  it('lives beside the tables of others', () => {
    const other = new Database(join(directory, 'desk.db'));
    other.exec('CREATE TABLE devices (name TEXT)');
    openDatabase(directory).close();
    expect(other.prepare('SELECT count(*) FROM devices').pluck().get()).toBe(0);
    other.close();
  });

  it('refuses what is no database, with the mend', () => {
    writeFileSync(join(directory, 'desk.db'), 'not a database, only some text that is long enough');
    expect(refusal(() => openDatabase(directory))).toMatchObject({
      code: 'io',
      hint: 'check that the data directory belongs to this user and its disk is sound',
    });
    const blocked = join(directory, 'file');
    writeFileSync(blocked, '');
    expect(refusal(() => openDatabase(blocked))).toBeInstanceOf(Failure);
    mkdirSync(join(directory, 'dir/desk.db'), { recursive: true });
    expect(refusal(() => openDatabase(join(directory, 'dir')))).toBeInstanceOf(Failure);
  });
});

describe('errors of the disk', () => {
  it('full: says so, and that trying again can help', () => {
    const connection = openDatabase(directory);
    const pages = connection.pragma('page_count', { simple: true });
    connection.pragma(`max_page_count = ${pages}`);
    const insert = connection.prepare(
      "INSERT INTO fault_ledger VALUES (?, 1, 'comment', 0, 'x', ?, '{}')",
    );
    const error = refusal(() => {
      for (let number = 1; number < 100; number++) insert.run(number, 'x'.repeat(4_000));
    });
    expect(failureOf(error, 'cannot write')).toMatchObject({
      code: 'disk_full',
      retry: true,
      message: 'cannot write: the disk is full',
    });
    connection.close();
  });

  it('busy: another holds it', () => {
    const [first, second] = [openDatabase(directory), openDatabase(directory)];
    second.pragma('busy_timeout = 0');
    first.exec('BEGIN IMMEDIATE');
    const error = refusal(() => second.exec('BEGIN IMMEDIATE'));
    expect(failureOf(error, 'cannot write')).toMatchObject({ code: 'unavailable', retry: true });
    first.close();
    second.close();
  });

  it('ours: stays what it is', () => {
    const connection = openDatabase(directory);
    const broken = refusal(() => connection.exec('INSERT INTO fault_ledger (number) VALUES (1)'));
    const mistake = new TypeError('x is not a function');
    const failure = new Failure('conflict', 'no');
    for (const error of [broken, mistake, failure]) expect(failureOf(error, 'x')).toBe(error);
    connection.close();
  });
});
