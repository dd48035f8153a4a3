/** `duty.yaml`: posts with their shifts, and the escalation chains. Nobody to tell is refused. */
import { z } from 'zod';
import type { ConfigProblem } from '../../shared/config.ts';
import { type Holed, readParts, wholeOf } from '../../shared/config-parts.ts';
import { chainProblems, targetOf } from './chain-check.ts';
import { gapsOf } from './gaps.ts';
import type { ChainStep, DutyPolicy, Level, Named, Role, Shift } from './people.ts';
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

/** The file with holes where it has mistakes. */
export type DutyParts = Holed<DutyFile>;

/** Null when the file cannot be read; what has mistakes is left out, its problems are added. */
export function readDuty(
  file: string,
  who: WhoIsThere | null,
  problems: ConfigProblem[],
): DutyPolicy | null {
  const read = readFileInto(file, problems);
  if (read === null) return null;
  const { value: parts, problems: shape } = readParts(dutySchema, read.data, file);
  const names = Object.keys(parts.roles ?? {});
  const roles = new Map(names.map((key) => [key, roleOf(key, parts.roles?.[key])]));
  problems.push(...shape);
  problems.push(...rosterProblems(parts, { file, roles, who }));
  problems.push(...chainProblems(parts, { file, roles, who }));
  return {
    timezone: parts.timezone ?? 'UTC',
    roles,
    chains: chainsOf(wholeOf<DutyFile['chains']>(parts.chains) ?? []),
    approvers: parts.swaps?.approved_by ?? null,
    progress: wholeOf<DutyFile['progress']>(parts.progress) ?? [],
    digestMinute: minuteOf(parts.digest_at ?? ''),
  };
}

function minuteOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}

type RawShift = DutyFile['roles'][string]['shifts'][string];

function roleOf(key: string, given: Holed<DutyFile['roles'][string]> | undefined): Role {
  const whole = Object.entries(given?.shifts ?? {}).flatMap(([name, part]) => {
    const shift = wholeOf<RawShift>(part);
    return shift === null ? [] : [{ name, shift }];
  });
  const shifts = whole.map(({ name, shift }): Shift => {
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
  const name = wholeOf<Named>(given?.name) ?? { en: key, zh: key };
  // Whether a role with a mistake is held at all times is not known: only "no" is told.
  return { id: key, name, shifts, always: given?.cover !== 'shifts' };
}

interface Checked {
  readonly file: string;
  readonly roles: ReadonlyMap<string, Role>;
  readonly who: WhoIsThere | null;
}

function rosterProblems(parts: DutyParts, { file, roles, who }: Checked): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const role of roles.values()) {
    const given = parts.roles?.[role.id]?.shifts;
    // A shift with a mistake may be what fills the gap.
    const whole = wholeOf<Record<string, RawShift>>(given) !== null;
    for (const gap of role.always && whole ? gapsOf(role) : []) {
      problems.push({ file, path: `roles.${role.id}.shifts`, reason: `gap in the roster: ${gap}` });
    }
    for (const [name, shift] of Object.entries(given ?? {})) {
      shift?.people?.forEach((person, index) => {
        if (person === undefined || who === null || who.people.has(person)) return;
        const path = `roles.${role.id}.shifts.${name}.people[${index}]`;
        problems.push({ file, path, reason: `there is no person "${person}" in people` });
      });
    }
  }
  const approvers = parts.swaps?.approved_by;
  if (approvers !== undefined && who !== null && !who.groups.has(approvers)) {
    const reason = `there is no group "${approvers}": no swap could be approved`;
    problems.push({ file, path: 'swaps.approved_by', reason });
  }
  return problems;
}

type RawStep = DutyFile['chains'][number]['steps'][number];

function chainsOf(raw: DutyFile['chains']): ReadonlyMap<Level, readonly ChainStep[]> {
  const chains = new Map<Level, readonly ChainStep[]>();
  for (const { levels, steps } of raw) {
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
