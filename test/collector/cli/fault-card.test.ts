import { expect, test } from 'vitest';
import { type FaultAnswer, faultCard } from '../../../src/collector/cli/fault-card.ts';
import { localTimes } from '../../../src/collector/cli/local-times.ts';

const TIMES = localTimes('Asia/Shanghai', Date.UTC(2026, 0, 5));
const at = (time: string): string => `2026-01-05T${time}:00.000Z`;
const ms = (time: string): number => Date.parse(at(time));
const entry = (time: string, kind: string, rest: object = {}) => ({
  ...{ at: at(time), kind, by: 'wang', note: '', detail: {} },
  ...rest,
});

const ANSWER: FaultAnswer = {
  fault: {
    ...{ id: 'F-000007', device: 'core-1', rule: 'unreachable', item: '', state: 'repaired' },
    ...{ level: 1, severity: 'critical', urgency: 'high', impact: 'high', owner: 'wang' },
    phenomenon: { en: 'Switch is down', zh: '交换机中断' },
    ...{ began: at('01:00'), opened: at('01:02'), recovered: null, closed: null },
    systems: ['payroll'],
    quiet: null,
    paused: { from: at('03:00'), reason: 'agreed' },
    clocks: [
      {
        ...{ clock: 'respond', state: 'met', limit_seconds: 600 },
        ...{ deadline: at('01:12'), stopped: at('01:05') },
      },
      {
        ...{ clock: 'repair', state: 'paused', limit_seconds: 5_400 },
        ...{ deadline: null, stopped: null },
      },
    ],
    record: {
      ...{ cause_class: 'power', cause: 'fuse blown\nworn out', measures: 'new fuse' },
      result: 'stable',
    },
    links: [
      { fault: 'F-000003', how: 'related' },
      { fault: 'F-000004', how: 'merged' },
    ],
  },
  ledger: [
    entry('01:02', 'opened', { by: 'system', detail: { beganMs: ms('01:00') } }),
    entry('01:06', 'responded', { note: 'on it', detail: { whenMs: ms('01:05') } }),
    entry('01:10', 'clock', { by: 'system', detail: { clock: 'arrive', share: 0.5 } }),
    entry('01:20', 'levelled', { note: 'all of it', detail: { from: 3, level: 1 } }),
    entry('01:30', 'linked', { detail: { fault: 'F-000003', how: 'related' } }),
    entry('01:40', 'corrected', {
      note: 'phone log',
      detail: {
        correction: {
          ...{ beganMs: ms('00:50'), respondedMs: ms('01:04'), repairedMs: ms('01:35') },
          excluded: { fromMs: ms('01:10'), toMs: ms('01:15'), reason: 'force_majeure' },
        },
      },
    }),
    entry('01:41', 'corrected', {
      note: 'again',
      detail: { correction: { respondedMs: ms('01:03') } },
    }),
    entry('01:45', 'merged', { detail: { by: 'F-000009' } }),
    entry('01:46', 'split', { detail: { fault: 'F-000009' } }),
    entry('03:00', 'paused', { detail: { reason: 'agreed' } }),
    entry('03:01', 'attached', { detail: { name: 'fuse.png' } }),
  ],
  attachments: [{ name: 'fuse.png', type: 'image/png', bytes: 4, sha256: 'ab12' }],
  symptoms: 2,
};

const card = (answer = ANSWER): string => faultCard(TIMES.within(answer), TIMES);

test('a card holds everything there is about a fault', () => {
  expect(card().split('\n\n')[0]).toBe(`F-000007  level 1  repaired  (times +08:00)
device      core-1
rule        unreachable
phenomenon  Switch is down
            交换机中断
weight      critical, urgency high, impact high
began       2026-01-05 09:00:00
opened      2026-01-05 09:02:00
owner       wang
systems     payroll
symptoms    2
paused      since 2026-01-05 11:00:00: agreed
respond     met within 10 min until 2026-01-05 09:12:00, done 2026-01-05 09:05:00
repair      paused within 1 h 30 min
cause class power
cause       fuse blown
  worn out
measures    new fuse
result      stable
links       F-000003 (related), F-000004 (merged)
attached    fuse.png, 4 bytes, ab12`);
});

test.each([
  ['responded', 'at 2026-01-05 09:05:00; on it'],
  ['clock', 'arrive 50 %'],
  ['levelled', '3 → 1; all of it'],
  ['linked', 'F-000003 (related)'],
  ['merged', 'into F-000009'],
  ['split', 'from F-000009'],
  ['paused', 'agreed'],
  ['attached', 'fuse.png'],
])('the history says what %s changed', (kind, text) => {
  const line = card()
    .split('\n')
    .find((one) => new RegExp(`^2026\\S+ \\S+ +${kind} `).test(one));
  expect(line).toMatch(new RegExp(`  ${text.replace(/[()]/g, '\\$&')}$`));
});

test('a correction says from what to what, also of what was corrected before', () => {
  const lines = card()
    .split('\n')
    .filter((one) => one.includes(' corrected '));
  const day = '2026-01-05';
  expect(lines[0]).toContain(
    [
      `began ${day} 09:00:00 → ${day} 08:50:00`,
      `responded ${day} 09:05:00 → ${day} 09:04:00`,
      `repaired – → ${day} 09:35:00`,
      `not counted ${day} 09:10:00 to ${day} 09:15:00: force_majeure; phone log`,
    ].join(', '),
  );
  expect(lines[1]).toContain(`responded ${day} 09:04:00 → ${day} 09:03:00; again`);
});

test('what nobody said takes no line, and nothing moves the cursor', () => {
  const bare: FaultAnswer = {
    ...ANSWER,
    fault: {
      ...ANSWER.fault,
      ...{ owner: '', systems: [], paused: null, links: [], device: 'a\u001b[2J' },
      record: { cause_class: '', cause: '', measures: '', result: '' },
      phenomenon: { en: 'same', zh: 'same' },
    },
    ...{ attachments: [], symptoms: 0 },
  };
  const text = card(bare);
  for (const name of ['owner', 'systems', 'paused ', 'links', 'cause', 'measures', 'symptoms']) {
    expect(text.split('\n\n')[0]).not.toMatch(new RegExp(`^${name} `, 'm'));
  }
  expect(text).toContain('device      a\\u001b[2J');
  expect(text.match(/same/g)).toHaveLength(1);
});
