/** How faults belong together: merged into one, taken apart again, linked. */
import { Failure } from '../../shared/errors.ts';
import type { Draft } from './draft.ts';
import type { Said } from './faults.ts';
import type { Case } from './life.ts';
import { checkStep, isActive } from './steps.ts';

export interface Two {
  readonly one: Case;
  readonly other: Case | null;
  /** Faults that are parts of `one`. */
  readonly parts: readonly string[];
}

function pairOf({ one, other }: Omit<Two, 'parts'>): readonly [Case, Case] {
  if (other !== null && other.fault.id !== one.fault.id) return [one, other];
  throw new Failure('bad_request', `${one.fault.id} is the same fault`, {
    hint: 'name two different faults',
  });
}

/** Nothing is part of a part: a merge could go in a circle, and a split would leave parts behind. */
export function addMerged(draft: Draft, two: Two, { by, note }: Said): void {
  const [part, whole] = pairOf(two);
  checkStep(part.fault, 'merged');
  if (!isActive(whole.fault.state) || whole.fault.quiet !== null) {
    const { id, state } = whole.fault;
    throw new Failure('conflict', `${id} is ${state}: nothing can be merged into it`, {
      hint: 'merge into a fault that goes on and is not part of another itself',
    });
  }
  if (two.parts.length > 0) {
    throw new Failure('conflict', `${part.fault.id} has parts: ${two.parts.join(', ')}`, {
      hint: 'merge the other one into it, or split its parts from it first',
      detail: { parts: two.parts },
    });
  }
  const { id } = whole.fault;
  draft.add(part, { kind: 'merged', note, detail: { why: 'merged', by: id, note } }, by);
  const link = { fault: part.fault.id, how: 'merged' };
  draft.add(whole, { kind: 'linked', note, detail: link }, by);
}

export function addSplit(draft: Draft, { one }: Two, { by, note }: Said): void {
  const { id, quiet } = one.fault;
  checkStep(one.fault, 'split');
  if (quiet?.why !== 'merged') {
    throw new Failure('conflict', `${id} was not merged into another fault`);
  }
  draft.add(one, { kind: 'split', note, detail: { fault: quiet.by } }, by);
}

export function addLinked(draft: Draft, two: Two, { by, note }: Said): void {
  const [one, other] = pairOf(two);
  const link = (to: Case) => ({ fault: to.fault.id, how: 'related' });
  draft.add(one, { kind: 'linked', note, detail: link(other) }, by);
  draft.add(other, { kind: 'linked', note, detail: link(one) }, by);
}
