import { expect, test } from 'vitest';
import { gapsOf } from '../../../src/collector/people/gaps.ts';
import { loadPeople, peopleJsonSchemas, type Shift } from '../../../src/collector/people/people.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { projectFile } from '../../support/parts.ts';
import { DUTY, PEOPLE, policy, policyFiles } from './policies.ts';

/** Everything that is wrong, without the directory. */
function mistakes(people: string, duty: string): string[] {
  try {
    policy(people, duty);
  } catch (error) {
    const lines = (error as Failure).message.split('\n');
    return lines.map((line) => line.replace(/^.*\/(\w+\.yaml)/, '$1'));
  }
  return [];
}

test('the shipped files are good, and every level reaches somebody at any time', () => {
  const shipped = loadPeople({
    people: projectFile('config/people.yaml'),
    duty: projectFile('config/duty.yaml'),
  });
  expect([...shipped.chains.keys()].toSorted()).toEqual([1, 2, 3, 4]);
  expect(shipped.roles.get('duty')?.shifts.map(({ fromMinute }) => fromMinute)).toEqual([
    450, 1110,
  ]);
});

const change = (text: string, from: string | RegExp, to: string): string => {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`nothing to change: ${from}`);
  return changed;
};

test.each([
  [
    'a roster with a gap',
    PEOPLE,
    change(DUTY, 'from: "18:30"', 'from: "19:00"'),
    /duty\.yaml: roles\.duty\.shifts: gap in the roster: nobody from Monday 18:30 to Monday 19:00/,
  ],
  [
    'a night shift that leaves the week-end out',
    PEOPLE,
    change(DUTY, 'people: [night]', 'people: [night], days: [mon, tue, wed, thu, fri]'),
    /nobody from Saturday 18:30 to Sunday 07:30/,
  ],
  [
    'a shift of somebody who is not there',
    PEOPLE,
    change(DUTY, '[wang, li]', '[wang, zhao]'),
    /roles\.duty\.shifts\.day\.people\[1\]: there is no person "zhao"/,
  ],
  [
    'a chain that tells a group that is not there',
    PEOPLE,
    change(DUTY, 'group: second-line', 'group: third-line'),
    /chains\[0\]\.steps\[1\]\.tell\[0\]: there is no group "third-line": it would escalate to nobody/,
  ],
  [
    'a level without a chain',
    PEOPLE,
    change(DUTY, 'levels: [3]', 'levels: [4]'),
    /chains\[2\]\.levels: level 4 has a chain already[\s\S]*level 3 escalates to nobody/,
  ],
  [
    'a chain that tells nobody when a fault opens',
    PEOPLE,
    change(
      DUTY,
      /levels: \[3\]\n {4}steps: \[\{ at: opened/,
      'levels: [3]\n    steps: [{ at: { repair: 1 }',
    ),
    /chains\[1\]\.steps: nobody is told when a fault opens/,
  ],
  [
    'a step that tells nobody',
    PEOPLE,
    change(DUTY, '[{ person: leader }]', '[]'),
    /tell: .*nobody/,
  ],
  [
    'a post that is only held by day',
    PEOPLE,
    change(DUTY, 'zh: 值班 }\n', 'zh: 值班 }\n    cover: shifts\n'),
    /chains\[0\]\.steps\[0\]\.tell: may reach nobody: duty is not held at all times/,
  ],
  [
    'a person without a channel',
    change(PEOPLE, '[{ channel: mail, to: li@example.com }]', '[]'),
    DUTY,
    /people\.yaml: people\.li\.channels: a person without a channel/,
  ],
  [
    'a group of nobody',
    change(PEOPLE, 'members: [second]', 'members: []'),
    DUTY,
    /groups\.second-line\.members: a group of nobody/,
  ],
  [
    'a share that no clock announces',
    PEOPLE,
    change(DUTY, 'respond: 0.5', 'respond: 0.6'),
    /chains\[0\]\.steps\[1\]\.at/,
  ],
  [
    'a time zone that is none',
    PEOPLE,
    change(DUTY, 'Asia/Shanghai', 'Asia/Nowhere'),
    /timezone: .*IANA/,
  ],
  [
    'approvers that are not there',
    PEOPLE,
    change(DUTY, 'approved_by: supervisors', 'approved_by: nobody'),
    /swaps\.approved_by: there is no group "nobody"/,
  ],
  ['an unknown key', PEOPLE, change(DUTY, 'digest: true', 'digset: true'), /unknown key "digset"/],
])('%s is refused with file, path and reason', (_what, people, duty, reason) => {
  expect(mistakes(people, duty).join('\n')).toMatch(reason);
});

test('the mistakes of both files are told in one run', () => {
  const people = change(PEOPLE, 'members: [second]', 'members: [nobody]');
  const duty = change(DUTY, 'to: "18:30"', 'to: "18:00"');
  const told = mistakes(people, duty);
  expect(told).toHaveLength(8);
  expect(told[0]).toContain('people.yaml: groups.second-line.members[0]');
  expect(told.filter((line) => line.includes('18:00 to'))).toHaveLength(7);
});

test('a file that is missing or no YAML does not hide what is wrong with the other', () => {
  const files = policyFiles('people: [', change(DUTY, 'to: "18:30"', 'to: "18:00"'));
  expect(() => loadPeople(files)).toThrow(/people\.yaml[\s\S]*gap in the roster/);
  expect(() => loadPeople({ ...files, people: '/nowhere/people.yaml' })).toThrow(/cannot read/);
});

test('gaps are found over the end of the week, and none where shifts overlap', () => {
  const shift = (fromMinute: number, toMinute: number, days: number[]): Shift => ({
    ...{ name: 'x', people: ['a'], turnDays: 1, starts: '2026-01-05', by: [] },
    ...{ fromMinute, toMinute, days },
  });
  const all = [1, 2, 3, 4, 5, 6, 7];
  expect(gapsOf({ shifts: [] })).toEqual(['nobody at any time']);
  expect(gapsOf({ shifts: [shift(0, 1440, all)] })).toEqual([]);
  expect(gapsOf({ shifts: [shift(0, 900, all), shift(600, 1440, all)] })).toEqual([]);
  expect(gapsOf({ shifts: [shift(0, 1440, [2, 3, 4, 5, 6])] })).toEqual([
    'nobody from Sunday 00:00 to Tuesday 00:00',
  ]);
});

test('the files have schemas for editors', () => {
  const { people, duty } = peopleJsonSchemas();
  for (const schema of [people, duty])
    expect(schema).toMatchObject({ additionalProperties: false });
});

test('only failures of configuration are failures here', () => {
  expect(() => policy('people: {}\n', DUTY)).toThrow(Failure);
});
