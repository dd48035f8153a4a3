import { describe, expect, it } from 'vitest';
import { policyOf, START_MS, Story } from './story.ts';

const RESTART = `
rules:
  restarted:
    kind: change
    indicator: uptime_seconds
    moves: down
    at_least: 1s
    measure: { en: Uptime, zh: 运行时长 }
    summary: { en: Restarted, zh: 已重启 }
    open: "< 15m"
`;

/** The device has been up for `uptime` seconds at the start of the stretch, and time passes. */
function up(story: Story, uptime: number, span: number): string[] {
  const lines: string[] = [];
  for (let past = 15; past <= span; past += 15) {
    story.nowMs += 15_000;
    story.facts = { ...story.facts, heardMs: story.nowMs };
    lines.push(...story.tick(story.values({ uptime_seconds: uptime + past }, story.nowMs)));
  }
  return lines;
}

describe('a restart', () => {
  it('is told when the uptime went down, and is over by itself', () => {
    const story = new Story(RESTART);
    const lines = [...up(story, 86_400, 60), ...up(story, 20, 1_200)];
    expect(lines).toEqual([
      '+01:15 restarted breached warning moved',
      '+16:15 restarted ok settled',
    ]);
    expect(story.verdicts[0]).toMatchObject({
      sinceMs: START_MS + 75_000,
      reason: {
        en: 'Uptime went from 1 d to 35 s',
        zh: '运行时长由 1 天 变为 35 秒',
      },
    });
  });

  it('is told after an outage as well', () => {
    const story = new Story(RESTART);
    up(story, 86_400, 60);
    story.nowMs += 3_600_000;
    expect(up(story, 30, 30)).toEqual(['+61:15 restarted breached warning moved']);
  });

  it('goes on after a restart of ours until its time is over', () => {
    const story = new Story(RESTART, {
      breached: [
        {
          device: 'web-1',
          rule: 'restarted',
          indicator: 'uptime_seconds',
          item: '',
          severity: 'warning',
          sinceMs: START_MS - 600_000,
        },
      ],
    });
    expect(up(story, 600, 270)).toEqual([]);
    expect(story.evaluator.verdicts('web-1')[0]?.reason).toMatchObject({
      en: 'Uptime changed, 14 min 30 s ago',
      zh: '运行时长发生变化(14 分钟 30 秒前)',
    });
    expect(up(story, 870, 60)).toEqual(['+05:00 restarted ok settled']);
  });

  it('goes on under a changed rule', () => {
    const story = new Story(RESTART);
    up(story, 86_400, 60);
    up(story, 20, 300);
    story.evaluator.reload(policyOf(RESTART.replace('< 15m', '< 30m')));
    expect(up(story, 320, 1_200)).toEqual([]);
    expect(up(story, 1_520, 600)).toEqual(['+31:15 restarted ok settled']);
  });

  it('is not a young machine that is seen for the first time', () => {
    expect(up(new Story(RESTART), 5, 300)).toEqual([]);
  });

  it('is not a jitter of the clock', () => {
    const story = new Story(RESTART);
    up(story, 86_400, 60);
    expect(up(story, 86_444.5, 60)).toEqual([]);
  });

  it('stays one fault when it restarts again and again', () => {
    const story = new Story(RESTART);
    up(story, 86_400, 60);
    const lines = [...up(story, 20, 300), ...up(story, 20, 300), ...up(story, 20, 1_200)];
    expect(lines).toEqual([
      '+01:15 restarted breached warning moved',
      '+26:15 restarted ok settled',
    ]);
  });
});

describe('a counter that moves up', () => {
  it('is told, but not its reset by a restart', () => {
    const story = new Story(`
rules:
  oom:
    kind: change
    indicator: oom_kills_total
    moves: up
    summary: { en: Killed, zh: 被终止 }
    open: "< 30m"
`);
    const send = (oom_kills_total: number): string[] =>
      story.run('15s', { send: { oom_kills_total } });
    expect([...send(2), ...send(2), ...send(0), ...send(1)]).toEqual([
      '+00:50 oom breached warning moved',
    ]);
    expect(story.verdicts[0]?.reason.en).toBe(
      'Processes killed for lack of memory went from 0 to 1',
    );
  });
});
