/** A request that is sent twice does its work once. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openRepeats } from '../../../src/collector/desk/desk.ts';
import { DAY_MS } from '../../../src/shared/units.ts';
import { rig } from './rig.ts';

async function stage() {
  const { directory } = await rig();
  const connection = new Database(join(directory, 'desk.db'));
  onTestFinished(() => void connection.close());
  connection.exec('CREATE TABLE done (what TEXT)');
  const add = connection.prepare('INSERT INTO done VALUES (?)');
  const count = () => Number(connection.prepare('SELECT count(*) FROM done').pluck().get());
  const work = (what: string) => () => {
    add.run(what);
    return { what, number: count() };
  };
  return { connection, count, work, repeats: openRepeats(connection, 'windows') };
}

test('the same request with the same key gets the first answer and does nothing', async () => {
  const { repeats, work, count } = await stage();
  const repeat = { key: 'k-1', request: { reason: 'patch' } };
  const first = repeats.once(repeat, 1_000, work('a'));
  expect(repeats.once(repeat, 2_000, work('b'))).toEqual(first);
  expect(count()).toBe(1);
});

test('whether a request was answered can be asked before any work', async () => {
  const { repeats, work } = await stage();
  const repeat = { key: 'k-1', request: {} };
  expect(repeats.answered(repeat)).toBeNull();
  expect(repeats.answered(null)).toBeNull();
  const first = repeats.once(repeat, 1_000, work('a'));
  expect(repeats.answered(repeat)).toEqual(first);
  expect(() => repeats.answered({ key: 'k-1', request: { other: 1 } })).toThrow(/another request/);
});

test('without a key every request does its work', async () => {
  const { repeats, work, count } = await stage();
  repeats.once(null, 1_000, work('a'));
  repeats.once(null, 1_000, work('a'));
  expect(count()).toBe(2);
});

test('a key that was used for something else is refused', async () => {
  const { repeats, work, count } = await stage();
  repeats.once({ key: 'k-1', request: { reason: 'patch' } }, 1_000, work('a'));
  const other = { key: 'k-1', request: { reason: 'move' } };
  expect(() => repeats.once(other, 1_000, work('b'))).toThrow(/k-1 was used for another request/);
  expect(count()).toBe(1);
});

test('what failed leaves nothing behind, so that it may be tried again with its key', async () => {
  const { repeats, work, count } = await stage();
  const repeat = { key: 'k-1', request: {} };
  const failing = () => {
    work('a')();
    throw new Error('refused');
  };
  expect(() => repeats.once(repeat, 1_000, failing)).toThrow('refused');
  expect(count()).toBe(0);
  expect(repeats.once(repeat, 1_000, work('b'))).toEqual({ what: 'b', number: 1 });
});

test('rooms do not see each other’s keys', async () => {
  const { repeats, work, connection, count } = await stage();
  const repeat = { key: 'k-1', request: {} };
  repeats.once(repeat, 1_000, work('a'));
  openRepeats(connection, 'changes').once(repeat, 1_000, work('b'));
  expect(count()).toBe(2);
});

test('keys are forgotten after a week', async () => {
  const { repeats, work, count } = await stage();
  const repeat = { key: 'k-1', request: {} };
  repeats.once(repeat, 0, work('a'));
  repeats.once({ key: 'k-2', request: {} }, 8 * DAY_MS, work('b'));
  repeats.once(repeat, 8 * DAY_MS, work('c'));
  expect(count()).toBe(3);
});

test.each(['', 'two words', 'x'.repeat(129), 'new\nline'])('the key %j is refused', async (key) => {
  const { repeats, work } = await stage();
  expect(() => repeats.once({ key, request: {} }, 0, work('a'))).toThrow(/idempotency key/);
});
