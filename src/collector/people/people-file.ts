/** `people.yaml`: people, their channels, and groups. */
import { z } from 'zod';
import { type ConfigProblem, problemsIn, readYaml } from '../../shared/config.ts';
import { readParts, wholeOf } from '../../shared/config-parts.ts';
import type { Group, Named, PeoplePolicy, Person } from './people.ts';

export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'an id has lower-case letters, digits and hyphens');
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const PLAIN = /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+$/;
const plain = z.string().min(1).max(120).regex(PLAIN, 'holds control characters');
export const named = z.strictObject({ en: plain, zh: plain });

export const peopleSchema = z.strictObject({
  /** True: nobody real is in it yet, so whoever is named elsewhere is taken at their word. */
  example: z.boolean().default(false),
  people: z.record(
    id,
    z.strictObject({
      name: plain,
      locale: z.enum(['zh-CN', 'en']).default('zh-CN'),
      channels: z
        .array(z.strictObject({ channel: id, to: plain.optional() }))
        .min(1, 'a person without a channel cannot be told anything')
        .max(8),
    }),
  ),
  groups: z
    .record(
      id,
      z.strictObject({
        name: named,
        line: z.literal([1, 2]).optional(),
        members: z.array(id).min(1, 'a group of nobody cannot be told anything'),
      }),
    )
    .default({}),
});

export type WhoIsThere = Pick<PeoplePolicy, 'people' | 'groups' | 'example'>;

/** The YAML of a file, or null with its problems added. */
export function readFileInto(file: string, problems: ConfigProblem[]): { data: unknown } | null {
  try {
    return { data: readYaml(file) };
  } catch (error) {
    problems.push(...problemsIn(error, file));
    return null;
  }
}

/** Null when the file cannot be read. Whoever is named in it is there, with mistakes too. */
export function readPeople(file: string, problems: ConfigProblem[]): WhoIsThere | null {
  const read = readFileInto(file, problems);
  if (read === null) return null;
  const { value: raw, problems: shape } = readParts(peopleSchema, read.data, file);
  problems.push(...shape);
  const listed = Object.entries(raw.people ?? {});
  const grouped = Object.entries(raw.groups ?? {});
  for (const [group, given] of grouped) {
    given?.members?.forEach((member, index) => {
      if (member === undefined || raw.people === undefined) return;
      if (Object.hasOwn(raw.people, member)) return;
      const path = `groups.${group}.members[${index}]`;
      problems.push({ file, path, reason: `there is no person "${member}" in people` });
    });
  }
  const people = listed.map(([key, given]): Person => {
    const channels = given?.channels?.map((one) => ({
      channel: one?.channel ?? '',
      to: one?.to ?? '',
    }));
    const { name = key, locale = 'zh-CN' } = given ?? {};
    return { id: key, name, locale, channels: channels ?? [] };
  });
  const groups = grouped.map(([key, given]): Group => {
    const name = wholeOf<Named>(given?.name) ?? { en: key, zh: key };
    const members = wholeOf<string[]>(given?.members) ?? [];
    return { id: key, name, line: given?.line ?? null, members };
  });
  return {
    example: raw.example ?? false,
    people: new Map(people.map((person) => [person.id, person])),
    groups: new Map(groups.map((group) => [group.id, group])),
  };
}
