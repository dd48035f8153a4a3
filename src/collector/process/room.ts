/** The process room put together. */
import { ChangeBook } from './changes.ts';
import { openDatabase } from './database.ts';
import { LedgerFollower } from './follow.ts';
import { ItemTable } from './item-table.ts';
import { KnownNames } from './known-names.ts';
import { NoteTable } from './note-table.ts';
import { NoteBook } from './notes.ts';
import { ProblemBook } from './problems.ts';
import type { Change, Problem, ProcessOptions, ProcessRoom } from './process.ts';
import { WindowMark } from './window-mark.ts';

export async function openProcessRoom(options: ProcessOptions): Promise<ProcessRoom> {
  const { clock, policy } = options;
  const connection = openDatabase(options.directory);
  const names = new KnownNames(connection, options);
  const ofProblems = new ItemTable<Problem>(connection, 'P');
  const problems = new ProblemBook(ofProblems, { clock, names }, policy.problems);
  const ofChanges = new ItemTable<Change>(connection, 'C');
  const tables = { changes: ofChanges, windows: new WindowMark(connection) };
  const changes = new ChangeBook(tables, options, policy.changes);
  const knowledge = new NoteBook(new NoteTable(connection), { clock, names });
  const follower = new LedgerFollower(connection, options, { problems, changes });
  const follow = async (): Promise<void> => {
    await follower.advance();
    await changes.settleWindows();
  };
  let following: Promise<void> | null = null;
  return {
    problems,
    changes,
    knowledge,
    // One at a time: a tick that comes meanwhile finds the one under way.
    advance: () => {
      following ??= follow().finally(() => {
        following = null;
      });
      return following;
    },
    reload: (next) => {
      problems.swap(next.problems);
      changes.swap(next.changes);
    },
    close: async () => {
      await following?.catch(() => {});
      connection.close();
    },
  };
}
