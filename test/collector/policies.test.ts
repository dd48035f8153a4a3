import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadPolicies } from '../../src/collector/policies.ts';
import { configSchemas } from '../../src/collector/schemas.ts';
import { POLICY_FILES } from '../../src/collector/settings.ts';
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
