import { describe, expect, it } from 'vitest';
import { Story } from './story.ts';

const RULE = (lines: string): string => `
rules:
  it:
    kind: threshold
    summary: { en: It, zh: 它 }
${lines}`;

const SHARE = RULE(`
    indicator: memory_used_bytes
    ratio_of: memory_size_bytes
    measure: { en: Memory use, zh: 内存使用率 }
    open: "> 90%"
`);

describe('a share of another indicator', () => {
  it('is judged as a ratio, whatever order the two come in', () => {
    const first = new Story(SHARE);
    expect(first.run('5s', { send: { memory_used_bytes: 95, memory_size_bytes: 100 } })).toEqual([
      '+00:05 it breached warning above_open',
    ]);
    const second = new Story(SHARE);
    expect(second.run('5s', { send: { memory_size_bytes: 100, memory_used_bytes: 95 } })).toEqual([
      '+00:05 it breached warning above_open',
    ]);
    expect(second.verdicts[0]).toMatchObject({ value: 0.95, limit: 0.9 });
  });

  it('is judged with the size of the same step when both change', () => {
    const story = new Story(SHARE);
    story.run('5s', { send: { memory_used_bytes: 80, memory_size_bytes: 100 } });
    expect(story.run('15s', { send: { memory_used_bytes: 160, memory_size_bytes: 200 } })).toEqual(
      [],
    );
  });

  it('is unknown without a size, and takes the newest one known', () => {
    const story = new Story(SHARE);
    expect(story.run('5s', { send: { memory_used_bytes: 95 } })).toEqual([
      '+00:05 it unknown no_figure',
    ]);
    story.run('15s', { send: { memory_used_bytes: 50, memory_size_bytes: 100 } });
    expect(story.run('15s', { send: { memory_used_bytes: 95 } })).toEqual([
      '+00:35 it breached warning above_open',
    ]);
  });

  it('is none used when there is nothing: swap that is not configured is not full', () => {
    const story = new Story(SHARE);
    story.run('5s', { send: { memory_used_bytes: 0, memory_size_bytes: 0 } });
    expect(story.evaluator.verdicts('web-1', true)[0]).toMatchObject({ state: 'ok', value: 0 });
    expect(story.run('15s', { send: { memory_used_bytes: 5, memory_size_bytes: 0 } })).toEqual([
      '+00:20 it unknown no_figure',
    ]);
  });

  it('is judged per item with the size of that item', () => {
    const story = new Story(
      RULE(`
    indicator: filesystem_used_bytes
    ratio_of: filesystem_size_bytes
    items: { include: [/, /data*], exclude: [/data/tmp] }
    open: "> 90%"
`),
    );
    const lines = story.run('5s', {
      send: {
        'filesystem_used_bytes /': 50,
        'filesystem_used_bytes /data': 950,
        'filesystem_used_bytes /data/tmp': 100,
        'filesystem_used_bytes /boot': 100,
        'filesystem_size_bytes /': 100,
        'filesystem_size_bytes /data': 1_000,
        'filesystem_size_bytes /data/tmp': 100,
        'filesystem_size_bytes /boot': 100,
      },
    });
    expect(lines).toEqual(['+00:05 it /data breached warning above_open']);
    expect(story.now()).toEqual(['it / ok within', 'it /data breached above_open']);
  });

  it('may be of a size the whole device has', () => {
    const story = new Story(
      RULE(`
    indicator: load1
    ratio_of: cpu_cores
    open: "> 4"
`),
    );
    expect(story.run('5s', { send: { load1: 17, cpu_cores: 4 } })).toHaveLength(1);
    expect(story.verdicts[0]).toMatchObject({ value: 4.25, limit: 4 });
  });
});

describe('absolute', () => {
  it('takes the figure without its sign', () => {
    const story = new Story(
      RULE(`
    indicator: clock_offset_seconds
    absolute: true
    open: "> 2s"
`),
    );
    expect(story.run('5s', { send: { clock_offset_seconds: -3 } })).toHaveLength(1);
    expect(story.verdicts[0]?.value).toBe(3);
    expect(story.run('15s', { send: { clock_offset_seconds: -1 } })).toHaveLength(1);
  });
});

describe('while', () => {
  const GUARDED = RULE(`
    indicator: network_errors_ratio
    while: { indicator: network_receive_bytes_per_second, is: "> 100KB/s" }
    open: "> 1%"
`);
  const send = (errors: number, traffic: number): Record<string, number> => ({
    'network_errors_ratio eth0': errors,
    'network_receive_bytes_per_second eth0': traffic,
  });

  it('judges only while the side condition holds', () => {
    const story = new Story(GUARDED);
    const lines = [
      ...story.run('15s', { send: send(0.5, 2_000) }),
      ...story.run('15s', { send: send(0.5, 2_000_000) }),
      ...story.run('15s', { send: send(0.5, 2_000) }),
    ];
    expect(lines).toEqual([
      '+00:20 it eth0 breached warning above_open',
      '+00:35 it eth0 ok not_applicable',
    ]);
  });

  it('knows nothing without the other indicator', () => {
    const story = new Story(GUARDED);
    story.run('5s', { send: { 'network_errors_ratio eth0': 0.5 } });
    expect(story.now()).toEqual(['it eth0 unknown no_figure']);
  });
});

it('judges figures that fall below as well', () => {
  const story = new Story(
    RULE(`
    indicator: reachable
    severity: critical
    open: "< 1"
    samples: 3 of 5
    clear_samples: 2 of 3
`),
  );
  const run = (reachable: number, span: string): string[] =>
    story.run(span, { send: { reachable } });
  expect([...run(1, '30s'), ...run(0, '45s'), ...run(1, '1m')]).toEqual([
    '+01:05 it breached critical below_open',
    '+01:35 it ok cleared',
  ]);
});
