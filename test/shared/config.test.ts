import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  bytes,
  type ConfigProblem,
  checkConfig,
  configFailure,
  duration,
  formatPath,
  jsonSchema,
  loadConfig,
  parseYaml,
  readYaml,
  schemaProblems,
} from '../../src/shared/config.ts';
import { Failure } from '../../src/shared/errors.ts';

const schema = z.strictObject({
  listen: z.string(),
  timeout: duration.optional(),
  limits: z
    .strictObject({ body: bytes.optional(), senders: z.number().int().optional() })
    .optional(),
  level: z.enum(['debug', 'info']).optional(),
  targets: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('ping'), host: z.string() }),
        z.strictObject({
          kind: z.literal('web'),
          url: z.string(),
          secure: z.boolean().default(true),
        }),
      ]),
    )
    .optional(),
  labels: z.record(z.string(), z.string()).optional(),
  keep: z.union([z.literal('always'), duration, z.strictObject({ days: z.number() })]).optional(),
});

/** `path: reason` of every problem. */
function problems(data: unknown): string[] {
  return schemaProblems(schema, data, 'x.yaml').map(({ path, reason }) => `${path}: ${reason}`);
}

function failure(task: () => unknown): Failure {
  try {
    task();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('of the branches of a union, what is told', () => {
  const when = z.strictObject({
    when: z.union([
      z.strictObject({ from: z.string(), to: z.string() }),
      z.strictObject({ cron: z.string(), duration: z.string(), until: z.string().optional() }),
    ]),
  });
  const told = (data: unknown): string[] =>
    schemaProblems(when, { when: data }, 'x.yaml').map(({ path, reason }) => `${path}: ${reason}`);

  it('is of the one with the fewest mistakes', () => {
    expect(told({ cron: '0 2 * * *' })).toEqual(['when.duration: is missing']);
    expect(told({ to: 'x' })).toEqual(['when.from: is missing']);
  });

  it('is that a key of another one does not go with the rest', () => {
    const reason = 'does not go with the other keys';
    expect(told({ from: 'x', to: 'y', cron: 'z' })).toEqual([`when: "cron" ${reason}`]);
    expect(told({ from: 'x', to: 'y', untill: 'z' })).toEqual([
      'when: unknown key "untill" (did you mean "until"?)',
    ]);
  });
});

describe('what a configuration may not be', () => {
  it.each<[string, unknown, string[]]>([
    ['a missing key', {}, ['listen: is missing']],
    ['nothing at all', null, [': must be a group of keys, not null']],
    ['a list', [1], [': must be a group of keys, not [1]']],
    ['another type', { listen: 8420 }, ['listen: must be text, not 8420']],
    [
      'a number in quotes',
      { listen: '', limits: { senders: '5' } },
      ['limits.senders: must be a number, not "5"'],
    ],
    [
      'a bad duration',
      { listen: '', timeout: '5' },
      [
        'timeout: "5" is not a duration: write a number and a unit of ms, s, m, h, d or w, for example 15s or 1h30m',
      ],
    ],
    [
      'a bad size',
      { listen: '', limits: { body: '1 mega' } },
      [
        'limits.body: "1 mega" is not a size: write a number and a unit of B, KiB, MiB, GiB, TiB (or KB, MB, GB, TB), for example 1GiB',
      ],
    ],
    [
      'a word from outside the list',
      { listen: '', level: 'inof' },
      ['level: "inof" is not one of debug, info (did you mean "info"?)'],
    ],
    [
      'an unknown key',
      { listen: '', timout: '5s' },
      [': unknown key "timout" (did you mean "timeout"?)'],
    ],
    [
      'an unknown key further down',
      { listen: '', limits: { boby: '1MiB' } },
      ['limits: unknown key "boby" (did you mean "body"?)'],
    ],
    ['a key nobody can have meant', { listen: '', zebra: 1 }, [': unknown key "zebra"']],
    [
      'a key of another kind',
      { listen: '', targets: [{ kind: 'ping', host: 'a', securre: true }] },
      ['targets[0]: unknown key "securre"'],
    ],
    [
      'a slip in a key of this kind',
      { listen: '', targets: [{ kind: 'web', url: 'a', securre: true }] },
      ['targets[0]: unknown key "securre" (did you mean "secure"?)'],
    ],
    [
      'an unknown kind',
      { listen: '', targets: [{ kind: 'pign' }] },
      ['targets[0].kind: "pign" is not one of ping, web (did you mean "ping"?)'],
    ],
    ['no kind', { listen: '', targets: [{}] }, ['targets[0].kind: is missing']],
    [
      'a label that is no text',
      { listen: '', labels: { tier: 1 } },
      ['labels.tier: must be text, not 1'],
    ],
    [
      'a bad branch of several',
      { listen: '', keep: '7' },
      [
        'keep: "7" is not a duration: write a number and a unit of ms, s, m, h, d or w, for example 15s or 1h30m',
      ],
    ],
    [
      'a slip inside a branch',
      { listen: '', keep: { dayz: 7, days: 1 } },
      ['keep: unknown key "dayz" (did you mean "days"?)'],
    ],
    [
      'a duration without its unit',
      { listen: '', timeout: 5 },
      ['timeout: must be text, not 5: write its unit, for example 15s or 1h30m'],
    ],
    ['no branch at all', { listen: '', keep: true }, ['keep: Invalid input']],
  ])('%s', (_, data, expected) => {
    expect(problems(data)).toEqual(expected);
  });

  it('is told whole, in one run, with the file', () => {
    const data = {
      level: 'x',
      limits: { senders: 1.5 },
      targets: [{ kind: 'ping' }, { kind: 'web', url: 1 }],
    };
    const refused = failure(() => checkConfig(schema, data, 'conf/x.yaml'));
    expect(refused.code).toBe('config');
    expect(refused.message.split('\n')).toEqual([
      'conf/x.yaml: listen: is missing',
      'conf/x.yaml: limits.senders: must be a whole number, not 1.5',
      'conf/x.yaml: level: "x" is not one of debug, info',
      'conf/x.yaml: targets[0].host: is missing',
      'conf/x.yaml: targets[1].url: must be text, not 1',
    ]);
    expect(refused.detail.problems as readonly ConfigProblem[]).toHaveLength(5);
  });

  it('does not fill the terminal with what was found', () => {
    const [problem] = problems({ listen: { long: 'x'.repeat(10_000) } });
    expect(problem?.length).toBeLessThan(80);
  });
});

describe('what it may be', () => {
  it('comes back in the program’s units, with defaults', () => {
    const data = {
      listen: 'a',
      timeout: '1m30s',
      limits: { body: '2KiB' },
      targets: [{ kind: 'web', url: 'b' }],
      keep: '1d',
    };
    expect(checkConfig(schema, data, 'x')).toEqual({
      listen: 'a',
      timeout: 90_000,
      limits: { body: 2_048 },
      targets: [{ kind: 'web', url: 'b', secure: true }],
      keep: 86_400_000,
    });
  });

  it('is published as people write it', () => {
    const { properties } = jsonSchema(schema) as { properties: Record<string, unknown> };
    expect(properties.timeout).toMatchObject({ type: 'string' });
    expect(JSON.stringify(properties)).toContain('"additionalProperties":false');
  });
});

describe('YAML', () => {
  it.each([
    ['a key twice', 'a: 1\na: 2\n', 'line 2', 'Map keys must be unique'],
    [
      'an open bracket',
      'a: [1\nb: 2\n',
      'line 2',
      'Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a tab', 'a:\n\tb: 1\n', 'line 2', 'Tabs are not allowed as indentation'],
  ])('with %s is refused with its line', (_, text, path, reason) => {
    const { detail } = failure(() => parseYaml(text, 'x.yaml'));
    expect((detail.problems as ConfigProblem[])[0]).toEqual({ file: 'x.yaml', path, reason });
  });

  it('that is empty is an empty group of keys', () => {
    expect(parseYaml('', 'x')).toEqual({});
    expect(parseYaml('# nothing yet\n', 'x')).toEqual({});
  });

  it('cannot grow out of a few lines', () => {
    const bomb = Array.from(
      { length: 12 },
      (_, i) =>
        `a${i}: &a${i} [${Array(9)
          .fill(i === 0 ? 'x' : `*a${i - 1}`)
          .join(', ')}]`,
    );
    expect(failure(() => parseYaml(bomb.join('\n'), 'x')).message).toMatch(
      /^x: \(file\): .*alias/i,
    );
    expect(failure(() => parseYaml('a: *b', 'x')).message).toMatch(/^x: .*b/);
  });
});

describe('files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'config-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('are read and checked', () => {
    const file = join(directory, 'good.yaml');
    writeFileSync(file, 'listen: here\ntimeout: 5s\n');
    expect(readYaml(file)).toEqual({ listen: 'here', timeout: '5s' });
    expect(loadConfig(schema, file)).toEqual({ listen: 'here', timeout: 5_000 });
  });

  it('that cannot be read are named with the mend', () => {
    const refused = failure(() => loadConfig(schema, join(directory, 'none.yaml')));
    expect(refused.message).toMatch(/^cannot read .*none\.yaml: ENOENT/);
    expect(refused.hint).toBe('name a YAML file that is there and that this user can read');
  });
});

describe('places', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 0, 'b'], 'a[0].b'],
    [[0, 'a'], '[0].a'],
  ])('%j is written %s', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });

  it('are shown as the whole file when there is none', () => {
    expect(configFailure([{ file: 'x', path: '', reason: 'no' }]).message).toBe('x: (file): no');
  });
});
