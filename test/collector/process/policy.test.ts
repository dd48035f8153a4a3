/** `process.yaml`: the shipped file is good; mistakes are named with their place. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkProcessPolicy } from '../../../src/collector/process/policy.ts';
import { loadProcessPolicy, processJsonSchema } from '../../../src/collector/process/process.ts';
import { parseYaml } from '../../../src/shared/config.ts';
import { projectFile } from '../../support/parts.ts';
import { PEOPLE, policy as peoplePolicy } from '../people/policies.ts';
import { CALENDARS } from './rig.ts';

const SHIPPED = projectFile('config/process.yaml');

type Data = {
  problems: Record<string, unknown>;
  changes: Record<string, Record<string, Record<string, unknown>>> & { calendar: unknown };
};

function problemsAfter(
  change: (data: Data) => void,
  people: ReturnType<typeof peoplePolicy> | null = null,
): string {
  const data = parseYaml(readFileSync(SHIPPED, 'utf8'), 'process.yaml') as Data;
  change(data);
  try {
    checkProcessPolicy(data, 'process.yaml', { calendars: CALENDARS, people });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('the shipped file is read: a release is announced two working days before (R22)', () => {
  const { changes, problems } = loadProcessPolicy(SHIPPED, CALENDARS);
  expect(changes.announce.release.working_days).toBe(2);
  expect(changes.approval.high.approvers).toBe(2);
  expect(problems.same_device).toEqual({ faults: 3, within: 7 * 86_400_000 });
});

test.each<[string, (data: Data) => void]>([
  ['problems: unknown key "recurrence"', (d) => Object.assign(d.problems, { recurrence: 1 })],
  ['changes.announce.release: is missing', (d) => delete d.changes.announce!.release],
  [
    'changes.calendar: "offfice" is not one of',
    (d) => Object.assign(d.changes, { calendar: 'offfice' }),
  ],
  [
    'changes.approval.high.by: names 1 people, but 2 must approve',
    (d) => Object.assign(d.changes.approval!.high!, { by: ['zhao', 'zhao'] }),
  ],
  ['"a week" is not a duration', (d) => Object.assign(d.problems, { verify_for: 'a week' })],
  ['problems.same_device.faults', (d) => Object.assign(d.problems.same_device!, { faults: 1 })],
])('%s', (message, change) => {
  expect(problemsAfter(change)).toContain(`process.yaml: `);
  expect(problemsAfter(change)).toContain(message);
});

test('who approves is looked up in people.yaml, groups with their members', () => {
  const by = (names: string[]) => (data: Data) =>
    Object.assign(data.changes.approval!.high!, { approvers: 2, by: names });
  expect(problemsAfter(by(['supervisors']), peoplePolicy())).toBe('');
  expect(problemsAfter(by(['second-line', 'chief']), peoplePolicy())).toBe('');
  expect(problemsAfter(by(['second-line', 'second']), peoplePolicy())).toContain(
    'changes.approval.high.by: names 1 people, but 2 must approve',
  );
  expect(problemsAfter(by(['cheif', 'supervisor']), peoplePolicy())).toMatch(
    /"cheif" is no person or group \(did you mean "chief"\?\)[\s\S]*"supervisor" is no .*"supervisors"/,
  );
  // Nobody real is in the file yet.
  const example = peoplePolicy(`example: true\n${PEOPLE}`);
  expect(problemsAfter(by(['zhao', 'sun']), example)).toBe('');
});

test('it is published as JSON Schema', () => {
  expect(JSON.stringify(processJsonSchema())).toContain('working_days');
});
