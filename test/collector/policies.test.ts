import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { inspectConfiguration, loadPolicies } from '../../src/collector/policies.ts';
import { configSchemas } from '../../src/collector/schemas.ts';
import { POLICY_FILES, type SettingsSource } from '../../src/collector/settings.ts';
import { Failure } from '../../src/shared/errors.ts';
import { shippedPolicies } from './stage.ts';

const directory = mkdtempSync(join(tmpdir(), 'policies-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const shipped = shippedPolicies();

function bad(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

test('the shipped files are good', () => {
  const read = loadPolicies({ policies: shipped });
  for (const [name, policy] of Object.entries(read)) expect(policy, name).toBeDefined();
});

test('the mistakes of every file are told at once, each with its file', () => {
  const policies = {
    ...shipped,
    thresholds: bad('t.yaml', 'rules: { x: { kind: nonsense } }\nspeed: 3\n'),
    levels: bad('l.yaml', 'matrix: [1\n'),
    calendars: bad('c.yaml', 'calendars: { x: { zone: Nowhere } }\n'),
    capacity: join(directory, 'missing.yaml'),
    people: bad('p.yaml', 'people: { wang: { channel: [] } }\n'),
    duty: bad('d.yaml', 'timezone: Nowhere\n'),
    channels: bad('ch.yaml', 'channels: { mail: { kind: pigeon } }\n'),
    quiet: bad('q.yaml', 'dependencies: 3\n'),
    process: bad('pr.yaml', 'recurrence: often\n'),
  };
  const failure = (() => {
    try {
      loadPolicies({ policies });
    } catch (error) {
      return error;
    }
    return null;
  })();
  expect(failure).toBeInstanceOf(Failure);
  const { code, message } = failure as Failure;
  expect(code).toBe('config');
  const names = ['t', 'c', 'l', 'missing', 'p', 'd', 'ch', 'q', 'pr'];
  for (const name of names) expect(message).toContain(`${name}.yaml: `);
  expect(message).toContain('speed');
});

/** `file: path` of every mistake. */
function found(source: Omit<SettingsSource, 'machineTimezone'>): string[] {
  const { problems } = inspectConfiguration({ machineTimezone: 'Asia/Shanghai', ...source });
  return problems.map(({ file, path }) => `${basename(file)}: ${path}`);
}

const SOUND = { en: 'x', zh: '某' };
const LEVELS = parse(readFileSync(shipped.levels, 'utf8'));
/** Files in which every kind of reference goes wrong beside every kind of mistake. */
const ALL_WRONG: Readonly<Record<string, object>> = {
  people: {
    people: {
      wang: { name: 'W', channels: [{ channel: 'pigeon' }, { chanel: 'log' }] },
      li: { name: 'L', channels: [] },
    },
    groups: { ops: { name: SOUND, line: 7, members: ['wang', 'nobody'] } },
  },
  duty: {
    timezone: 'Nowhere',
    roles: {
      duty: {
        name: SOUND,
        shifts: { day: { from: '07:30', to: '18:30', people: ['li', 'ghost'], by: ['pager'] } },
      },
      broken: {
        name: SOUND,
        shifts: { night: { from: '25:00', to: '07:30', people: ['stranger'] } },
      },
    },
    chains: [
      {
        levels: [1, 2, 3, 9],
        steps: [{ at: 'opened', tell: [{ group: 'ops' }, { group: 'gone' }] }],
      },
      {
        levels: [2],
        steps: [{ at: { repair: 0.5 }, tell: [{ role: 'broken' }, { role: 'void' }, 3] }],
      },
    ],
  },
  channels: { channels: { log: { kind: 'log' }, mail: { kind: 'pigeon' } }, speed: 3 },
  calendars: {
    calendars: { office: { name: SOUND, zone: 'UTC', hours: { monday: ['9'] }, x: 1 } },
  },
  levels: {
    ...LEVELS,
    default_policy: 'none',
    policies: {
      extra: {
        ...{ name: SOUND, calendar: 'office', promote_when_missed: [], pauses: [] },
        levels: {
          1: {
            respond: '1h',
            arrive: { within: 'soon', calendar: 'shop' },
            repair: { within: '1h', calendar: 'gym' },
          },
        },
      },
    },
  },
  process: { changes: { calendar: 'moon' } },
};

test('a mistake of the schema hides no reference, in its file or from another', () => {
  const home = mkdtempSync(join(directory, 'all-'));
  for (const [name, content] of Object.entries(ALL_WRONG)) {
    writeFileSync(join(home, `${name}.yaml`), stringify(content));
  }
  const policies = Object.fromEntries(Object.keys(ALL_WRONG).map((one) => [one, `${one}.yaml`]));
  const file = join(home, 'collector.yaml');
  writeFileSync(file, stringify({ listen: 'here', locale: 'fr', policies }));
  // What only follows from a mistake is not told: a name that is there with mistakes is known,
  // a shift or a chain with a mistake may be what fills the gap.
  expect([...new Set(found({ file }))].toSorted()).toEqual(
    [
      ...['collector.yaml: listen', 'collector.yaml: locale'],
      'calendars.yaml: calendars.office',
      'calendars.yaml: calendars.office.hours.monday[0]',
      'people.yaml: people.wang.channels[0]',
      'people.yaml: people.wang.channels[1].channel',
      'people.yaml: people.wang.channels[1]',
      'people.yaml: people.li.channels',
      'people.yaml: groups.ops.line',
      'people.yaml: groups.ops.members[1]',
      'duty.yaml: timezone',
      'duty.yaml: roles.duty.shifts',
      'duty.yaml: roles.duty.shifts.day.people[1]',
      'duty.yaml: roles.duty.shifts.day.by[0]',
      'duty.yaml: roles.broken.shifts.night.from',
      'duty.yaml: roles.broken.shifts.night.people[0]',
      'duty.yaml: chains[0].levels[3]',
      'duty.yaml: chains[0].steps[0].tell[1]',
      'duty.yaml: chains[1].levels',
      'duty.yaml: chains[1].steps',
      'duty.yaml: chains[1].steps[0].tell[1]',
      'duty.yaml: chains[1].steps[0].tell[2]',
      'channels.yaml: channels.mail.kind',
      'channels.yaml: ',
      'levels.yaml: default_policy',
      ...[2, 3, 4].map((level) => `levels.yaml: policies.extra.levels.${level}`),
      'levels.yaml: policies.extra.levels.1.arrive.within',
      'levels.yaml: policies.extra.levels.1.arrive.calendar',
      'levels.yaml: policies.extra.levels.1.repair.calendar',
      'process.yaml: problems',
      'process.yaml: changes.approval',
      'process.yaml: changes.announce',
      'process.yaml: changes.linked_for',
      'process.yaml: changes.calendar',
    ].toSorted(),
  );
});

const NO_QUIET = ['dependencies', 'flapping', 'storm', 'windows', ''].map(
  (path) => `quiet.yaml: ${path}`,
);

test('a collector.yaml that cannot be read hides no policy file: those beside it, else the shipped', () => {
  const home = mkdtempSync(join(directory, 'beside-'));
  const file = join(home, 'collector.yaml');
  writeFileSync(file, 'listen: [\n');
  expect(found({ file })).toEqual(['collector.yaml: line 2']);
  writeFileSync(join(home, 'quiet.yaml'), 'nonsense: 3\n');
  expect(found({ file })).toEqual(['collector.yaml: line 2', ...NO_QUIET]);
  expect(found({ file: join(home, 'missing.yaml') })).toEqual(['missing.yaml: ', ...NO_QUIET]);
});

test('a listener without a token is told with the rest; with a bad token only that', () => {
  const open = bad('open.yaml', 'listen: 0.0.0.0:8420\ntimezone: Mars\n');
  expect(found({ file: open })).toEqual(['open.yaml: timezone', 'open.yaml: ']);
  const token = bad('token.yaml', 'listen: 0.0.0.0:8420\nweb: { token_file: nowhere }\n');
  expect(found({ file: token })).toEqual(['token.yaml: web.token_file']);
  expect(found({ listen: '0.0.0.0:1' })).toEqual(['--listen: ']);
  expect(found({})).toEqual([]);
});

const FILES = POLICY_FILES.filter((name) => name !== 'notices');

test.each(FILES)('one bad file (%s) is enough to refuse all', (name) => {
  const policies = { ...shipped, [name]: bad('one.yaml', 'nonsense: true\n') };
  expect(() => loadPolicies({ policies })).toThrow(/one\.yaml[\s\S]*nonsense/);
});

test('every configuration file has its schema for editors', () => {
  const schemas = configSchemas();
  expect(Object.keys(schemas)).toEqual(
    expect.arrayContaining(['collector', 'import-map', ...FILES]),
  );
  for (const [name, schema] of Object.entries(schemas)) {
    expect(schema, name).toMatchObject({ type: 'object', additionalProperties: false });
  }
});
