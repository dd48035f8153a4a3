/** What the headers of a write to a fault say: who, once or again, on which version. */
import type { Actor } from '../../desk/desk.ts';
import type { Writing } from '../../faults/faults.ts';
import { preconditionsOf } from '../preconditions.ts';
import type { Scene } from '../route.ts';

/** Throws `bad_request`. */
export function writingOf(headers: Scene['headers'], actor: Actor): Writing {
  const { key, version } = preconditionsOf(headers);
  return {
    actor,
    ...(key === null ? {} : { key }),
    ...(version === null ? {} : { expected: version }),
  };
}
