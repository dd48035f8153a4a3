/** `config/process.yaml`: what recurs, who approves, how early a release is announced. */
import { z } from 'zod';
import { type ConfigProblem, duration, readYaml } from '../../shared/config.ts';
import { flawless, type Holed, readParts } from '../../shared/config-parts.ts';
import type { Calendars } from '../calendars/calendars.ts';
import { type PeoplePolicy, unknownPeople } from '../people/people.ts';

type WhoIsThere = Pick<PeoplePolicy, 'people' | 'groups' | 'example'>;

const approval = z.strictObject({
  /** How many different people must approve, whoever requested it not among them. */
  approvers: z.int().min(1).max(10),
  /** People and groups who may; anybody when it is left out. */
  by: z.array(z.string().min(1)).min(1).optional(),
});
const notice = z.strictObject({ working_days: z.int().min(0).max(60) });

export const processSchema = z.strictObject({
  problems: z.strictObject({
    same_device: z.strictObject({ faults: z.int().min(2), within: duration }),
    across_devices: z.strictObject({ devices: z.int().min(2), within: duration }),
    except_rules: z.array(z.string()).default([]),
    verify_for: duration,
    reopen_within: duration,
  }),
  changes: z.strictObject({
    approval: z.strictObject({ low: approval, medium: approval, high: approval }),
    /** True: whoever approves may not be whoever requested. */
    four_eyes: z.boolean().default(true),
    announce: z.strictObject({ change: notice, release: notice, emergency: notice }),
    calendar: z.string().min(1),
    linked_for: duration,
  }),
});

export type ProcessPolicy = z.infer<typeof processSchema>;

/** What the policy names must be there; people are looked up where they are known. */
export interface Surroundings {
  readonly calendars: Pick<Calendars, 'get' | 'names'>;
  readonly people: WhoIsThere | null;
}

export function readProcessPolicy(file: string, around: Surroundings): ProcessPolicy {
  return checkProcessPolicy(readYaml(file), file, around);
}

/** Checks parsed YAML. Throws `config` with every problem. */
export function checkProcessPolicy(
  data: unknown,
  file: string,
  { calendars, people }: Surroundings,
): ProcessPolicy {
  const { value: policy, problems: shape } = readParts(processSchema, data, file);
  const problems = [
    ...shape,
    ...approvalProblems(policy, file, people),
    ...calendarProblems(policy, file, calendars),
  ];
  return flawless({ value: policy as ProcessPolicy, problems });
}

type Parts = Holed<ProcessPolicy>;

function approvalProblems(
  { changes }: Parts,
  file: string,
  who: WhoIsThere | null,
): readonly ConfigProblem[] {
  return Object.entries(changes?.approval ?? {}).flatMap(([risk, given]) => {
    const names = given?.by?.flatMap((name) => name ?? []);
    if (names === undefined) return [];
    const path = `changes.approval.${risk}.by`;
    const strangers = who === null ? [] : unknownPeople(names, who);
    if (strangers.length > 0) return strangers.map((reason) => ({ file, path, reason }));
    const members = names.flatMap((name) => who?.groups.get(name)?.members ?? [name]);
    const { size } = new Set(members);
    const approvers = given?.approvers ?? 0;
    if (size >= approvers) return [];
    return [{ file, path, reason: `names ${size} people, but ${approvers} must approve` }];
  });
}

function calendarProblems(
  { changes }: Parts,
  file: string,
  calendars: Pick<Calendars, 'get' | 'names'>,
): readonly ConfigProblem[] {
  const named = changes?.calendar;
  if (named === undefined || calendars.get(named) !== undefined) return [];
  const reason = `${JSON.stringify(named)} is not one of ${calendars.names.join(', ')}`;
  return [{ file, path: 'changes.calendar', reason }];
}
