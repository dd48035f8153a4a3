/** `quiet.yaml`: the shipped file is good; every mistake is named with its place, in one run. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  checkQuietPolicy,
  configured,
  policyWarnings,
} from '../../../src/collector/quiet/policy.ts';
import { loadQuietPolicy, quietJsonSchema } from '../../../src/collector/quiet/quiet.ts';
import { parseYaml } from '../../../src/shared/config.ts';
import { DAY_MS } from '../../../src/shared/units.ts';
import { projectFile } from '../../support/parts.ts';
import { PEOPLE, policy as peoplePolicy } from '../people/policies.ts';
import { policyOf } from './rig.ts';

const SHIPPED = projectFile('config/quiet.yaml');
const text = readFileSync(SHIPPED, 'utf8');

function problemsAfter(change: (data: Record<string, Record<string, unknown>>) => void): string {
  const data = parseYaml(text, 'quiet.yaml') as Record<string, Record<string, unknown>>;
  change(data);
  try {
    checkQuietPolicy(data, 'quiet.yaml');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('the shipped file is read', () => {
  expect(loadQuietPolicy(SHIPPED)).toMatchObject({
    dependencies: { causes: ['reachable', 'agent_silent'], await_parent: 120_000, parents: [] },
    storm: { openings: 30, within: 60_000 },
    windows: { keep: 400 * DAY_MS },
  });
  expect(policyOf().windows.keep).toBe(400 * DAY_MS);
});

test('what a file of before does not name is as it was shipped', () => {
  const old = parseYaml(text, 'quiet.yaml') as Record<string, unknown>;
  for (const section of ['late', 'events', 'discovery']) delete old[section];
  expect(checkQuietPolicy(old, 'quiet.yaml')).toEqual(loadQuietPolicy(SHIPPED));
  expect(loadQuietPolicy(SHIPPED)).toMatchObject({
    late: { silent: 180_000, settled: 120_000, wait: 7 * DAY_MS },
    events: { keep: 400 * DAY_MS, at_most: 1_000_000 },
    discovery: { seen_within: DAY_MS / 4, forget_after: 30 * DAY_MS },
  });
});

test('who approves windows is looked up in people.yaml', () => {
  const problems = (names: string[], people = PEOPLE): string => {
    const data = parseYaml(text, 'quiet.yaml') as Record<string, object>;
    Object.assign(data.windows!, { approved_by: names });
    try {
      checkQuietPolicy(data, 'quiet.yaml', peoplePolicy(people));
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(problems(['supervisors', 'wang'])).toBe('');
  expect(problems(['supervisor'])).toContain(
    'windows.approved_by: "supervisor" is no person or group (did you mean "supervisors"?)',
  );
  expect(problems(['zhao'], `example: true\n${PEOPLE}`)).toBe('');
});

test('the examples in its comments are good', () => {
  const lines = text.match(/^ {2}# {3}- parents[\s\S]*?(?=^ {2}# children)/m)?.[0] ?? '';
  const parents = parseYaml(lines.replaceAll(/^ {2}# {3}/gm, ''), 'example');
  expect(problemsAfter((data) => Object.assign(data.dependencies!, { parents }))).toBe('');
  expect(parents).toHaveLength(2);
});

test.each<[string, (data: Record<string, Record<string, unknown>>) => void]>([
  ['quiet.yaml: dependencies: unknown key "parent"', (d) => (d.dependencies!.parent = [])],
  ['quiet.yaml: flapping.changes', (d) => (d.flapping!.changes = 1)],
  ['storm.longest: is shorter than calm', (d) => (d.storm!.longest = '1s')],
  ['dependencies.await_parent: is longer than 10m', (d) => (d.dependencies!.await_parent = '1h')],
  ['flapping.steady: must be longer than nothing', (d) => (d.flapping!.steady = '0s')],
  ['windows.keep: is shorter than 62d', (d) => (d.windows!.keep = '30d')],
  ['late.silent: must be longer than nothing', (d) => (d.late!.silent = '0s')],
  ['late.wait: is no longer than settled', (d) => (d.late!.wait = '2m')],
  ['events.keep: is shorter than 183d', (d) => (d.events!.keep = '30d')],
  ['events.at_most', (d) => (d.events!.at_most = 10)],
  ['discovery: unknown key "seen"', (d) => (d.discovery!.seen = '1h')],
  ['"soon" is not a duration', (d) => (d.windows!.longest = 'soon')],
])('%s', (message, change) => {
  expect(problemsAfter(change)).toContain(message);
});

test('a circle of names is refused and named', () => {
  const parents = [
    { parents: ['core'], children: { devices: ['edge'] } },
    { parents: ['edge'], children: { devices: ['access-*', 'access-1'] } },
    { parents: ['access-1'], children: { devices: ['core'] } },
  ];
  const message = problemsAfter((data) => Object.assign(data.dependencies!, { parents }));
  expect(message).toContain(
    'quiet.yaml: dependencies.parents: goes in a circle: core → access-1 → edge → core',
  );
});

test('every mistake is told at once', () => {
  const message = problemsAfter((data) => {
    data.storm!.longest = '1s';
    data.flapping!.within = '0s';
  });
  expect(message.split('\n')).toHaveLength(2);
});

test('children are found by name, group and label; a parent is not its own child', () => {
  const policy = policyOf([{ parents: ['r-1'], children: { labels: { site: 'n' } } }]);
  const devices = [
    { name: 'r-1', labels: { site: 'n' } },
    { name: 'a', labels: { site: 'n' } },
    { name: 'b', labels: { site: 's' } },
  ];
  expect(configured(policy, devices)).toEqual([{ child: 'a', parents: ['r-1'], needs: 'all' }]);
});

test('names that no device has are warnings: the file may be older than the devices', () => {
  const policy = policyOf([{ parents: ['r-1'], children: { devices: ['a', 'b-*'] } }]);
  expect(policyWarnings(policy, [{ name: 'a', labels: {} }])).toEqual([
    'dependencies.parents[0]: no device is named "r-1"',
  ]);
});

test('it is published as JSON Schema', () => {
  expect(JSON.stringify(quietJsonSchema())).toContain('await_parent');
});
