/** `config/process.yaml`: what recurs, who approves, how early a release is announced. */
import { z } from 'zod';
import {
  type ConfigProblem,
  checkConfig,
  configFailure,
  duration,
  readYaml,
  schemaProblems,
} from '../../shared/config.ts';
import type { Calendars } from '../calendars/calendars.ts';

const approval = z.strictObject({
  /** How many different people must approve, whoever requested it not among them. */
  approvers: z.int().min(1).max(10),
  /** Who may; anybody when it is left out. */
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
    announce: z.strictObject({ change: notice, release: notice, emergency: notice }),
    calendar: z.string().min(1),
    linked_for: duration,
  }),
});

export type ProcessPolicy = z.infer<typeof processSchema>;

export function readProcessPolicy(file: string, calendars: Calendars): ProcessPolicy {
  return checkProcessPolicy(readYaml(file), file, calendars);
}

/** Checks parsed YAML. Throws `config` with every problem. */
export function checkProcessPolicy(
  data: unknown,
  file: string,
  calendars: Pick<Calendars, 'get' | 'names'>,
): ProcessPolicy {
  const shape = schemaProblems(processSchema, data, file);
  if (shape.length > 0) throw configFailure(shape);
  const policy = checkConfig(processSchema, data, file);
  const problems = [
    ...approvalProblems(policy, file),
    ...calendarProblems(policy, file, calendars),
  ];
  if (problems.length > 0) throw configFailure(problems);
  return policy;
}

function approvalProblems({ changes }: ProcessPolicy, file: string): readonly ConfigProblem[] {
  return Object.entries(changes.approval).flatMap(([risk, { approvers, by }]) => {
    const people = new Set(by).size;
    if (by === undefined || people >= approvers) return [];
    const path = `changes.approval.${risk}.by`;
    return [{ file, path, reason: `names ${people} people, but ${approvers} must approve` }];
  });
}

function calendarProblems(
  { changes }: ProcessPolicy,
  file: string,
  calendars: Pick<Calendars, 'get' | 'names'>,
): readonly ConfigProblem[] {
  if (calendars.get(changes.calendar) !== undefined) return [];
  const reason = `${JSON.stringify(changes.calendar)} is not one of ${calendars.names.join(', ')}`;
  return [{ file, path: 'changes.calendar', reason }];
}
