import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCalendars } from '../../../src/collector/calendars/calendars.ts';
import type { Urgency } from '../../../src/collector/evaluate/evaluate.ts';
import {
  type Impact,
  type Level,
  levelsJsonSchema,
  loadLevels,
} from '../../../src/collector/faults/faults.ts';
import { closesAfterMs, levelOf, relapsesAfterMs } from '../../../src/collector/faults/levels.ts';
import type { ConfigProblem } from '../../../src/shared/config.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { projectFile } from '../../support/parts.ts';

const calendars = loadCalendars(projectFile('config/calendars.yaml'));
const BAD = projectFile('test/collector/faults/bad-config');

describe('a bad levels file is refused with file, path, reason and mend', () => {
  it.each(readdirSync(BAD))('%s', (name) => {
    const file = `${BAD}/${name}`;
    const lines = readFileSync(file, 'utf8').split('\n');
    const expected = lines.slice(
      0,
      lines.findIndex((line) => !line.startsWith('# ')),
    );
    let thrown: unknown;
    try {
      loadLevels(file, calendars);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Failure);
    const problems = (thrown as Failure).detail.problems as readonly ConfigProblem[];
    expect(problems.map(({ path, reason }) => `# ${path || '(file)'}: ${reason}`)).toEqual(
      expected,
    );
    expect(new Set(problems.map((problem) => problem.file))).toEqual(new Set([file]));
  });
});

const HOUR = { reopen_if_still_failing_after: 3_600_000 };

describe('the shipped levels', () => {
  const policy = loadLevels(projectFile('config/levels.yaml'));

  it.each<[Urgency, Impact, Level]>([
    ['high', 'high', 1],
    ['high', 'medium', 2],
    ['high', 'low', 3],
    ['medium', 'high', 2],
    ['medium', 'medium', 3],
    ['medium', 'low', 4],
    ['low', 'high', 3],
    ['low', 'medium', 4],
    ['low', 'low', 4],
  ])('are R12: urgency %s, impact %s is level %d', (urgency, impact, level) => {
    expect(levelOf(policy, urgency, impact)).toBe(level);
  });

  it('leave levels 1 and 2 to a person and close 3 and 4 after the reopening time', () => {
    expect([closesAfterMs(policy, 1), closesAfterMs(policy, 2)]).toEqual([null, null]);
    for (const level of [3, 4] as const) {
      expect(closesAfterMs(policy, level)).toBeGreaterThanOrEqual(policy.reopen_within);
    }
  });

  it('open a repaired fault again after 30 minutes, also where the file does not say so', () => {
    const { reopen_if_still_failing_after: named, ...rest } = policy.levels[3]!;
    const silent = { ...policy, levels: { 3: rest, 4: { ...rest, ...HOUR } } };
    expect(named).toBe(1_800_000);
    expect(([2, 3, 4] as const).map((level) => relapsesAfterMs(silent, level))).toEqual([
      ...[1_800_000, 1_800_000, 3_600_000],
    ]);
  });

  it('are published as JSON Schema', () => {
    expect(JSON.stringify(levelsJsonSchema())).toContain('close_after_recovery');
  });
});
