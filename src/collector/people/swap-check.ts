/** What a swap and a note must be, and who may say yes to a swap (R23). Pure. */
import { Failure } from '../../shared/errors.ts';
import type { Duty, Identity, PeoplePolicy, Slot, Swap } from './people.ts';

const NOTE_LONGEST = 4_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

export const nameOf = ({ role, shift, date }: Slot): string => `${role}/${shift} ${date}`;

/** The id of somebody who is known. Throws `not_found`. */
export function idOf({ id, unknown }: Identity): string {
  if (unknown === '') return id;
  throw new Failure('not_found', unknown, { hint: 'people are entries of people.yaml' });
}

/** Throws `conflict`. */
export function checkAsked(duty: Duty, to: string, nowMs: number): void {
  if (duty.untilMs <= nowMs) {
    throw new Failure('conflict', `the shift ${nameOf(duty)} is over`, {
      hint: 'only a shift that is still to come, or goes on, can be swapped',
    });
  }
  if (duty.person !== to) return;
  throw new Failure('conflict', `${to} holds ${nameOf(duty)} already`);
}

/** Throws `conflict` when it is decided, `forbidden` when `by` may not decide it. */
export function checkDecision(swap: Swap, by: Identity, policy: PeoplePolicy): void {
  if (swap.state !== 'asked') {
    throw new Failure('conflict', `swap ${swap.number} is ${swap.state} already`);
  }
  const approvers = policy.approvers === null ? null : policy.groups.get(policy.approvers);
  const involved = [swap.from, swap.to, swap.askedBy];
  const members = approvers?.members ?? [...policy.people.keys()];
  if (members.includes(by.id) && !involved.includes(by.id)) return;
  const others = members.filter((one) => !involved.includes(one)).join(', ');
  throw new Failure('forbidden', `${JSON.stringify(by.id)} may not approve swap ${swap.number}`, {
    hint: others === '' ? 'nobody may: see swaps.approved_by in duty.yaml' : `ask one of ${others}`,
  });
}

/** What was asked is still what would happen. Throws `conflict`. */
export function checkStillAsked(swap: Swap, duty: Duty, nowMs: number): void {
  checkAsked(duty, swap.to, nowMs);
  if (duty.person === swap.from) return;
  const message = `${nameOf(swap)} is held by ${duty.person} now, not by ${swap.from}`;
  throw new Failure('conflict', message, { hint: 'refuse this swap and ask for a new one' });
}

/** Throws `stale`. */
export function checkVersion(what: string, seen: number | null | undefined, now: number): void {
  if (seen === null || seen === undefined || seen === now) return;
  throw new Failure('stale', `${what} was changed meanwhile`, {
    hint: `look at it again: it is at version ${now}`,
    detail: { version: now },
  });
}

/** Throws `bad_request`. */
export function checkNote(note: string): void {
  if (note.length <= NOTE_LONGEST && !FORBIDDEN.test(note)) return;
  throw new Failure('bad_request', 'the note is too long or holds control characters', {
    hint: `plain text of at most ${NOTE_LONGEST} characters`,
  });
}
