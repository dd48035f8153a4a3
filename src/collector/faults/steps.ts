/** The one transition table: which step is possible in which state, and what it leads to. */
import { Failure } from '../../shared/errors.ts';
import type { Fault, FaultState, LedgerKind } from './fault.ts';

type Steps = Readonly<Partial<Record<LedgerKind, FaultState>>>;

/** What may be said of a fault at any time, also when it is long over. */
const always = (state: FaultState): Steps => ({
  comment: state,
  attached: state,
  linked: state,
  corrected: state,
  late_summary: state,
});

/** What may happen to a fault that people know of and that is not done with. */
const announced = (state: FaultState): Steps => ({
  ...always(state),
  clock: state,
  promoted: state,
  levelled: state,
  flapping: state,
  steadied: state,
});

const atWork = (state: FaultState): Steps => ({
  ...announced(state),
  worsened: state,
  eased: state,
  paused: state,
  resumed: state,
  recovered: 'recovered',
  merged: 'suppressed',
  closed: 'closed',
  false_alarm: 'closed',
});

/** A kind that is not named in a state is not possible there. */
export const STEPS: Readonly<Record<FaultState, Steps>> = Object.freeze({
  open: {
    ...atWork('open'),
    suppressed: 'suppressed',
    responded: 'responded',
    arrived: 'arrived',
    repaired: 'repaired',
  },
  // Nobody was told of it: it is released first, or ends as quietly as it began.
  suppressed: {
    ...always('suppressed'),
    // Its cause became known, or is another one now.
    suppressed: 'suppressed',
    worsened: 'suppressed',
    eased: 'suppressed',
    flapping: 'suppressed',
    steadied: 'suppressed',
    released: 'open',
    split: 'open',
    recovered: 'recovered',
    closed: 'closed',
    false_alarm: 'closed',
  },
  responded: { ...atWork('responded'), arrived: 'arrived', repaired: 'repaired' },
  arrived: { ...atWork('arrived'), repaired: 'repaired' },
  // Worse again after a repair: the repair did not hold, the fault needs an answer again.
  repaired: { ...atWork('repaired'), worsened: 'open', verified: 'verified' },
  recovered: {
    ...announced('recovered'),
    reopened: 'open',
    verified: 'verified',
    closed: 'closed',
    false_alarm: 'closed',
  },
  verified: { ...announced('verified'), reopened: 'open', closed: 'closed' },
  closed: always('closed'),
});

/** The steps a person can take, in the order of the work. */
const BY_PEOPLE: readonly LedgerKind[] = [
  'responded',
  'arrived',
  'repaired',
  'verified',
  'comment',
  'closed',
  'false_alarm',
];

/** True while its breach goes on: such a fault is the one of its device, rule and item. */
export function isActive(state: FaultState): boolean {
  return state !== 'recovered' && state !== 'verified' && state !== 'closed';
}

/** Refuses a person's step that the state does not allow. Throws `conflict` naming the possible ones. */
export function checkStep({ id, state }: Pick<Fault, 'id' | 'state'>, kind: LedgerKind): void {
  const steps = STEPS[state];
  if (steps[kind] !== undefined) return;
  const possible = BY_PEOPLE.filter((step) => steps[step] !== undefined);
  throw new Failure('conflict', `${id} is ${state}: it cannot be ${kind}`, {
    hint: `possible now: ${possible.join(', ')}`,
    detail: { state, possible },
  });
}
