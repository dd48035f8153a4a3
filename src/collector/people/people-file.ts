/** `people.yaml`: people, their channels, and groups. */
import { z } from 'zod';
import { type ConfigProblem, readYaml, schemaProblems } from '../../shared/config.ts';
import { Failure } from '../../shared/errors.ts';
import type { Group, PeoplePolicy, Person } from './people.ts';

export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'an id has lower-case letters, digits and hyphens');
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const PLAIN = /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+$/;
const plain = z.string().min(1).max(120).regex(PLAIN, 'holds control characters');
export const named = z.strictObject({ en: plain, zh: plain });

export const peopleSchema = z.strictObject({
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

export type WhoIsThere = Pick<PeoplePolicy, 'people' | 'groups'>;

/** The YAML of a file, or null with its problems added. */
export function readFileInto(file: string, problems: ConfigProblem[]): { data: unknown } | null {
  try {
    return { data: readYaml(file) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const listed = error.detail.problems as readonly ConfigProblem[] | undefined;
    problems.push(...(listed ?? [{ file, path: '', reason: error.message }]));
    return null;
  }
}

/** Null when the file is not of the right shape; its problems are added. */
export function readPeople(file: string, problems: ConfigProblem[]): WhoIsThere | null {
  const read = readFileInto(file, problems);
  if (read === null) return null;
  const shape = schemaProblems(peopleSchema, read.data, file);
  problems.push(...shape);
  if (shape.length > 0) return null;
  const raw = peopleSchema.parse(read.data);
  for (const [group, { members }] of Object.entries(raw.groups)) {
    members.forEach((member, index) => {
      if (Object.hasOwn(raw.people, member)) return;
      const path = `groups.${group}.members[${index}]`;
      problems.push({ file, path, reason: `there is no person "${member}" in people` });
    });
  }
  const people = Object.entries(raw.people).map(([key, { name, locale, channels }]): Person => {
    const addresses = channels.map(({ channel, to }) => ({ channel, to: to ?? '' }));
    return { id: key, name, locale, channels: addresses };
  });
  const groups = Object.entries(raw.groups).map(
    ([key, { name, line, members }]): Group => ({ id: key, name, line: line ?? null, members }),
  );
  return {
    people: new Map(people.map((person) => [person.id, person])),
    groups: new Map(groups.map((group) => [group.id, group])),
  };
}
