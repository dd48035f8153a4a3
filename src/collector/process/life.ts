/** Lives as tables: which step is possible in which state. One table each for problems and changes. */
import { Failure } from '../../shared/errors.ts';
import type { ChangeState, ChangeStepKind, ProblemState, ProblemStepKind } from './process.ts';

export type Life<State extends string, Step extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Step, State>>>>
>;

/** R18: investigate → root cause → solution → verify that it did not recur → close. */
export const PROBLEM_LIFE: Life<ProblemState, ProblemStepKind> = Object.freeze({
  proposed: { investigate: 'investigating', reject: 'rejected', fault: 'proposed' },
  investigating: { root_cause: 'cause_known', reject: 'rejected', fault: 'investigating' },
  cause_known: { root_cause: 'cause_known', solve: 'solution_known', fault: 'cause_known' },
  solution_known: { solve: 'solution_known', verify: 'verifying', fault: 'solution_known' },
  // The quiet time runs; a fault in it means that the solution does not hold.
  verifying: { close: 'closed', recurred: 'investigating' },
  closed: { recurred: 'investigating' },
  rejected: { investigate: 'investigating' },
});

/** R21: request → assess → approve → announce → implement → verify → close. */
export const CHANGE_LIFE: Life<ChangeState, ChangeStepKind> = Object.freeze({
  requested: { assess: 'assessed', withdraw: 'withdrawn' },
  assessed: { assess: 'assessed', approve: 'approved', reject: 'rejected', withdraw: 'withdrawn' },
  approved: { announce: 'announced', withdraw: 'withdrawn' },
  announced: { start: 'implementing', withdraw: 'withdrawn' },
  implementing: { finish: 'implemented', roll_back: 'rolled_back', fault: 'implementing' },
  implemented: { verify: 'verified', roll_back: 'rolled_back', fault: 'implemented' },
  verified: { close: 'closed', fault: 'verified' },
  rolled_back: { close: 'closed', fault: 'rolled_back' },
  closed: { fault: 'closed' },
  rejected: {},
  withdrawn: {},
});

/** Steps that only the program takes. */
const BY_ITSELF: readonly string[] = ['fault', 'recurred'];

/** The state after the step; a comment changes none. Throws `conflict` naming what is possible. */
export function nextState<State extends string, Step extends string>(
  life: Life<State, Step>,
  { id, state }: { readonly id: string; readonly state: State },
  step: Step | 'comment',
): State {
  if (step === 'comment') return state;
  const next = life[state][step];
  if (next !== undefined) return next;
  const possible = possibleSteps(life, state);
  throw new Failure('conflict', `${id} is ${state}: ${step} is not possible`, {
    hint: `possible now: ${possible.join(', ')}`,
    detail: { state, possible },
  });
}

/** What a person can do now. */
export function possibleSteps<State extends string, Step extends string>(
  life: Life<State, Step>,
  state: State,
): readonly string[] {
  const steps = Object.keys(life[state]).filter((step) => !BY_ITSELF.includes(step));
  return [...steps, 'comment'];
}
