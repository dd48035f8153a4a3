/** The process room put together. */
import { ChangeBook } from './changes.ts';
import { openDatabase } from './database.ts';
import { LedgerFollower } from './follow.ts';
import { ItemTable } from './item-table.ts';
import { NoteTable } from './note-table.ts';
import { NoteBook } from './notes.ts';
import { ProblemBook } from './problems.ts';
import type { Change, Problem, ProcessOptions, ProcessRoom } from './process.ts';

export async function openProcessRoom(options: ProcessOptions): Promise<ProcessRoom> {
  const { clock, policy } = options;
  const connection = openDatabase(options.directory);
  const problems = new ProblemBook(new ItemTable<Problem>(connection, 'P'), clock, policy.problems);
  const changes = new ChangeBook(new ItemTable<Change>(connection, 'C'), options, policy.changes);
  const knowledge = new NoteBook(new NoteTable(connection), clock);
  const follower = new LedgerFollower(connection, options, { problems, changes });
  let following: Promise<void> | null = null;
  return {
    problems,
    changes,
    knowledge,
    // One at a time: a tick that comes meanwhile finds the one under way.
    advance: () => {
      following ??= follower.advance().finally(() => {
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
