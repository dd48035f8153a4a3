import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { reportPolicySchema } from '../../../src/collector/reports/policy.ts';
import { loadReportPolicy } from '../../../src/collector/reports/reports.ts';
import { jsonSchema } from '../../../src/shared/config.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { POLICY_FILE, policy } from './support/cases.ts';

const directory = mkdtempSync(join(tmpdir(), 'capacity-policy-'));
afterAll(() => rmSync(directory, { recursive: true }));

const TEXT = readFileSync(POLICY_FILE, 'utf8');

/** The shipped file with one place changed. */
function changed(from: string | RegExp, to: string): string {
  const text = TEXT.replace(from, to);
  expect(text, `${from} is in the shipped file`).not.toBe(TEXT);
  const file = join(directory, 'capacity.yaml');
  writeFileSync(file, text);
  return file;
}

function refusal(file: string): Failure {
  try {
    loadReportPolicy(file);
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error('it was not refused');
}

test('the shipped policy is valid and holds the measured constants', () => {
  const shipped = policy();
  expect(shipped.cpu).toMatchObject({
    target_p95: 0.6,
    target_p99_5: 0.8,
    min_kept: 0.5,
    max_kept: 0.75,
  });
  expect(shipped.memory).toMatchObject({ target_max: 0.85, add_target_max: 0.8 });
  expect(shipped.quality.medium).toEqual({ days: 14, coverage: 0.8 });
  expect(shipped.exclusions).toEqual([]);
});

test.each([
  [
    'an unknown key',
    /target_p95: 0.60\n {2}target_p99_5/,
    'target_p94: 0.60\n  target_p99_5',
    'cpu',
    'target_p94',
  ],
  ['a percentage for a ratio', 'add_p95: 0.80 ', 'add_p95: 80 ', 'cpu.add_p95', '1'],
  ['a negative share', 'busy_share: 0.75 ', 'busy_share: -0.75 ', 'cpu.busy_share', '0'],
  ['text for a number', 'months: 2 ', 'months: two ', 'history.months', 'number'],
  ['no months at all', 'months: 2 ', 'months: 0 ', 'history.months', '1'],
  ['sizes that do not ascend', 'cores: [1, 2, 4', 'cores: [1, 4, 2', 'catalogue.cores', 'ascend'],
  ['grades in the wrong order', 'high: { days: 21', 'high: { days: 10', 'quality', 'fewer days'],
  ['too few paths', 'paths: 600', 'paths: 3', 'storage.bootstrap.paths', '50'],
  [
    'an exclusion without a date',
    'exclusions: []',
    'exclusions: [{ devices: [a], kind: licence, reason: r, decided_by: z }]',
    'exclusions[0].until',
    'missing',
  ],
  [
    'an exclusion of an unknown kind',
    'exclusions: []',
    'exclusions: [{ devices: [a], kind: because, reason: r, decided_by: z, until: 2026-12-31 }]',
    'exclusions[0].kind',
    'dr_standby',
  ],
  [
    'an exclusion with a date that does not exist',
    'exclusions: []',
    'exclusions: [{ devices: [a], kind: licence, reason: r, decided_by: z, until: 2026-02-30 }]',
    'exclusions[0].until',
    'date',
  ],
])('%s is refused with file, path and reason', (_, from, to, path, reason) => {
  const failure = refusal(changed(from, to));
  expect(failure.code).toBe('config');
  expect(failure.message).toContain('capacity.yaml');
  expect(failure.message).toContain(`: ${path}: `);
  expect(failure.message).toContain(reason);
});

test('every mistake is told at once', () => {
  const file = changed('add_p95: 0.80 ', 'add_p95: 80 ');
  writeFileSync(file, readFileSync(file, 'utf8').replace('watch_max: 0.90', 'watch_max: 90'));
  expect(refusal(file).message.split('\n')).toHaveLength(2);
});

test('a missing constant is refused: none has a default in code', () => {
  expect(refusal(changed(/ {2}floor_cores: 1\n/, '')).message).toContain('cpu.floor_cores');
});

test('exclusions may name one resource and a minimum', () => {
  const file = changed(
    'exclusions: []',
    [
      'exclusions:',
      '  - { devices: ["db-*"], resources: [memory], kind: vendor_minimum, reason: manual,',
      '      until: 2027-06-30, decided_by: Zhang Wei, minimum: { memory_gib: 32 } }',
    ].join('\n'),
  );
  expect(loadReportPolicy(file).exclusions[0]).toMatchObject({
    resources: ['memory'],
    minimum: { memory_gib: 32 },
  });
});

test('the schema can be published', () => {
  expect(JSON.stringify(jsonSchema(reportPolicySchema))).toContain('additionalProperties');
});
