/** Whether a device is down, by how many agents say so; and what is below it then. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { unreachable } from '../../../src/collector/evaluate/evaluate.ts';
import { projectFile } from '../../support/parts.ts';
import { Story } from './story.ts';

const SHIPPED = readFileSync(projectFile('config/thresholds.yaml'), 'utf8');

const down = (story: Story) => unreachable(story.evaluator.verdicts('web-1'));

describe('with the shipped quorum', () => {
  test.each([
    ['the only agent', 0, true],
    ['two of three', 1 / 3, true],
    ['one of three', 2 / 3, false],
    ['one of two', 1 / 2, false],
    ['none', 1, false],
  ])('%s gets no answer: down is %s', (_, share, expected) => {
    const story = new Story(SHIPPED);
    story.run('2m', { send: { reachable: 1 }, every: '30s' });
    story.run('5m', { send: { reachable: share }, every: '30s' });
    expect(down(story) !== null).toBe(expected);
  });

  test('one lost round in five is no outage, three are', () => {
    const story = new Story(SHIPPED);
    story.run('3m', { send: { reachable: 1 }, every: '30s' });
    story.run('30s', { send: { reachable: 0 }, every: '30s' });
    story.run('1m', { send: { reachable: 1 }, every: '30s' });
    expect(down(story)).toBeNull();
    story.run('2m', { send: { reachable: 0 }, every: '30s' });
    expect(down(story)).toMatchObject({ rule: 'unreachable', severity: 'critical' });
  });

  test('the disagreement is shown, with its figure', () => {
    const story = new Story(SHIPPED);
    story.run('5m', { send: { reachable: 2 / 3 }, every: '30s' });
    const [verdict] = story.evaluator.verdicts('web-1');
    expect(verdict).toMatchObject({
      rule: 'partly_reachable',
      severity: 'warning',
      urgency: 'low',
    });
    expect(verdict?.reason.en).toContain('0.67');
  });

  test('it is the parent of what else is wrong, and not of itself alone', () => {
    const story = new Story(SHIPPED);
    story.run('20m', { send: { reachable: 0, loss_ratio: 1 }, every: '30s' });
    const rules = story.evaluator.verdicts('web-1').map(({ rule }) => rule);
    expect(rules).toEqual(expect.arrayContaining(['unreachable', 'packet_loss']));
    expect(down(story)?.rule).toBe('unreachable');
  });
});

test('the quorum is a threshold: any one agent, or all of them, for single devices too', () => {
  const policy = (open: string, override = ''): string => `
rules:
  gone:
    kind: threshold
    indicator: reachable
    summary: { en: Gone, zh: 失联 }
    open: "${open}"
overrides: [${override}]
`;
  const opened = (yaml: string, share: number): boolean => {
    const story = new Story(yaml);
    story.run('1m', { send: { reachable: share } });
    return story.evaluator.verdicts('web-1').some(({ state }) => state === 'breached');
  };
  expect(opened(policy('< 1'), 2 / 3)).toBe(true);
  expect(opened(policy('<= 0'), 1 / 3)).toBe(false);
  expect(opened(policy('<= 0'), 0)).toBe(true);
  const strict = '{ device: web-1, rules: { gone: { open: "< 1" } } }';
  expect(opened(policy('<= 0', strict), 2 / 3)).toBe(true);
});

test('an unknown is not down', () => {
  const story = new Story(SHIPPED);
  story.run('2m', { send: { reachable: 1 }, every: '30s' });
  story.run('20m', { send: {}, heard: true });
  expect(down(story)).toBeNull();
});
