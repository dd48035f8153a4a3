import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect } from '../../../src/collector/store/database.ts';
import { WriteAheadLog } from '../../../src/collector/store/wal.ts';
import { createLog } from '../../../src/shared/log.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { temporaryDirectory } from './rig.ts';

const MIB = 1024 * 1024;

function bench() {
  const file = join(temporaryDirectory(), 'test.db');
  const database = connect(file, { readOnly: false });
  database.exec('CREATE TABLE t(a BLOB)');
  const clock = manualClock();
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) });
  const wal = new WriteAheadLog(database, file, { clock, log });
  const insert = database.prepare('INSERT INTO t VALUES(zeroblob(?))');
  const grow = (bytes: number) => {
    for (let left = bytes; left > 0; left -= 4 * MIB) insert.run(Math.min(left, 4 * MIB));
  };
  return { file, database, clock, lines, wal, grow };
}

test('a checkpoint is made when the log has grown, not before', () => {
  const { wal, grow } = bench();
  grow(8 * MIB);
  expect(wal.tend()).toBe(false);
  grow(12 * MIB);
  expect(wal.tend()).toBe(true);
  expect(wal.tend()).toBe(false);
});

test('after a checkpoint the log is used again from its beginning', () => {
  const { wal, grow } = bench();
  grow(20 * MIB);
  wal.tend();
  const before = wal.bytes();
  grow(10 * MIB);
  expect(wal.bytes()).toBe(before);
});

test('when nobody tends it the commit path does, late', () => {
  const { wal, grow } = bench();
  grow(40 * MIB);
  wal.tendOverdue();
  grow(40 * MIB);
  const before = wal.bytes();
  wal.tendOverdue();
  grow(40 * MIB);
  expect(wal.bytes()).toBeLessThanOrEqual(before);
});

test('on a full disk the file gives its space back', () => {
  const { wal, grow } = bench();
  expect(wal.shrink()).toBe(false);
  grow(5 * MIB);
  expect(wal.shrink()).toBe(true);
  expect(wal.bytes()).toBe(0);
});

test('a reader without end keeps the log growing: appends stop at the bound, and go on after it', async () => {
  const { file, wal, grow, clock, lines } = bench();
  const reader = connect(file, { readOnly: true });
  grow(MIB);
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM t').get();
  for (let i = 0; i < 5; i++) {
    grow(52 * MIB);
    wal.tend();
    expect(wal.shrink()).toBe(false);
  }
  await clock.advance(1_000);
  expect(wal.refusal()).toMatchObject({
    code: 'unavailable',
    hint: expect.stringContaining('reads'),
  });
  expect(lines.some((line) => line.includes('reader'))).toBe(true);
  reader.exec('COMMIT');
  reader.close();
  wal.tend();
  grow(MIB);
  await clock.advance(1_000);
  expect(wal.refusal()).toBeNull();
  expect(wal.bytes()).toBeLessThanOrEqual(64 * MIB);
});
