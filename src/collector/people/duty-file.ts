/** `duty.yaml`: posts with their shifts, and the escalation chains. Nobody to tell is refused. */
import { z } from 'zod';
import { type ConfigProblem, schemaProblems } from '../../shared/config.ts';
import { chainProblems, targetOf } from './chain-check.ts';
import { gapsOf } from './gaps.ts';
import type { ChainStep, DutyPolicy, Level, Role, Shift } from './people.ts';
import { id, named, readFileInto, type WhoIsThere } from './people-file.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_MINUTES = 1_440;
/** A Monday, so that weekly turns begin with the week. */
const FIRST_TURN = '2024-01-01';

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is written HH:MM, for example "07:30"');
const zone = z.string().refine(
  (name) => {
    try {
      return Temporal.PlainDate.from('2026-01-01').toZonedDateTime(name) !== null;
    } catch {
      return false;
    }
  },
  { error: (issue) => `${JSON.stringify(issue.input)} is not an IANA time zone` },
);
const day = z.string().refine(
  (text) => {
    try {
      return Temporal.PlainDate.from(text).toString() === text;
    } catch {
      return false;
    }
  },
  { error: 'a day is written YYYY-MM-DD' },
);
const share = z.literal([0.5, 0.8, 1]);
const target = z.union([
  z.strictObject({ role: id }),
  z.strictObject({ group: id }),
  z.strictObject({ person: id }),
]);
const at = z.union([
  z.literal('opened'),
  z.strictObject({ respond: share }),
  z.strictObject({ arrive: share }),
  z.strictObject({ repair: share }),
]);

export const dutySchema = z.strictObject({
  timezone: zone,
  roles: z.record(
    id,
    z.strictObject({
      name: named,
      cover: z.enum(['always', 'shifts']).default('always'),
      shifts: z.record(
        id,
        z.strictObject({
          from: timeOfDay,
          to: timeOfDay,
          days: z
            .array(z.enum(DAYS))
            .min(1)
            .default([...DAYS]),
          people: z.array(id).min(1, 'a shift of nobody leaves a gap'),
          turn_days: z.int().min(1).max(366).default(1),
          starts: day.default(FIRST_TURN),
          by: z.array(id).default([]),
        }),
      ),
    }),
  ),
  swaps: z.strictObject({ approved_by: id }).optional(),
  chains: z.array(
    z.strictObject({
      levels: z.array(z.literal([1, 2, 3, 4])).min(1),
      steps: z
        .array(
          z.strictObject({
            at,
            tell: z.array(target).min(1, 'a step that tells nobody is no step'),
            digest: z.boolean().default(false),
          }),
        )
        .min(1),
    }),
  ),
  progress: z
    .array(z.enum(['responded', 'arrived', 'repaired']))
    .default(['responded', 'repaired']),
  digest_at: timeOfDay.default('08:00'),
});

export type DutyFile = z.infer<typeof dutySchema>;

/** Null when the file is not of the right shape; its problems are added. */
export function readDuty(
  file: string,
  who: WhoIsThere | null,
  problems: ConfigProblem[],
): DutyPolicy | null {
  const read = readFileInto(file, problems);
  if (read === null) return null;
  const shape = schemaProblems(dutySchema, read.data, file);
  problems.push(...shape);
  if (shape.length > 0) return null;
  const raw = dutySchema.parse(read.data);
  const roles = new Map(Object.keys(raw.roles).map((key) => [key, roleOf(key, raw)]));
  problems.push(...rosterProblems(raw, { file, roles, who }));
  problems.push(...chainProblems(raw, { file, roles, who }));
  return {
    timezone: raw.timezone,
    roles,
    chains: chainsOf(raw),
    approvers: raw.swaps?.approved_by ?? null,
    progress: raw.progress,
    digestMinute: minuteOf(raw.digest_at),
  };
}

function minuteOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}

function roleOf(key: string, raw: DutyFile): Role {
  const given = raw.roles[key];
  const shifts = Object.entries(given?.shifts ?? {}).map(([name, shift]): Shift => {
    const fromMinute = minuteOf(shift.from);
    const toMinute = minuteOf(shift.to);
    return {
      name,
      fromMinute,
      // Up to the same minute is a whole day; an earlier one is on the next day.
      toMinute: toMinute > fromMinute ? toMinute : toMinute + DAY_MINUTES,
      days: shift.days.map((one) => DAYS.indexOf(one) + 1),
      people: shift.people,
      turnDays: shift.turn_days,
      starts: shift.starts,
      by: shift.by,
    };
  });
  const name = given?.name ?? { en: key, zh: key };
  return { id: key, name, shifts, always: given?.cover === 'always' };
}

interface Checked {
  readonly file: string;
  readonly roles: ReadonlyMap<string, Role>;
  readonly who: WhoIsThere | null;
}

function rosterProblems(raw: DutyFile, { file, roles, who }: Checked): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const role of roles.values()) {
    for (const gap of role.always ? gapsOf(role) : []) {
      problems.push({ file, path: `roles.${role.id}.shifts`, reason: `gap in the roster: ${gap}` });
    }
    for (const { name, people } of role.shifts) {
      people.forEach((person, index) => {
        if (who === null || who.people.has(person)) return;
        const path = `roles.${role.id}.shifts.${name}.people[${index}]`;
        problems.push({ file, path, reason: `there is no person "${person}" in people` });
      });
    }
  }
  const approvers = raw.swaps?.approved_by;
  if (approvers !== undefined && who !== null && !who.groups.has(approvers)) {
    const reason = `there is no group "${approvers}": no swap could be approved`;
    problems.push({ file, path: 'swaps.approved_by', reason });
  }
  return problems;
}

type RawStep = DutyFile['chains'][number]['steps'][number];

function chainsOf(raw: DutyFile): ReadonlyMap<Level, readonly ChainStep[]> {
  const chains = new Map<Level, readonly ChainStep[]>();
  for (const { levels, steps } of raw.chains) {
    for (const level of levels) chains.set(level, steps.map(stepOf));
  }
  return chains;
}

function stepOf({ at: when, tell, digest }: RawStep): ChainStep {
  return { at: momentOf(when), tell: tell.map(targetOf), digest };
}

function momentOf(when: RawStep['at']): ChainStep['at'] {
  if (when === 'opened') return when;
  if ('respond' in when) return { clock: 'respond', share: when.respond };
  if ('arrive' in when) return { clock: 'arrive', share: when.arrive };
  return { clock: 'repair', share: when.repair };
}
