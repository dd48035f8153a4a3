import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadThresholds, thresholdsJsonSchema } from '../../../src/collector/evaluate/evaluate.ts';
import type { ConfigProblem } from '../../../src/shared/config.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { INDICATORS } from '../../../src/shared/indicator.ts';
import { projectFile } from '../../support/parts.ts';
import { policyOf } from './story.ts';

const BAD = projectFile('test/collector/evaluate/bad-config');
const SHIPPED = projectFile('config/thresholds.yaml');

describe('a bad thresholds file is refused with file, path, reason and mend', () => {
  it.each(readdirSync(BAD))('%s', (name) => {
    const file = `${BAD}/${name}`;
    // The comment that opens each file says what must be said of it, one line per problem.
    const lines = readFileSync(file, 'utf8').split('\n');
    const expected = lines.slice(
      0,
      lines.findIndex((line) => !line.startsWith('# ')),
    );
    let thrown: unknown;
    try {
      loadThresholds(file);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Failure);
    const { code, detail } = thrown as Failure;
    const problems = detail.problems as readonly ConfigProblem[];
    expect(code).toBe('config');
    expect(problems.map((problem) => problem.file)).toEqual(expected.map(() => file));
    const said = problems.map(({ path, reason }) => `# ${path || '(file)'}: ${reason}`);
    expect(said.sort()).toEqual([...expected].sort());
  });

  it('that cannot be read', () => {
    expect(() => loadThresholds('/nowhere/thresholds.yaml')).toThrow(/cannot read \/nowhere/);
  });
});

describe('the shipped thresholds', () => {
  const policy = loadThresholds(SHIPPED);

  it('cover what the work order names', () => {
    const judged = new Set(policy.rules.map(({ measure }) => measure.indicator));
    for (const indicator of [
      'agent_silent',
      'cpu_used_ratio',
      'memory_used_bytes',
      'swap_used_bytes',
      'filesystem_used_bytes',
      'filesystem_inodes_used_ratio',
      'network_errors_ratio',
      'clock_offset_seconds',
      'uptime_seconds',
      'temperature_celsius',
      'certificate_days_left',
      'reachable',
    ] as const) {
      expect(judged).toContain(indicator);
    }
  });

  it('use every kind', () => {
    const kinds = policy.rules.map(({ signature }) => JSON.parse(signature).kind);
    expect(new Set(kinds)).toEqual(new Set(['threshold', 'absence', 'trend', 'change']));
  });

  it('call an agent silent after 60 to 90 seconds', () => {
    const silent = policy.rules.find(({ name }) => name === 'agent_silent');
    const seconds = Number(/\d+/.exec(silent?.settings.open ?? '')?.[0]);
    expect(seconds).toBeGreaterThanOrEqual(60);
    expect(seconds).toBeLessThanOrEqual(90);
  });

  it('have texts in both languages', () => {
    for (const { summary, measure } of policy.rules) {
      for (const text of [summary, measure.label]) {
        expect(text.en).toMatch(/^[A-Z][\x20-\x7e]+$/);
        expect(text.zh).toMatch(/[\u4e00-\u9fff]/);
      }
    }
  });

  it('leave room between open and clear wherever a value can wander', () => {
    const wandering = policy.rules.filter(({ signature }) => {
      const { kind, samples } = JSON.parse(signature);
      return kind === 'trend' || (kind === 'threshold' && samples === undefined);
    });
    for (const { name, settings } of wandering)
      expect([name, settings.clear]).not.toContain(undefined);
  });
});

describe('a policy', () => {
  it('lets a rule without limits of its own unit through for every unit', () => {
    const units = new Set(Object.values(INDICATORS).map(({ unit }) => unit));
    const figures: Record<string, string> = {
      ratio: '90%',
      bytes: '1GiB',
      bytes_per_second: '1MiB/s',
      seconds: '5s',
      celsius: '85',
      cores: '8',
      days: '3d',
      count: '1',
    };
    expect([...units].sort()).toEqual(Object.keys(figures).sort());
    for (const [indicator, { unit }] of Object.entries(INDICATORS)) {
      const rule = `{ kind: threshold, indicator: ${indicator}, summary: { en: A, zh: 甲 }, open: "> ${figures[unit]}" }`;
      expect(policyOf(`rules: { it: ${rule} }`).rules[0]?.measure.unit).toBe(unit);
    }
  });

  it('takes an alias for a rule that resembles another', () => {
    const policy = policyOf(`
rules:
  a: &a { kind: threshold, indicator: load1, summary: { en: A, zh: 甲 }, open: "> 1" }
  b: *a
`);
    expect(policy.rules.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('judges late data by its own budget, or by two minutes', () => {
    const rules = 'rules: {}';
    expect([policyOf(rules).lateMs, policyOf(`late: 30s\n${rules}`).lateMs]).toEqual([
      120_000, 30_000,
    ]);
  });

  it('is published as JSON Schema that closes every object', () => {
    const schema = JSON.stringify(thresholdsJsonSchema());
    expect(schema).toContain('"kind"');
    expect(schema).not.toContain('"additionalProperties":true');
    expect(schema).toContain('"additionalProperties":false');
  });
});
