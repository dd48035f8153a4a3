import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadPolicies } from '../../src/collector/policies.ts';
import { configSchemas } from '../../src/collector/schemas.ts';
import { POLICY_FILES, type PolicyFile } from '../../src/collector/settings.ts';
import { Failure } from '../../src/shared/errors.ts';
import { projectFile } from '../support/parts.ts';

const directory = mkdtempSync(join(tmpdir(), 'policies-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const shipped = Object.fromEntries(
  POLICY_FILES.map((name) => [name, projectFile(`config/${name}.yaml`)]),
) as Record<PolicyFile, string>;

function bad(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

test('the shipped files are good', () => {
  expect(Object.keys(loadPolicies({ policies: shipped }))).toEqual([
    'thresholds',
    'levels',
    'capacity',
  ]);
});

test('the mistakes of every file are told at once, each with its file', () => {
  const policies = {
    thresholds: bad('t.yaml', 'rules: { x: { kind: nonsense } }\nspeed: 3\n'),
    levels: bad('l.yaml', 'matrix: [1\n'),
    capacity: join(directory, 'missing.yaml'),
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
  for (const name of ['t.yaml', 'l.yaml', 'missing.yaml']) expect(message).toContain(name);
  expect(message).toContain('speed');
});

test.each(POLICY_FILES)('one bad file (%s) is enough to refuse all', (name) => {
  const policies = { ...shipped, [name]: bad('one.yaml', 'nonsense: true\n') };
  expect(() => loadPolicies({ policies })).toThrow(/one\.yaml[\s\S]*nonsense/);
});

test('every configuration file has its schema for editors', () => {
  const schemas = configSchemas();
  expect(Object.keys(schemas)).toEqual(
    expect.arrayContaining(['collector', 'thresholds', 'levels', 'capacity', 'import-map']),
  );
  for (const [name, schema] of Object.entries(schemas)) {
    expect(schema, name).toMatchObject({ type: 'object', additionalProperties: false });
  }
});
