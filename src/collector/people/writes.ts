/** A write of the people room: once however often it is sent, with its line in the audit trail. */
import type { Clock } from '../../shared/clock.ts';
import { type DeskConnection, openRepeats, openTrail } from '../desk/desk.ts';
import type { Writing } from './people.ts';
import type { Assignment } from './tables.ts';

/** What a write did: its answer, its line in the trail, who was put on which shift. */
export interface Written<T> {
  readonly answer: T;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly assigned?: readonly Assignment[];
}

export type Write = <T>(writing: Writing, task: () => Written<T>) => T;

/** `learn` is told who was put on a shift once that is durable; a repeated request does nothing. */
export function openWrites(
  connection: DeskConnection,
  clock: Clock,
  learn: (made: readonly Assignment[]) => void,
): Write {
  const repeats = openRepeats(connection, 'people');
  const trail = openTrail(connection);
  return ({ actor, repeat = null }, task) => {
    const nowMs = clock.now();
    let made: readonly Assignment[] = [];
    const answer = repeats.once(repeat, nowMs, () => {
      const { answer: given, assigned = [], ...deed } = task();
      trail.record(nowMs, [{ actor, ...deed }]);
      made = assigned;
      return given;
    });
    learn(made);
    return answer;
  };
}
