import { describe, expect, it } from 'vitest';
import { Story, type Stretch } from './story.ts';

const YAML = `
rules:
  cpu:
    kind: threshold
    indicator: cpu_used_ratio
    measure: { en: CPU use, zh: CPU 使用率 }
    summary: { en: CPU is busy, zh: CPU 繁忙 }
    open: "> 90%"
    clear: "< 80%"
    for: 5m
  left:
    kind: threshold
    indicator: certificate_days_left
    measure: { en: Certificate valid for, zh: 证书剩余有效期 }
    summary: { en: Certificate ends, zh: 证书将到期 }
    open: "< 21d"
  memory:
    kind: threshold
    indicator: memory_used_bytes
    summary: { en: Memory, zh: 内存 }
    open: ">= 10GiB"
  errors:
    kind: threshold
    indicator: loss_ratio
    while: { indicator: round_trip_seconds, is: "< 1s" }
    measure: { en: Probes lost, zh: 丢包率 }
    summary: { en: Loss, zh: 丢包 }
    open: "> 1%"
  silent:
    kind: absence
    summary: { en: Silent, zh: 失联 }
    open: "> 75s"
`;

type Chapter = readonly [span: string, stretch: Stretch];

/** The reason of one rule after some chapters. */
function reason(rule: string, chapters: readonly Chapter[]) {
  const story = new Story(YAML);
  for (const [span, stretch] of chapters) story.run(span, stretch);
  const verdict = story.evaluator.verdicts('web-1', true).find((one) => one.rule === rule);
  return verdict?.reason;
}

const cpu = (value: number): Stretch => ({ send: { cpu_used_ratio: value } });

describe('reasons name numbers and units in both languages', () => {
  it.each<[string, string, readonly Chapter[], string, string]>([
    ['within', 'cpu', [['15s', cpu(0.4)]], 'CPU use 40%, limit > 90%', 'CPU 使用率 40%,阈值 > 90%'],
    [
      'pending',
      'cpu',
      [['2m', cpu(0.952)]],
      'CPU use 95.2% > 90% for 1 min 45 s, opens after 5 min',
      'CPU 使用率 95.2% > 90% 已 1 分钟 45 秒,持续 5 分钟后触发',
    ],
    [
      'above_open',
      'cpu',
      [['310s', cpu(0.952)]],
      'CPU use 95.2% > 90%, for 5 min',
      'CPU 使用率 95.2% > 90%,已持续 5 分钟',
    ],
    [
      'held',
      'cpu',
      [
        ['6m', cpu(0.95)],
        ['15s', cpu(0.85)],
      ],
      'CPU use 85%, opened at > 90%, clears at < 80%',
      'CPU 使用率 85%,触发条件 > 90%,恢复条件 < 80%',
    ],
    [
      'cleared',
      'cpu',
      [
        ['6m', cpu(0.95)],
        ['15s', cpu(0.1)],
      ],
      'CPU use 10%, good again (< 80%)',
      'CPU 使用率 10%,已恢复正常(< 80%)',
    ],
    [
      'no_data',
      'cpu',
      [
        ['1m', cpu(0.1)],
        ['2m', {}],
      ],
      'No data for 2 min 10 s (usually every 15 s)',
      '已 2 分钟 10 秒无数据(通常每 15 秒一次)',
    ],
    [
      'agent_silent',
      'left',
      [
        ['10m', { send: { certificate_days_left: 90 }, every: '5m' }],
        ['90s', { heard: false }],
      ],
      'Not judged while the agent is silent',
      '代理失联期间不作判断',
    ],
    [
      'below_open',
      'left',
      [['15s', { send: { certificate_days_left: 9.5 } }]],
      'Certificate valid for 9 d 12 h < 21 d',
      '证书剩余有效期 9 天 12 小时 < 21 天',
    ],
    [
      'above_open',
      'memory',
      [['15s', { send: { memory_used_bytes: 10 * 1024 ** 3 } }]],
      'Memory not available to programs 10 GiB >= 10 GiB',
      '已用内存 10 GiB >= 10 GiB',
    ],
    [
      'not_applicable',
      'errors',
      [['15s', { send: { loss_ratio: 0.5, round_trip_seconds: 3 } }]],
      "Probes lost 50%, not judged as bad: the rule's side condition does not hold",
      '丢包率 50%,规则的附加条件不成立,不视为异常',
    ],
    [
      'no_figure',
      'errors',
      [['15s', { send: { loss_ratio: 0.5 } }]],
      'Not judged: what the figure is made of is not complete',
      '计算所需的数据不完整,不作判断',
    ],
    [
      'silent',
      'silent',
      [
        ['1m', {}],
        ['90s', { heard: false }],
      ],
      'Nothing has arrived from the agent for 1 min 30 s',
      '已 1 分钟 30 秒未收到代理数据',
    ],
    ['heard', 'silent', [['1m', {}]], 'The agent is heard', '代理数据正常到达'],
  ])('%s of %s', (name, rule, chapters, en, zh) => {
    expect(reason(rule, chapters)).toEqual({ name, en, zh });
  });
});
