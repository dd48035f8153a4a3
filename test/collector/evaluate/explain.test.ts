import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/shared/errors.ts';
import { Story } from './story.ts';

const YAML = `
rules:
  disk_full:
    kind: threshold
    indicator: filesystem_used_bytes
    ratio_of: filesystem_size_bytes
    summary: { en: Disk is full, zh: 磁盘已满 }
    measure: { en: Disk use, zh: 磁盘使用率 }
    open: "> 90%"
    clear: "< 85%"
  disk_fills:
    kind: trend
    indicator: filesystem_used_bytes
    ratio_of: filesystem_size_bytes
    summary: { en: Disk fills, zh: 磁盘将满 }
    open: "< 3d"
  agent_silent:
    kind: absence
    summary: { en: Agent silent, zh: 代理失联 }
    open: "> 75s"
overrides:
  - labels: { role: db }
    rules:
      disk_full: { open: "> 97%" }
      agent_silent: { enabled: false }
`;

function explained(labels: Record<string, string> = {}) {
  const story = new Story(YAML, { labels });
  story.run('30s', {
    send: {
      'filesystem_used_bytes /': 50,
      'filesystem_size_bytes /': 100,
      'filesystem_used_bytes /data': 95,
      'filesystem_size_bytes /data': 100,
    },
  });
  return (name: string) => story.evaluator.explain(story.facts, name);
}

describe('explain', () => {
  it('shows every layer, the winner, what is in force and the verdict, per rule and item', () => {
    const [root, data, ...trend] = explained({ role: 'db' })('filesystem_used_bytes');
    expect(root).toMatchObject({
      rule: 'disk_full',
      item: '/',
      layers: [
        { layer: 'default', applies: true, sets: { open: '> 90%', clear: '< 85%' } },
        { layer: 'labels:1', applies: true, sets: { open: '> 97%' } },
      ],
      effective: { enabled: true, open: '> 97%' },
      winner: 'labels:1',
      verdict: { state: 'ok', layer: 'labels:1', limit: 0.97 },
    });
    expect(root?.effective).not.toHaveProperty('clear');
    expect(data?.verdict?.reason.zh).toBe('磁盘使用率 95%,阈值 > 97%');
    expect(trend.map(({ rule, item }) => [rule, item])).toEqual([
      ['disk_fills', '/'],
      ['disk_fills', '/data'],
    ]);
  });

  it('shows layers that do not apply, too', () => {
    const [root] = explained()('filesystem_used_bytes');
    expect(root?.layers.map(({ applies }) => applies)).toEqual([true, false]);
    expect(root?.winner).toBe('default');
  });

  it('takes the name of a rule', () => {
    expect(explained()('disk_full').map(({ item }) => item)).toEqual(['/', '/data']);
    expect(explained()('agent_silent')).toMatchObject([{ verdict: { state: 'ok' } }]);
  });

  it('has no verdict where a rule is off or nothing was measured', () => {
    expect(explained({ role: 'db' })('agent_silent')).toMatchObject([
      { item: '', effective: { enabled: false }, verdict: null },
    ]);
    const story = new Story(YAML);
    expect(story.evaluator.explain(story.facts, 'disk_full')).toMatchObject([{ verdict: null }]);
  });

  it('is empty for an indicator that no rule judges, and refuses names nobody knows', () => {
    expect(explained()('cpu_used_ratio')).toEqual([]);
    let thrown: unknown;
    try {
      explained()('disk_ful');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Failure);
    expect(thrown).toMatchObject({
      code: 'not_found',
      hint: 'write the name of one that thresholds are set for (did you mean "disk_full"?)',
    });
  });
});
