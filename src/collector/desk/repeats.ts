/**
 * Requests that may be sent twice: the first answer is kept in the transaction of what it did, and
 * the same request with the same key gets it again instead of doing it a second time.
 */
import { hash as digest } from 'node:crypto';
import { Failure } from '../../shared/errors.ts';
import { DAY_MS } from '../../shared/units.ts';
import type { RepeatKey, Repeats } from './desk.ts';
import type { Connection } from './open-database.ts';

/** Whoever was not answered tries again within minutes, not after so long. */
const KEPT_MS = 7 * DAY_MS;
const KEY = /^[\x21-\x7e]{1,128}$/;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS desk_repeats (
  room TEXT NOT NULL,
  key TEXT NOT NULL,
  request TEXT NOT NULL,
  answer TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (room, key)
) WITHOUT ROWID;
`;

interface Kept {
  readonly request: string;
  readonly answer: string;
}

export function makeRepeats(connection: Connection, room: string): Repeats {
  connection.exec(SCHEMA);
  const find = connection.prepare(
    'SELECT request, answer FROM desk_repeats WHERE room=? AND key=?',
  );
  const keep = connection.prepare('INSERT INTO desk_repeats VALUES (?, ?, ?, ?, ?)');
  const prune = connection.prepare('DELETE FROM desk_repeats WHERE room = ? AND at_ms < ?');
  const answered = <T>(repeat: RepeatKey | null): T | null => {
    if (repeat === null) return null;
    checkKey(repeat);
    const kept = find.get(room, repeat.key) as Kept | undefined;
    return kept === undefined ? null : answerOf<T>(kept, repeat);
  };
  return {
    answered,
    once: <T>(repeat: RepeatKey | null, atMs: number, task: () => T): T =>
      connection
        .transaction((): T => {
          const before = answered<T>(repeat);
          if (before !== null) return before;
          const answer = task();
          if (repeat === null) return answer;
          prune.run(room, atMs - KEPT_MS);
          keep.run(room, repeat.key, digestOf(repeat), JSON.stringify(answer), atMs);
          return answer;
        })
        .immediate(),
  };
}

function checkKey({ key }: RepeatKey): void {
  if (KEY.test(key)) return;
  throw new Failure('bad_request', 'the idempotency key is not 1 to 128 printable characters', {
    hint: 'a random UUID for each new request is a good key',
  });
}

function digestOf({ request }: RepeatKey): string {
  return digest('sha256', JSON.stringify(request), 'hex');
}

/** Throws `conflict` where the key belongs to another request. */
function answerOf<T>({ request, answer }: Kept, repeat: RepeatKey): T {
  if (request === digestOf(repeat)) return JSON.parse(answer) as T;
  throw new Failure('conflict', `the idempotency key ${repeat.key} was used for another request`, {
    hint: 'send a new key with a new request',
  });
}
