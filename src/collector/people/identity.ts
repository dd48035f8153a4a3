/** Whom a request names: an id of the people file, or a name that only one person has. Pure. */
import { didYouMean } from '../../shared/config-problems.ts';
import type { Identity, PeoplePolicy } from './people.ts';

/**
 * As long as the people file is the shipped example, whoever is named is taken at their word: a
 * first start can be used before anybody has been entered.
 */
export function identify(
  { people, groups, example }: Pick<PeoplePolicy, 'people' | 'groups' | 'example'>,
  text: string,
): Identity {
  const said = text.trim();
  const wanted = said.toLowerCase();
  const named = [...people.values()].filter(
    ({ id, name }) => id === wanted || name.toLowerCase() === wanted,
  );
  const [one] = named;
  if (one !== undefined && named.length === 1) {
    const mine = [...groups.values()].filter(({ members }) => members.includes(one.id));
    return { id: one.id, groups: mine.map(({ id }) => id), unknown: '' };
  }
  if (example) return { id: wanted, groups: [], unknown: '' };
  const quoted = JSON.stringify(said.slice(0, 80));
  const names = [...people.values()].flatMap(({ id, name }) => [id, name]);
  const unknown =
    named.length > 1
      ? `${quoted} is the name of several people: ${named.map(({ id }) => id).join(', ')}`
      : `there is no person ${quoted} in people.yaml${didYouMean(wanted, names)}`;
  return { id: said, groups: [], unknown };
}

/** Whether a list of people and groups, as policies write it, names this one. */
export function isNamed({ id, groups }: Identity, names: readonly string[]): boolean {
  return names.includes(id) || groups.some((group) => names.includes(group));
}

/** Names of a policy's list that are neither a person nor a group; none while it is an example. */
export function strangersOf(
  names: readonly string[],
  { people, groups, example }: Pick<PeoplePolicy, 'people' | 'groups' | 'example'>,
): readonly string[] {
  if (example) return [];
  const known = [...people.keys(), ...groups.keys()];
  return names
    .filter((name) => !known.includes(name))
    .map((name) => `${JSON.stringify(name)} is no person or group${didYouMean(name, known)}`);
}
