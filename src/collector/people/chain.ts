/** Escalation: a level and a moment → whom to tell. Pure. */
import type {
  ChainStep,
  Duty,
  Level,
  Moment,
  PeoplePolicy,
  Person,
  Recipient,
  Target,
} from './people.ts';

/** Each person once: told at once wins over the digest. */
export function recipientsOf(
  policy: PeoplePolicy,
  { level, moment }: { readonly level: Level; readonly moment: Moment },
  onDuty: (role: string) => readonly Duty[],
): readonly Recipient[] {
  const steps = (policy.chains.get(level) ?? []).filter(({ at }) => same(at, moment));
  const found = new Map<string, Recipient>();
  for (const { tell, digest } of steps.toSorted(atOnceFirst)) {
    for (const because of tell) {
      for (const person of peopleOf(policy, because, onDuty)) {
        if (!found.has(person.id)) found.set(person.id, { person, because, digest });
      }
    }
  }
  return [...found.values()];
}

function atOnceFirst(a: ChainStep, b: ChainStep): number {
  return Number(a.digest) - Number(b.digest);
}

function same(a: Moment, b: Moment): boolean {
  if (a === 'opened' || b === 'opened') return a === b;
  return a.clock === b.clock && a.share === b.share;
}

function peopleOf(
  policy: PeoplePolicy,
  { kind, id }: Target,
  onDuty: (role: string) => readonly Duty[],
): readonly Person[] {
  if (kind === 'role') {
    return onDuty(id).flatMap(({ person, by }) => {
      const found = policy.people.get(person);
      return found === undefined ? [] : [preferring(found, by)];
    });
  }
  const ids = kind === 'group' ? (policy.groups.get(id)?.members ?? []) : [id];
  return ids.flatMap((one) => policy.people.get(one) ?? []);
}

/** The same person with the channels of the shift first: at night the telephone rings. */
function preferring(person: Person, by: readonly string[]): Person {
  if (by.length === 0) return person;
  const rank = ({ channel }: { readonly channel: string }): number => {
    const index = by.indexOf(channel);
    return index < 0 ? by.length : index;
  };
  return { ...person, channels: person.channels.toSorted((a, b) => rank(a) - rank(b)) };
}
