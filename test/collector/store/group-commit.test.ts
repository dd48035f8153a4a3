import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { connect } from '../../../src/collector/store/database.ts';
import type { DiskGuard } from '../../../src/collector/store/disk-guard.ts';
import { GroupCommit } from '../../../src/collector/store/group-commit.ts';
import type { Staged } from '../../../src/collector/store/staged.ts';
import type { Failure } from '../../../src/shared/errors.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { append, contents, rig, series, T0, temporaryDirectory } from './rig.ts';

function bench() {
  const file = join(temporaryDirectory(), 'test.db');
  const database = connect(file, { readOnly: false });
  database.exec('CREATE TABLE t(a INTEGER PRIMARY KEY)');
  const events: string[] = [];
  const fatal: Failure[] = [];
  const staged: Staged = {
    write: () => events.push('write'),
    commit: () => events.push('commit'),
    rollback: () => events.push('rollback'),
  };
  const commit = new GroupCommit({
    database,
    clock: manualClock(),
    guard: { explain: () => null } as unknown as DiskGuard,
    staged: [staged],
    onFatal: (reason) => fatal.push(reason),
    onEnd: () => events.push('end'),
  });
  const insert = (value: number) => () => {
    events.push(`run ${value}`);
    database.prepare('INSERT INTO t VALUES(?)').run(value);
  };
  const rows = () => database.prepare('SELECT a FROM t ORDER BY a').pluck().all();
  return { file, database, commit, events, fatal, insert, rows };
}

test('work of one turn is one transaction; memory follows the file', async () => {
  const { commit, events, insert, rows } = bench();
  await Promise.all([commit.write(insert(1)), commit.write(insert(2))]);
  expect(events).toEqual(['run 1', 'run 2', 'write', 'commit', 'end']);
  expect(rows()).toEqual([1, 2]);
  expect(commit.commits).toBe(1);
});

test('a mistake in one piece of work fails the group and leaves no trace', async () => {
  const { commit, events, fatal, insert, rows } = bench();
  const good = commit.write(insert(1));
  const bad = commit.write(() => {
    throw new Error('a mistake');
  });
  await expect(good).rejects.toThrow('a mistake');
  await expect(bad).rejects.toThrow('a mistake');
  expect([events.at(-1), rows(), fatal, commit.fatal]).toEqual(['rollback', [], [], null]);
  await commit.write(insert(1));
  expect(rows()).toEqual([1]);
});

test('an error of the database itself is fatal: it is told once, and nothing is taken any more', async () => {
  const { commit, database, fatal, insert, rows } = bench();
  await commit.write(insert(1));
  const broken = commit.write(() => database.prepare('SELECT * FROM missing'));
  await expect(broken).rejects.toMatchObject({ code: 'io', hint: expect.any(String) });
  expect(fatal).toHaveLength(1);
  await expect(commit.write(insert(2))).rejects.toBe(fatal[0]);
  expect(fatal).toHaveLength(1);
  expect(rows()).toEqual([1]);
});

test('a file that another program holds passes', async () => {
  const { commit, database, fatal, file, insert, rows } = bench();
  database.pragma('busy_timeout = 0');
  const other = new Sqlite(file);
  other.exec('BEGIN IMMEDIATE');
  await expect(commit.write(insert(1))).rejects.toMatchObject({ code: 'unavailable', retry: true });
  other.exec('COMMIT');
  other.close();
  await commit.write(insert(1));
  expect([rows(), fatal]).toEqual([[1], []]);
});

test('writing now commits what was waiting before it, and throws what goes wrong', async () => {
  const { commit, events, insert, rows } = bench();
  const waiting = commit.write(insert(1));
  commit.writeNow(insert(2));
  expect(rows()).toEqual([1, 2]);
  expect(events.filter((event) => event === 'commit')).toHaveLength(2);
  await waiting;
  expect(() =>
    commit.writeNow(() => {
      throw new Error('a mistake');
    }),
  ).toThrow('a mistake');
});

test('the store tells when its process must end, and answers with the reason from then on', async () => {
  const reasons: Failure[] = [];
  const { store, directory } = await rig({ onFatal: (reason) => reasons.push(reason) });
  const up = series('up', { instance: 'a' });
  await append(store, [[up, T0, 1]], { cursor: { agent: 'a', epoch: 'e', seq: 1 } });
  const other = new Sqlite(join(directory, 'samples.db'));
  other.exec("CREATE TRIGGER stop BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no'); END");
  const lost = append(store, [[up, T0 + 1, 2]], { cursor: { agent: 'a', epoch: 'e', seq: 2 } });
  await expect(lost).rejects.toMatchObject({ code: 'io', retry: true });
  await expect(append(store, [[up, T0 + 2, 3]])).rejects.toMatchObject({ code: 'io' });
  expect(reasons).toHaveLength(1);
  expect(store.cursor('a', 'e')).toBe(1);
  expect(store.latest.times[store.resolve(up, 'tester')]).toBe(T0);
  other.exec('DROP TRIGGER stop');
  other.close();
  expect((await contents(store, 'a'))['up{instance="a"}']).toEqual([[T0, 1]]);
  await store.close();
  const again = await rig({ directory });
  expect((await contents(again.store, 'a'))['up{instance="a"}']).toEqual([[T0, 1]]);
  expect(again.store.cursor('a', 'e')).toBe(1);
});
